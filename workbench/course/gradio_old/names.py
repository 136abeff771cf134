"""Names of Gradio 2, 3 and 4 that are gone or moved."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

from workbench.course.announcing import Announcer
from workbench.course.gradio_old.patches import Patches

NAMES: Mapping[str, str] = {
    "Box": "Group",
    "Variable": "State",
    "Checkboxgroup": "CheckboxGroup",
    "Highlightedtext": "HighlightedText",
    "LogoutButton": "LoginButton",
    "Carousel": "Gallery",
    "TimeSeries": "LinePlot",
    "Timeseries": "LinePlot",
    "ImagePaint": "ImageEditor",
    "Sketch": "Sketchpad",
    "Textarea": "TextArea",
    "Json": "JSON",
    "Color": "ColorPicker",
}
"""Old name -> today's."""

KINDS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "Webcam": ("Image", {"sources": ["webcam"]}),
    "Pil": ("Image", {"type": "pil"}),
    "KeyValues": ("Dataframe", {}),
    "Csv": ("Dataframe", {"type": "pandas"}),
    "StatusTracker": ("HTML", {"visible": False}),
}
"""Old name -> today's with arguments."""

INPUTS: Mapping[str, tuple[str, ...]] = {
    "Textbox": ("lines", "placeholder", "value", "numeric", "type", "label"),
    "Number": ("value", "label"),
    "Slider": ("minimum", "maximum", "step", "value", "label"),
    "Checkbox": ("value", "label"),
    "CheckboxGroup": ("choices", "value", "type", "label"),
    "Radio": ("choices", "type", "value", "label"),
    "Dropdown": ("choices", "type", "value", "label"),
    "Image": ("shape", "image_mode", "invert_colors", "source", "tool", "type", "label"),
    "Video": ("type", "source", "label"),
    "Audio": ("source", "type", "label"),
    "File": ("file_count", "type", "label"),
    "Dataframe": ("headers", "row_count", "col_count", "datatype"),
    "State": ("label", "value"),
}
"""Component of `gr.inputs` -> its arguments in order."""

OUTPUTS: Mapping[str, tuple[str, ...]] = {
    "Textbox": ("type", "label"),
    "Label": ("num_top_classes", "type", "label"),
    "Image": ("type", "plot", "label"),
    "Video": ("type", "label"),
    "KeyValues": ("label",),
    "HighlightedText": ("color_map", "label", "show_legend"),
    "Audio": ("type", "label"),
    "JSON": ("label",),
    "HTML": ("label",),
    "File": ("label",),
    "Dataframe": ("headers", "max_rows", "max_cols", "overflow_row_behaviour", "type", "label"),
    "Carousel": ("components", "label"),
    "Chatbot": ("label",),
    "Number": ("label",),
    "State": ("label",),
    "Timeseries": ("x", "y", "label"),
}
"""Component of `gr.outputs` -> its arguments in order."""

SHORTCUTS: Mapping[str, str] = {
    "webcam": "image",
    "sketch": "sketchpad",
    "mic": "microphone",
    "csv": "dataframe",
    "pil": "image",
    "imagepaint": "imageeditor",
    "keyvalues": "dataframe",
    "key_values": "dataframe",
    "timeseries": "lineplot",
    "color": "colorpicker",
    "bool": "checkbox",
    "carousel": "gallery",
    "variable": "state",
}
"""Names of components as a string that are gone -> today's."""


def install(gradio: Any, patches: Patches, announcer: Announcer) -> None:
    """Give Gradio its old names again."""
    for old, today in NAMES.items():
        if not hasattr(gradio, old) and hasattr(gradio, today):
            _add(gradio, patches, old, _renamed(gradio, announcer, old, today))
    for old, (today, arguments) in KINDS.items():
        if not hasattr(gradio, old):
            _add(gradio, patches, old, _renamed(gradio, announcer, old, today, **arguments))
    for name, table in (("inputs", INPUTS), ("outputs", OUTPUTS)):
        module = _family(gradio, announcer, name, table)
        patches.set(gradio, name, module)
        sys.modules.setdefault(f"gradio.{name}", module)
    _install_combinations(gradio, patches, announcer)
    _install_shortcuts(gradio, patches, announcer)
    patches.set(gradio, "make_waveform", _make_waveform(announcer))


def _add(gradio: Any, patches: Patches, name: str, value: object) -> None:
    patches.set(gradio, name, value)
    if not hasattr(gradio.components, name):
        patches.set(gradio.components, name, value)


def _renamed(gradio: Any, announcer: Announcer, old: str, today: str, **preset: Any) -> Any:
    """*today*'s class under its *old* name; a class itself, as code may ask for one."""
    cls = getattr(gradio, today)

    class Meta(type(cls)):  # type: ignore[misc]
        def __call__(self, *args: Any, **kwargs: Any) -> Any:
            shown = ", ".join(f"{name}={value!r}" for name, value in preset.items())
            announcer.translated(f"gr.{old}(…)", f"gr.{today}({shown or '…'})")
            return cls(*args, **{**preset, **kwargs})

        def __instancecheck__(self, instance: object) -> bool:
            return isinstance(instance, cls)

        def __getattr__(self, name: str) -> Any:
            return getattr(cls, name)

    return type.__new__(Meta, old, (), {"__doc__": f"What `gr.{today}` was called."})


def _family(
    gradio: Any, announcer: Announcer, name: str, table: Mapping[str, tuple[str, ...]]
) -> ModuleType:
    """`gr.inputs` or `gr.outputs`."""
    module = ModuleType(f"gradio.{name}")

    def maker(old: str, order: tuple[str, ...]) -> Callable[..., Any]:
        def make(*args: Any, **kwargs: Any) -> Any:
            announcer.translated(f"gr.{name}.{old}(…)", f"gr.{NAMES.get(old, old)}(…)")
            given = dict(zip(order, args, strict=False))
            given.update({("value" if key == "default" else key): v for key, v in kwargs.items()})
            if name == "outputs" and old in ("Image", "Textbox", "Label"):
                given.pop("type", None)
            return getattr(gradio, old)(**given)

        make.__name__ = old
        return make

    for old, order in table.items():
        setattr(module, old, maker(old, order))
    return module


def _install_combinations(gradio: Any, patches: Patches, announcer: Announcer) -> None:
    """`gr.Parallel` and `gr.Series`: several apps as one."""

    def functions(interfaces: tuple[Any, ...]) -> list[Callable[..., Any]]:
        return [interface.fn for interface in interfaces]

    def parallel(*interfaces: Any, **options: Any) -> Any:
        announcer.translated("gr.Parallel(…)", "one function that calls several")

        def together(*args: Any) -> Any:
            results = [fn(*args) for fn in functions(interfaces)]
            return results[0] if len(results) == 1 else results

        outputs = [block for interface in interfaces for block in interface.output_components]
        return gradio.Interface(together, interfaces[0].input_components, outputs, **options)

    def series(*interfaces: Any, **options: Any) -> Any:
        announcer.translated("gr.Series(…)", "one function that calls several in turn")

        def in_turn(*args: Any) -> Any:
            for fn in functions(interfaces):
                result = fn(*args)
                args = tuple(result) if isinstance(result, list | tuple) else (result,)
            return result

        return gradio.Interface(
            in_turn, interfaces[0].input_components, interfaces[-1].output_components, **options
        )

    mix = ModuleType("gradio.mix")
    for name, make in (("Parallel", parallel), ("Series", series)):
        patches.set(gradio, name, make)
        setattr(mix, name, make)
    patches.set(gradio, "mix", mix)
    sys.modules.setdefault("gradio.mix", mix)


def _install_shortcuts(gradio: Any, patches: Patches, announcer: Announcer) -> None:
    """`gr.Interface(fn, "webcam", "text")`."""

    def by_name(original: Any, name: Any, *args: Any, **kwargs: Any) -> Any:
        today = SHORTCUTS.get(name) if isinstance(name, str) else None
        if today is not None:
            announcer.translated(repr(name), repr(today))
        return original(today or name, *args, **kwargs)

    for owner in (gradio.components.base, gradio.components):
        patches.wrap(owner, "component", by_name)


def _make_waveform(announcer: Announcer) -> Callable[..., Any]:
    def make_waveform(audio: Any, **_: Any) -> Any:
        """The sound itself: `gr.Audio` draws its waveform."""
        announcer.translated(
            "gr.make_waveform(…)", "`gr.Audio` draws the waveform; give it the sound"
        )
        return audio

    return make_waveform
