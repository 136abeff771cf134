"""A picture that was made here, given back: its settings go into the form."""

from __future__ import annotations

from collections.abc import Sequence

import gradio as gr

from tasks.tabs.form import beyond, untold
from tasks.tabs.made import Made, keep
from tasks.text_to_image import Picture
from workbench.images import load_image
from workbench.language import translate
from workbench.recipes import read_recipe
from workbench.ui.pictures import source_of

_DROP = """
if (!window.wbDrop) {
  window.wbDrop = true;
  const wanted = event => {
    const button = document.querySelector('#wb-restore');
    if (!button || !button.offsetParent) return null;
    return event.dataTransfer && event.dataTransfer.types.includes('Files') ? button : null;
  };
  document.addEventListener('dragover', event => { if (wanted(event)) event.preventDefault(); });
  document.addEventListener('drop', event => {
    const button = wanted(event);
    if (!button) return;
    event.preventDefault();
    const input = button.parentElement.querySelector('input[type=file]');
    const files = new DataTransfer();
    if (event.dataTransfer.files.length) files.items.add(event.dataTransfer.files[0]);
    input.files = files.files;
    input.dispatchEvent(new Event('change', {bubbles: true}));
  });
}
"""


def restore_button() -> gr.UploadButton:
    """Lay out the button that takes the file; dropping one anywhere on the tab does the same."""
    gr.HTML("", padding=False, elem_classes="wb-drop", js_on_load=_DROP)
    return gr.UploadButton(
        "Restore settings from a PNG, or drop it anywhere here",
        file_types=["image"],
        size="sm",
        elem_id="wb-restore",
    )


def restored(given: object) -> tuple[str, Made]:
    """What to say of a file that was given back, and its picture. Raises InvalidInputError.

    It is said in the current language.
    """
    data = source_of(given)
    made = keep(restore(data.encode() if isinstance(data, str) else data))
    told = [translate("Settings restored; this is the picture in the file.")]
    if missed := beyond(made.recipe):
        told.append(translate(f"No slider goes as far as its {_list(missed)}."))
    if missed := untold(made.recipe):
        told.append(translate(f"It doesn't tell {_list(missed)}: set as at the start."))
    return " ".join(told), made


def _list(labels: Sequence[str]) -> str:
    return ", ".join(map(translate, labels))


def restore(data: bytes) -> Picture:
    """The picture in a PNG made here. Raises InvalidInputError for any other file."""
    return Picture(load_image(data, paths=False), read_recipe(data))
