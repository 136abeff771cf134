"""The tab that describes a picture, and its name on the app's API."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import gradio as gr
from gradio import FileData

from tasks.captioning import LONGEST, PICTURES, PROMPT, caption
from workbench.client import EndpointClient
from workbench.routes import CAPTIONING
from workbench.ui import api, parts, pictures

TOKENS = "Most tokens of the caption"
NAMES = ("Dog in the snow", "Bird over the sea", "Cow in a field")


def lay_out(client: EndpointClient, *, targets: Sequence[str] | None = None) -> None:
    """Lay out the tab inside the caller's Blocks; visitors may choose among *targets*, if any."""
    with gr.Row():
        with gr.Column():
            box = pictures.picture_box("Picture")
            buttons = parts.controls("Describe")
            pictures.picture_examples(box.image, dict(zip(NAMES, PICTURES, strict=True)))
            with gr.Accordion("Advanced options", open=False):
                question = gr.Textbox(
                    label="What to ask",
                    placeholder=PROMPT,
                    info="For chat models. Image-to-text endpoints and the embedded engine take "
                    "no question.",
                )
                most = parts.whole_box(TOKENS, "Empty: the model's own.")
                settled = parts.options(client, CAPTIONING, targets)
        with gr.Column():
            told = gr.Textbox(label="Caption", lines=4, max_lines=16, interactive=False)
            parts.copy_button(told)

    def work(
        given: object, question: str | None, most: str | None, *, client: EndpointClient
    ) -> str:
        return caption(
            pictures.read_picture(given, client, longest=LONGEST),
            client=client,
            prompt=(question or "").strip() or None,
            max_new_tokens=parts.read_whole(TOKENS, most),
        )

    pictures.wire_picture(box, client, buttons.status)
    parts.wire(
        client=client,
        allowed=targets,
        controls=buttons,
        settled=settled,
        inputs=[box.image, question, most],
        outputs=[told],
        work=work,
        show=lambda result, *_: [result],
        cleared=[box.image, box.address, told],
        subject=box.image,
        preprocess=False,
    )
    # A caption beside another picture than its own would mislead.
    box.image.change(None, None, told, js="() => ''", api_visibility="private")

    def described(
        image: object, prompt: str | None, most: int | None, *, client: EndpointClient
    ) -> str:
        picture = pictures.read_picture(image, client, longest=LONGEST)
        return caption(picture, client=client, prompt=prompt, max_new_tokens=most)

    async def caption_picture(
        image: FileData | str,
        prompt: str | None = None,
        max_new_tokens: int | None = None,
        target: str | None = None,
    ) -> str:
        """Describe a picture: an upload, a data URI, base64 or an http(s) address."""
        call = partial(described, image, prompt, max_new_tokens)
        return str(await api.answer(client, targets, target, call))

    api.offer(caption_picture, "caption")
