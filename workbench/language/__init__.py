"""What the workbench says, in the languages it speaks. The code is written in English.

Texts are translated where they are shown, by what they say: `translate` looks a text up in the
catalogue of a language, whose keys are the English texts with `{}` wherever something is put in.
So an exception, a log or an answer in JSON stays English, and nothing has to be marked.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from contextvars import ContextVar

from workbench.language.catalogue import Catalogue

ENGLISH = "en"
LANGUAGES = {ENGLISH: "English", "zh": "简体中文"}
"""By the code that `--lang` takes, as their speakers write them."""

_current: ContextVar[str | None] = ContextVar("language", default=None)
_default: str | None = None
_LOCALE = ("WORKBENCH_LANG", "LC_ALL", "LC_MESSAGES", "LANG")


def current() -> str:
    """The language that is spoken here and now, unless told otherwise that of the terminal."""
    return _current.get() or _default or _of_the_terminal()


def set_default(language: str | None) -> None:
    """Speak *language* wherever no other is spoken, in all threads of this process."""
    global _default
    _default = language


def _of_the_terminal() -> str:
    return choose_language(next(filter(None, map(os.environ.get, _LOCALE)), None))


@contextlib.contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak *language* inside the block.

    >>> with speaking("zh"):
    ...     translate("Text")
    '文本'
    """
    before = _current.set(language)
    try:
        yield
    finally:
        _current.reset(before)


def translate(text: str, language: str | None = None) -> str:
    """*text* in *language*, by default the current one; as it is where there are no words for it.

    >>> translate("Text", "zh"), translate("Text", "en"), translate("no words of ours", "zh")
    ('文本', 'Text', 'no words of ours')
    """
    language = language or current()
    return text if language == ENGLISH else Catalogue.of(language).translate(text)


def translate_facts(text: str) -> str:
    """`translate` for a line of facts, each by itself: a point sets them apart.

    >>> with speaking("zh"):
    ...     translate_facts("Text · 12 ms")
    '文本 · 12 ms'
    """
    return " · ".join(map(translate, text.split(" · ")))


def choose_language(tags: str | None) -> str:
    """The code of the first language of ours that *tags* names, as browsers and locales write them.

    Every kind of Chinese gets Simplified Chinese, and whoever names none of ours English.

    >>> [choose_language(tags) for tags in ("zh-TW,zh;q=0.9,en;q=0.8", "zh_CN.UTF-8", "fr", None)]
    ['zh', 'zh', 'en', 'en']
    """
    weighed = []
    for place, part in enumerate((tags or "").split(",")):
        tag, _, quality = part.strip().partition(";q=")
        try:
            weight = float(quality or 1)
        except ValueError:
            weight = 0.0
        weighed.append((-weight, place, tag.replace("_", "-").partition("-")[0].lower()))
    return next(
        (code for weight, _, code in sorted(weighed) if weight and code in LANGUAGES), ENGLISH
    )
