"""A script for `text_generation.Client`, theirs or ours: prints what it makes of each answer."""

from __future__ import annotations

SCRIPT = r"""
import json, sys
import text_generation
from text_generation import Client
from text_generation.errors import ValidationError
from text_generation.types import Grammar

base = sys.argv[1]
once, chat = "Once upon a time", "User: Hi there, 世界. Bye.\nAssistant:"
plain, echo = Client(base), Client(base + "/models/echo")

def failing(kind, **options):
    return Client(f"{base}/faults/{kind}/models/echo", **options)

def tell(call):
    events = []
    try:
        answer = call()
        if isinstance(answer, str):
            return answer
        if hasattr(answer, "model_dump"):
            facts = answer.model_dump(mode="json")
            facts.pop("id", None), facts.pop("created", None)
            return facts
        for event in answer:
            events.append(event.model_dump(mode="json"))
        return events
    except Exception as exc:
        home = type(exc).__module__.replace("workbench.course.", "")
        message = str(exc) if home.startswith("text_generation") else ""
        return [*events, [home, type(exc).__name__, message, isinstance(exc, ValidationError)]]

def invalid(**options):
    return tell(lambda: plain.generate(once, **options))

sampled = dict(max_new_tokens=8, do_sample=True, seed=7)
json.dump({
    "repr": tell(lambda: repr(plain.generate(once, max_new_tokens=2).details.tokens[0])),
    "whole": tell(lambda: plain.generate(once, max_new_tokens=3)),
    "by place": tell(lambda: plain.generate(once, True, 4, None, None, None, True, 7)),
    "seeded": tell(lambda: plain.generate(once, **sampled)),
    "full": tell(lambda: plain.generate(once, max_new_tokens=3, return_full_text=True)),
    "options": tell(lambda: plain.generate(
        once, max_new_tokens=2, temperature=0.7, top_k=5, top_p=0.9, typical_p=0.5, seed=1,
        repetition_penalty=1.2, truncate=100, watermark=True,
    )),
    "stopped": tell(lambda: echo.generate(chat, stop_sequences=["there"])),
    "said": tell(lambda: echo.generate(chat)),
    "stream": tell(lambda: plain.generate_stream(once, max_new_tokens=3)),
    "seeded stream": tell(lambda: plain.generate_stream(once, **sampled)),
    "stopped stream": tell(lambda: echo.generate_stream(chat, stop_sequences=["there"])),
    "split": tell(lambda: failing("stream-split").generate_stream(chat)),
    "crlf": tell(lambda: failing("stream-crlf").generate_stream(chat)),
    "comments": tell(lambda: failing("stream-comments").generate_stream(chat)),
    "chat": tell(lambda: plain.chat([{"role": "user", "content": "Are you there?"}], seed=1)),
    "too many": tell(lambda: plain.generate(once, max_new_tokens=10**6)),
    "too many, stream": tell(lambda: plain.generate_stream(once, max_new_tokens=10**6)),
    "stops": tell(lambda: plain.generate(once, stop_sequences=list("abcde"))),
    "too long": tell(lambda: failing("too-long").generate("word " * 200)),
    "overloaded": tell(lambda: failing("overloaded").generate(chat)),
    "generation": tell(lambda: failing("generation-failed").generate(chat)),
    "busy": tell(lambda: failing("busy").generate(chat)),
    "first": tell(lambda: failing("stream-error-first").generate_stream(chat)),
    "midway": tell(lambda: failing("stream-error-midway").generate_stream(chat)),
    "slow": tell(lambda: failing("slow", timeout=1).generate(chat)),
    "nobody": tell(lambda: Client("http://127.0.0.1:9").generate(once)),
    "invalid": {
        "nothing": tell(lambda: plain.generate("")),
        "temperature": invalid(temperature=0),
        "temperature below": invalid(temperature=-1.0),
        "top_p": invalid(top_p=1.0),
        "top_p of none": invalid(top_p=0),
        "typical_p": invalid(typical_p=1.5),
        "top_k": invalid(top_k=0),
        "repetition": invalid(repetition_penalty=0),
        "frequency": invalid(frequency_penalty=-0.5),
        "seed": invalid(seed=-1),
        "truncate": invalid(truncate=0),
        "top_n_tokens": invalid(top_n_tokens=0),
        "best_of": invalid(best_of=0),
        "best_of, seed": invalid(best_of=2, seed=1),
        "best_of, greedy": invalid(best_of=2),
        "two at once": invalid(top_p=1.0, temperature=0),
        "grammar": tell(lambda: plain.generate(once, grammar=Grammar(type="regex", value=""))),
        "type": invalid(max_new_tokens="many"),
        "type of text": tell(lambda: plain.generate(3)),
    },
}, sys.stdout)
"""
OURS = "from workbench.course.client import install\ninstall()\n" + SCRIPT
"""The same with our module in the place of the package."""
