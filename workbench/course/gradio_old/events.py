"""Events: `_js`, `every`, `show_api`, and calls that named what is gone."""

from __future__ import annotations

import functools
from typing import Any

from workbench.course.gradio_old.calls import Translator, known
from workbench.course.gradio_old.components import _classes
from workbench.course.gradio_old.patches import Patches


def install(gradio: Any, patches: Patches, translator: Translator) -> None:
    """Translate the arguments of every `.click(…)`, `.load(…)`, `.then(…)` and of `gr.on`."""
    for cls in list(_classes(gradio.blocks.Block)):
        for name, listener in list(vars(cls).items()):
            if callable(listener) and hasattr(listener, "event_name"):
                around = _loading if name == "load" else _event
                patches.set(cls, name, _listening(gradio, listener, translator, around))

    original = gradio.events.EventListener._setup

    @functools.wraps(original)
    def setup(*args: Any, **kwargs: Any) -> Any:
        return _listening(gradio, original(*args, **kwargs), translator, _event)

    patches.set(gradio.events.EventListener, "_setup", staticmethod(setup))
    patches.set(gradio, "on", _listening(gradio, gradio.on, translator, _event))


def _listening(gradio: Any, listener: Any, translator: Translator, around: Any) -> Any:
    today = known(listener)

    @functools.wraps(listener)
    def listen(*args: Any, **kwargs: Any) -> Any:
        return around(gradio, listener, today, translator, args, kwargs)

    return listen


def _event(
    gradio: Any,
    listener: Any,
    today: tuple[str, ...],
    translator: Translator,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> Any:
    name = getattr(listener, "event_name", "on")
    kwargs, kept = translator.arguments(kwargs, today, ("event",), said=f".{name}")
    heard = listener(*args, **kwargs)
    if kept.get("every"):
        timer = gradio.Timer(kept["every"])
        timer.tick(*args[1:], **{key: value for key, value in kwargs.items() if key != "api_name"})
    return heard


def _loading(
    gradio: Any,
    listener: Any,
    today: tuple[str, ...],
    translator: Translator,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> Any:
    """`load` is an event of an app, and was once also the way to a model of the Hub."""
    if isinstance(args[0] if args else kwargs.get("name"), str):
        translator.announcer.translated("gr.Interface.load(…)", "gr.load(…)")
        return gradio.load(*args, **kwargs)
    return _event(gradio, listener, today, translator, args, kwargs)
