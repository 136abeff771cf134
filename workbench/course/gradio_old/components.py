"""Components and layouts: arguments that changed, `.update(…)` and `.style(…)`."""

from __future__ import annotations

import functools
import inspect
import threading
from collections.abc import Iterator
from typing import Any

from workbench.course.gradio_old.calls import Translator, known
from workbench.course.gradio_old.patches import Patches
from workbench.course.gradio_old.table import LOOK, POSITIONS, known_theme

KEPT = "_course_"
"""In front of what is kept on a component for a translation."""
_STYLES = {"grid": "columns"}
_inside = threading.local()


def install(gradio: Any, patches: Patches, translator: Translator) -> None:
    """Make every component and layout of today's Gradio understand how it was called before."""
    for cls in list(_classes(gradio.blocks.Block)):
        if "__init__" in vars(cls):
            _wrap_init(cls, patches, translator)
        if not hasattr(cls, "style"):
            patches.set(cls, "style", _styler(translator))
    for cls in _classes(gradio.blocks.Block):
        if "update" not in vars(cls) and not issubclass(cls, gradio.Blocks):
            patches.set(cls, "update", _updater(gradio, cls, translator))
    _wrap_init(gradio.helpers.Examples, patches, translator)
    patches.wrap(gradio, "Examples", functools.partial(_examples, translator))
    _restore_picture_shapes(gradio, patches)


def _examples(translator: Translator, original: Any, *args: Any, **kwargs: Any) -> Any:
    """`gr.Examples` is a function today, which looks at its arguments before the class does."""
    kwargs, _ = translator.arguments(kwargs, known(original), ("Examples",), said="gr.Examples")
    return original(*args, **kwargs)


def _classes(cls: type) -> Iterator[type]:
    seen: set[type] = set()
    waiting = [cls]
    while waiting:
        found = waiting.pop()
        if found not in seen:
            seen.add(found)
            yield found
            waiting += type.__subclasses__(found)


def _wrap_init(cls: Any, patches: Patches, translator: Translator) -> None:
    original = cls.__init__
    parameters = list(inspect.signature(original).parameters.values())[1:]
    by_position = sum(p.kind is p.POSITIONAL_OR_KEYWORD for p in parameters)
    takes_more = any(p.kind is p.VAR_POSITIONAL for p in parameters)
    today = known(original)

    @functools.wraps(original)
    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        if getattr(_inside, "one", False):  # Gradio's own code, which speaks today's Gradio
            original(self, *args, **kwargs)
            return
        names = [base.__name__ for base in type(self).__mro__]
        said = f"gr.{type(self).__name__}"
        args = _placed(cls.__name__, args, kwargs, by_position, more=takes_more)
        if "Blocks" in names:
            _keep_look(self, kwargs, translator, said)
        kwargs, kept = translator.arguments(kwargs, today, names, said=said)
        for name, value in kept.items():
            setattr(self, KEPT + name, value)
        _inside.one = True
        try:
            original(self, *args, **kwargs)
        finally:
            _inside.one = False

    patches.set(cls, "__init__", init)


def _placed(
    name: str, args: tuple[Any, ...], kwargs: dict[str, Any], by_position: int, *, more: bool
) -> tuple[Any, ...]:
    """Give names to arguments that today's Gradio takes by name alone."""
    order = POSITIONS.get(name, ())
    theme_first = name == "Blocks" and args and not isinstance(args[0], bool | None)
    if order and not more and (len(args) > by_position or theme_first):
        kwargs.update(zip(order, args, strict=False))
        return ()
    return args


def _keep_look(block: Any, kwargs: dict[str, Any], translator: Translator, said: str) -> None:
    """Keep theme, css and so on until the app is launched: there they belong today."""
    look = {name: kwargs.pop(name) for name in LOOK if name in kwargs}
    given = {name: value for name, value in look.items() if value is not None}
    for name in given:
        translator.announcer.translated(f"{said}({name}=…)", f"launch({name}=…)")
    theme = given.get("theme")
    if isinstance(theme, str) and not known_theme(theme):
        plain = theme.removeprefix("gradio/").lower()
        given["theme"] = plain if known_theme(plain) else "default"
        translator.announcer.translated(f"theme={theme!r}", f"theme={given['theme']!r}")
    if given:
        setattr(block, KEPT + "look", given)


def _styler(translator: Translator) -> Any:
    def style(self: Any, **styles: Any) -> Any:
        """Set what is an argument of the component today, and leave out the rest."""
        today = known(type(self).__init__)
        for name, value in styles.items():
            name = _STYLES.get(name, name)
            if name in today:
                value = value[0] if name == "columns" and isinstance(value, list | tuple) else value
                setattr(self, name, value)
            said = f"gr.{type(self).__name__}({name}=…)" if name in today else "launch(css=…)"
            translator.announcer.translated(f".style({name}=…)", said)
        return self

    return style


def _updater(gradio: Any, cls: type, translator: Translator) -> Any:
    names = [base.__name__ for base in cls.__mro__]
    make: Any = cls
    today = (*known(make.__init__), "value", "visible", "interactive", "selected")

    def update(*args: Any, **kwargs: Any) -> Any:
        """What `gr.Textbox.update(…)` was."""
        translator.announcer.translated(f"gr.{cls.__name__}.update(…)", f"gr.{cls.__name__}(…)")
        if args:
            kwargs.setdefault("value", args[0])
        kwargs, _ = translator.arguments(kwargs, today, names, said=f"gr.{cls.__name__}")
        return gradio.update(**kwargs)

    return staticmethod(update)


def _restore_picture_shapes(gradio: Any, patches: Patches) -> None:
    """A picture comes in the size, and with the colours, that an old `gr.Image` promised."""

    def preprocess(original: Any, self: Any, payload: Any) -> Any:
        image = original(self, payload)
        shape = getattr(self, KEPT + "shape", None)
        invert = getattr(self, KEPT + "invert", False)
        if image is None or isinstance(image, str) or not (shape or invert):
            return image
        return _reshaped(image, shape, invert=invert)

    patches.wrap(gradio.Image, "preprocess", preprocess)


def _reshaped(image: Any, shape: tuple[int | None, int | None] | None, *, invert: bool) -> Any:
    import numpy as np
    from PIL import Image, ImageOps

    picture = Image.fromarray(image) if isinstance(image, np.ndarray) else image
    if shape and all(shape):
        picture = ImageOps.fit(picture, (int(shape[0] or 0), int(shape[1] or 0)))
    elif shape and any(shape):
        side = shape[0] or shape[1] or 1
        scale = side / (picture.width if shape[0] else picture.height)
        picture = picture.resize((round(picture.width * scale), round(picture.height * scale)))
    if invert:
        picture = ImageOps.invert(picture)
    return np.asarray(picture) if isinstance(image, np.ndarray) else picture
