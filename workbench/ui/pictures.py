"""Pictures in a tab and on the app's API: what a visitor gave, and files for the page to show."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.client import EndpointClient
from workbench.errors import ConfigurationError, InvalidInputError
from workbench.images import encode_image, sniff
from workbench.inputs import require_text
from workbench.language import translate
from workbench.ui.parts import FAULT, shown
from workbench.ui.streams import Done, Failed, follow
from workbench.ui.words import failure_text, status_html

if TYPE_CHECKING:
    import gradio as gr
    from PIL.Image import Image

_SHOWN = 2048  # longest side of a copy for the page, in pixels
_BROWSERS_SHOW = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp"}


@dataclass(frozen=True, kw_only=True)
class PictureBox:
    """A box for a picture with the ways to fill it, laid out by `picture_box`."""

    image: gr.Image
    address: gr.Textbox
    fetch: gr.Button


def picture_box(label: str) -> PictureBox:
    """Lay out a box for a picture: from a file, the clipboard, the camera, or an address.

    Events that take its image as an input need `preprocess=False`: what Gradio does with it
    ends in a traceback for a file that is no picture.
    """
    import gradio as gr

    image = gr.Image(
        label=label,
        type="filepath",
        height=320,
        buttons=[],
        elem_classes="wb-picture",
        **alt_text("The picture you chose"),
    )
    with gr.Row(elem_classes="wb-line"):
        address = gr.Textbox(
            label="Or the address of a picture",
            placeholder="https://…",
            max_lines=1,
            scale=4,
            min_width=160,
        )
        fetch = gr.Button("Fetch", scale=1, min_width=72)
    return PictureBox(image=image, address=address, fetch=fetch)


def wire_picture(box: PictureBox, client: EndpointClient, status: gr.HTML) -> None:
    """Connect *box*: what is no picture is told in *status* as soon as it is chosen."""
    import gradio as gr

    async def on_choice(given: object) -> AsyncIterator[tuple[Any, str]]:
        if given is None:
            yield gr.skip(), status_html("Ready.")
            return
        async for news in _settle(lambda: _showable(source_of(given), client), failed=None):
            yield news

    async def on_address(address: str | None) -> AsyncIterator[tuple[Any, str]]:
        async for news in _settle(lambda: _fetched(address, client), failed=gr.skip()):
            yield news

    for triggers, handler, given in (
        ([box.image.input], on_choice, box.image),
        ([box.fetch.click, box.address.submit], on_address, box.address),
    ):
        gr.on(
            triggers,
            handler,
            given,
            [box.image, status],
            preprocess=False,
            show_progress="hidden",
            api_visibility="private",
            trigger_mode="always_last",  # a file chosen while another is read counts too
            concurrency_limit=None,
        )


def picture_examples(box: gr.Image, pictures: Mapping[str, Path]) -> None:
    """Lay out a button for each picture, under its name, that puts it into *box*."""
    import gradio as gr

    gr.HTML('<p class="wb-heading">Examples</p>', padding=False)
    with gr.Row(elem_classes="wb-thumbs"):
        for name, path in pictures.items():
            button = gr.Button(name, icon=path, size="sm", min_width=80, elem_classes="wb-thumb")
            button.click(
                lambda path=path: keep_file(path.read_bytes(), path.name),
                None,
                box,
                queue=False,
                show_progress="hidden",
                api_visibility="private",
            )


async def _settle(
    find: Callable[[], str | None], *, failed: object
) -> AsyncIterator[tuple[Any, str]]:
    """Put the file that *find* names into the box; None: what is there is fine."""
    import gradio as gr

    yield gr.skip(), status_html("Reading the picture", "busy")
    try:
        async for news in follow(find):
            if isinstance(news, Failed):
                yield failed, status_html(failure_text(news.error), "failed")
                raise shown(news.error) from news.error
            if isinstance(news, Done):
                yield news.result or gr.skip(), status_html("Ready.")
    except gr.Error:
        raise
    except Exception as error:
        yield failed, status_html(FAULT, "failed")
        raise gr.Error(translate(FAULT)) from error


def _fetched(address: str | None, client: EndpointClient) -> str:
    require_text(address or "", "address of a picture")
    data = client.fetch(str(address).strip())
    return _showable(data, client) or keep_file(
        data, f"picture.{_BROWSERS_SHOW[sniff(data) or '']}"
    )


def _showable(source: bytes | str, client: EndpointClient) -> str | None:
    """None when browsers show *source* as it is, else a copy they do. Raises InvalidInputError."""
    image = client.open_image(source, longest=_SHOWN, paths=False)
    if isinstance(source, bytes) and sniff(source) in _BROWSERS_SHOW:
        return None
    encoded = encode_image(image, longest=_SHOWN)
    return keep_file(encoded.data, f"picture.{_BROWSERS_SHOW[encoded.content_type]}")


def read_picture(given: object, client: EndpointClient, *, longest: int | None = None) -> Image:
    """The picture that a visitor gave: an upload, or text as `load_image` takes it, no path.

    Raises InvalidInputError for what is no picture.
    """
    return client.open_image(source_of(given), longest=longest, paths=False)


def source_of(given: object) -> bytes | str:
    """The bytes of an upload, or the text that stands for a picture; files of ours stay closed.

    Raises InvalidInputError.

    >>> source_of("https://host.example/1.png")
    'https://host.example/1.png'
    >>> source_of({"path": "/etc/passwd"})
    Traceback (most recent call last):
    workbench.errors.InvalidInputError: this file was not uploaded here
    """
    if isinstance(given, str):
        return given
    if not isinstance(given, Mapping):
        raise InvalidInputError("there is no picture", hint="Choose, paste or take one first.")
    from gradio.utils import get_upload_folder

    try:
        path = Path(str(given.get("path"))).resolve()
        ours = path.is_relative_to(Path(get_upload_folder()).resolve()) and path.is_file()
    except ValueError:  # a null byte
        ours = False
    if not ours:
        raise InvalidInputError("this file was not uploaded here", hint="Choose the picture anew.")
    return path.read_bytes()


def alt_text(words: str) -> dict[str, Any]:
    """What tells `gr.Image` the words for those who hear the page; older ones can't be told."""
    import gradio as gr

    known = "alt_text" in inspect.signature(gr.Image.__init__).parameters
    return {"alt_text": words} if known else {}


def keep_file(data: bytes, name: str) -> str:
    """Write *data* where Gradio keeps the files that it serves and cleans up; returns the path.

    Raises ConfigurationError where nothing can be written.
    """
    from gradio.processing_utils import save_bytes_to_cache
    from gradio.utils import get_upload_folder

    try:
        return str(save_bytes_to_cache(data, name, get_upload_folder()))
    except OSError as error:
        raise ConfigurationError(
            f"the picture can't be kept: {error.strerror}",
            hint="Make room on the disk, or set GRADIO_TEMP_DIR to a folder where there is some.",
        ) from error
