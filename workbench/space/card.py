"""The README.md of a Space: front matter for Hugging Face, the rest for people."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from workbench.errors import ConfigurationError
from workbench.routes import Route
from workbench.space.opening import DAILY
from workbench.targets import parse_target

if TYPE_CHECKING:
    from huggingface_hub import SpaceCardData

SHORT = "Hugging Face inference, one tab a task"
"""At most 60 characters."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a person wants to have written."""

    title: str = "Inference workbench"
    emoji: str = "🧰"
    visitors: str = "own"
    daily: int = DAILY
    tasks: tuple[str, ...] = ()
    """All if empty."""
    routes: Sequence[Route] = ()
    """Where those tasks are answered."""
    targets: Mapping[str, str] = field(default_factory=dict)
    """Task -> target."""

    def __post_init__(self) -> None:
        if not self.title.strip() or not self.title.isprintable():
            raise ConfigurationError("a Space needs a title of one line", hint="Add --title.")
        if not is_emoji(self.emoji):
            raise ConfigurationError(f"{self.emoji!r} is no emoji", hint="Write one, as in 🧰.")
        if self.daily < 1:
            raise ConfigurationError("a daily limit is 1 or more", hint="Write it as a number.")


def is_emoji(text: str) -> bool:
    """Whether *text* can be the emoji of a Space, as far as can be told without a list of them.

    >>> is_emoji("🧰"), is_emoji("👩‍🔬"), is_emoji("x"), is_emoji("")
    (True, True, False, False)
    """
    kinds = {unicodedata.category(char) for char in text}
    return "So" in kinds and len(text) <= 8 and kinds <= {"So", "Sk", "Cf", "Mn"}


def front_matter(plan: Plan) -> SpaceCardData:
    """What Hugging Face reads: how to run the Space, and what it shows of it."""
    from huggingface_hub import SpaceCardData

    sign_in: dict[str, Any] = {"hf_oauth": True, "hf_oauth_scopes": ["inference-api"]}
    models = [_model(plan.targets.get(route.task, route.default_model)) for route in plan.routes]
    return SpaceCardData(
        title=plan.title,
        emoji=plan.emoji,
        colorFrom="indigo",
        colorTo="blue",
        sdk="gradio",
        sdk_version=version("gradio"),
        python_version="{}.{}".format(*sys.version_info),
        app_file="app.py",
        pinned=False,
        license="apache-2.0",
        short_description=SHORT,
        models=list(dict.fromkeys(filter(None, models))) or None,
        tags=["inference", "gradio"],
        **(sign_in if plan.visitors == "own" else {}),
    )


def _model(target: str) -> str:
    """The model at Hugging Face that a target names, if it names one."""
    parsed = parse_target(target)
    return parsed.value if parsed.kind == "model" else ""


def readme(plan: Plan) -> str:
    """The whole file."""
    body = _BODY.format(title=plan.title, who=_WHO[plan.visitors].format(daily=plan.daily))
    return f"---\n{front_matter(plan).to_yaml().strip()}\n---\n\n{body}"


_WHO = {
    "own": """\
Visitors sign in with Hugging Face, and each pays for their own calls. No key of yours is used,
whatever is set. Who isn't signed in is answered by the embedded engine, which costs nothing, or
asked to sign in where app.py names a target at Hugging Face. The front matter above asks for the
permission that this takes (`hf_oauth`); it needs no setting.""",
    "login": """\
Whoever knows the password uses your key.

| secret | what it is |
|---|---|
| `APP_PASSWORD` | the password; the Space doesn't start without it |
| `HF_TOKEN` | your token, with the permission “Make calls to Inference Providers” |""",
    "limit": """\
Everybody uses your key: {daily} calls a day for each visitor, ten times that for all together.
Change it in app.py. A visitor is an address: who has many has more calls, so the total is what
protects you. The count outlives a restart if the Space has a disk at `/data`.

| secret | what it is |
|---|---|
| `HF_TOKEN` | your token, with the permission “Make calls to Inference Providers” |

Without it the embedded engine answers, which costs nothing.""",
}
_BODY = """# {title}

Text, pictures and conversations in, answers out: a workbench with one tab for each task.

## Who pays

{who}

Secrets belong into the settings of the Space (Settings → Variables and secrets → New secret), never
into a file: everybody can read the files of a public Space, and what was pushed once stays in its
history.

## Where models answer

`TARGETS` in app.py names them, as `"ner": "org/model"`. Variables of the Space go before it:
`HF_API_SUMMARY_BASE`, `HF_API_NER_BASE`, `HF_API_ITT_BASE`, `HF_API_TTI_BASE`, `HF_API_FALCOM_BASE`
and `HF_API_CHAT_BASE`, each with a target. An address with a key in it belongs into a secret of the
same name.

## Push it

```sh
hf auth login
hf repos create NAME --type space --space-sdk gradio
hf upload NAME . . --type space
```

Or push the folder with git; `.gitattributes` says which files are pictures and data.

## Run it here

```sh
pip install -r requirements.txt
python app.py
```

The folders `workbench` and `tasks` are a copy of what made this Space, with its LICENSE and NOTICE;
to renew it, run `workbench space` on this folder again. It replaces no file that you changed.
"""
