"""What the companion knows of the workbench itself."""

from __future__ import annotations

import re

CONNECT = """\
There are three doors to a real model:

1. **Hugging Face.** Put `HF_TOKEN=hf_…` into a file `.env` where you start the workbench (the \
token needs the permission “Make calls to Inference Providers”), then write a model such as \
`org/model` as the target.
2. **Falcon, or any Text Generation Inference server.** Set `HF_API_FALCOM_BASE` to its address. \
The spelling is the course's; `HF_API_FALCON_BASE` works too.
3. **An OpenAI-compatible service.** Write `https://host/v1#model` as the target.

Afterwards `workbench doctor` checks the token and every target, and names a \
fix for each finding."""

_FALCON = """\
Set `HF_API_FALCOM_BASE` to the address of a Text Generation Inference server that runs Falcon \
(the spelling is the course's; `HF_API_FALCON_BASE` works too), and run `workbench doctor` to see \
whether it answers. The prompt is written as Falcon was trained, with `User:` and `Assistant:`."""

_SERVE = """\
`workbench serve --port 8200` answers other programs as a Hugging Face endpoint would, so that \
your own code runs without a key or a network; `workbench serve --print-env` prints the settings \
that point there."""

_OFFLINE = """\
Nothing here needs a network: with the target `embedded`, which is what you get until you set \
another, every task is answered in this process."""

_SEEING = """\
Attach a picture and I say what my rules make of its colours and shapes, as the captioning tab \
does. A model that really sees can answer here once it is connected."""

_TASKS = """\
Besides this talk, the workbench has a tab for each of its tasks: summarization shortens a text, \
NER finds people, places and organisations, captioning says what a picture shows, text-to-image \
paints one, and describe-and-generate plays a game with both. There is completion too, which \
continues a text. Until you connect a model, embedded engines made of rules answer them all."""

_TARGET = """\
A target is where a model answers, written as one string: `embedded` is this process, `org/model` \
is Hugging Face, `org/model:provider` one of its inference providers, `https://host/path` an \
address of your own, and `https://host/v1#model` an OpenAI-compatible service. It goes into the \
target box of a tab, after `--target`, or into a variable such as `HF_API_SUMMARY_BASE`."""

_DOCTOR = """\
Run `workbench doctor` in a terminal. It checks versions, the token, every target and the port, \
and each finding comes with what to do about it."""

_TERMINAL = """\
In a terminal: `workbench` opens the app, `workbench chat` talks as here, \
`workbench run ner "Ada lives in Paris."` runs one task, \
`workbench tasks` lists them with their options, `workbench doctor` checks the set-up, and \
`workbench serve` answers other programs as a Hugging Face endpoint would."""

_PRIVACY = """\
While the target is `embedded`, what you write is answered in the process that runs this app, and \
I send nothing anywhere. With another target your words go to that service, and a Hugging Face \
token goes to Hugging Face alone, over https. The app keeps conversations in a file on its own \
machine, unless it was started with `--no-history`."""

_OTHERS = """\
The embedded talkers are `talker` (me), `echo`, `canned`, `yes-no` and `agree`: small ones, each \
to try something out. Falcon, StarChat, Qwen and others can talk here once they are connected; ask \
me “how do I connect a model?”."""

_COST = """\
I cost nothing: no key, no network, no weights. A model you connect may cost money; that is \
between you and its provider."""

_ABOUT: tuple[tuple[str, str], ...] = (
    (r"\bfalcon\b", _FALCON),
    (r"\bworkbench serve\b|\bserver?\b", _SERVE),
    (r"\boffline\b|\bwithout (?:a |the |any )?(?:internet|network|connection)\b", _OFFLINE),
    (
        r"hf_token|hf_api|api key|\btokens?\b.*\b(?:set|put|need|get)|\bconnect|\bset ?up\b.*model",
        CONNECT,
    ),
    (
        r"\b(?:use|add|run|try|get|plug in|switch to|talk to|install)\b.*\b(?:real|better|actual"
        r"|proper"
        r"|other|another|own|language|falcon|qwen|starchat|gpt|llama|mistral|openai"
        r"|hugging ?face)\b",
        CONNECT,
    ),
    (r"\b(?:starchat|qwen|chatgpt|openai)\b", CONNECT),
    (r"\b(?:upload|attach|send|see|look at)\b.*\b(?:picture|image|photo|file)s?\b", _SEEING),
    (r"\btargets?\b", _TARGET),
    (r"\bdoctor\b|(?:not|doesn't|isn't) work|\berror\b|\bbroken\b|\btroubleshoot", _DOCTOR),
    (r"\b(?:command line|terminal|cli|commands?|shell)\b", _TERMINAL),
    (
        r"\b(?:privacy|private|my data|who (?:can )?(?:sees?|reads?)|do you (?:store|keep|save"
        r"|send))\b",
        _PRIVACY,
    ),
    (
        r"\b(?:cost|free|price|pay)\b.*\b(?:you|this|workbench|it)\b|\b(?:are you|is this"
        r"|is it) free\b",
        _COST,
    ),
    (r"\b(?:which|what|other) (?:chat )?(?:models|talkers|bots)\b|\bother talkers\b", _OTHERS),
    (
        r"\bworkbench\b|\btasks?\b.*\b(?:there|have|do|here|list|which|available)\b"
        r"|\b(?:which|what|list)\b.*\btasks\b|\bthis (?:app|program|tool|site|page)\b|\btabs?\b",
        _TASKS,
    ),
    (
        r"\b(?:caption|describe)\b.*\b(?:picture|image|photo)|\b(?:paint|draw|generate|make"
        r"|create)\b.*"
        r"\b(?:picture|image|photo|drawing)",
        "That is a job for another tab: captioning says what a picture shows, text-to-image paints "
        "one. I only have words.",
    ),
    (
        r"\b(?:named? entit|\bner\b)",
        "The NER tab finds people, organisations and places in a text, "
        'each whole and in its place. Paste yours there, or run `workbench run ner "…"`.',
    ),
    (
        r"\bsummari[sz]",
        "Write “summarize:” and then the text, thirty words or more, and I pick the "
        "sentences that say most. The summarization tab can do more, with lengths of your choice.",
    ),
    (
        r"\bcomplet(?:e|ion)\b.*\b(?:text|task|tab|prompt)|\bcompletion\b",
        "Completion continues a text where you stopped: its tab takes a prompt and a number of "
        "tokens.",
    ),
)


def about_workbench(low: str) -> str | None:
    """What to tell of the workbench when that is asked, else None; *low* is plain text.

    >>> about_workbench("what is a target")[:34]
    'A target is where a model answers,'
    """
    if len(low) > 400:
        return None
    return next((told for pattern, told in _ABOUT if re.search(pattern, low)), None)
