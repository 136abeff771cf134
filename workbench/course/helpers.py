"""The helpers that the course's notebooks define, under the same names."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from workbench import entities
from workbench.chat.histories import from_gradio, from_pairs
from workbench.course.completion import run_task, shared_client
from workbench.errors import UnexpectedAnswerError
from workbench.protocols import hf

if TYPE_CHECKING:
    from PIL.Image import Image

    from workbench.entities import Entity


def merge_tokens(tokens: object, text: str | None = None) -> list[Entity]:
    """Join the raw tokens of an NER answer into whole entities, for `gr.HighlightedText`.

    Each has the course's keys: ``entity`` (label of the first token), ``word``, ``start``,
    ``end``, ``score`` (the mean of its tokens). Unlike there, the tokens given stay as they are,
    and what is no neighbour is not joined. With *text*, tokens without a place are looked for in
    it. Raises UnexpectedAnswerError for what is no list of tokens.

    >>> tokens = [
    ...     {"entity": "B-PER", "score": 0.9, "index": 1, "word": "Syl", "start": 0, "end": 3},
    ...     {"entity": "I-PER", "score": 0.7, "index": 2, "word": "##vain", "start": 3, "end": 7},
    ... ]
    >>> [(each["entity"], each["word"], each["end"]) for each in merge_tokens(tokens)]
    [('B-PER', 'Sylvain', 7)]
    """
    try:
        merged = entities.merge_tokens(hf.read_tokens(tokens), text)
    except ValueError as exc:
        raise UnexpectedAnswerError(f"these tokens can't be merged: {exc}") from exc
    for entity in merged:
        entity.setdefault("entity", entity["entity_group"])
    return merged


def image_to_base64_str(pil_image: Image) -> str:
    """A picture as the base64 of a PNG, without metadata. Raises InvalidInputError.

    >>> from PIL import Image
    >>> image_to_base64_str(Image.new("RGB", (2, 1)))[:11]
    'iVBORw0KGgo'
    """
    from workbench.images import png_bytes

    return base64.b64encode(png_bytes(pil_image)).decode("ascii")


def base64_to_pil(img_base64: str) -> Image:
    """The picture in base64 or in a data URI, in RGB. Raises InvalidInputError for none.

    >>> from PIL import Image
    >>> base64_to_pil(image_to_base64_str(Image.new("RGB", (2, 1), "navy"))).getpixel((0, 0))
    (0, 0, 128)
    """
    return shared_client().open_image(img_base64, paths=False)


def captioner(image: object) -> str:
    """What a picture shows: a PIL image, path, bytes, array, base64 or address. Raises as
    `tasks.captioning.caption` does.

    >>> captioner(generate("a red boat on a lake", width=256, height=256))
    'a ... boat ...'
    """
    return str(run_task("captioning", image, None, shared_client())["caption"])


def generate(
    prompt: str,
    negative_prompt: str | None = None,
    steps: float | None = None,
    guidance: float | None = None,
    width: float | None = None,
    height: float | None = None,
) -> Image:
    """A picture of *prompt*; *width* and *height* are pixels, what is None is left to the model.

    Raises as `tasks.text_to_image.generate_image` does.

    >>> generate("a dog in a park", width=96, height=64).size
    (96, 64)
    """
    options = {
        "negative_prompt": negative_prompt,
        "num_inference_steps": steps,
        "guidance_scale": guidance,
        "width": width,
        "height": height,
    }
    image: Image = run_task("text-to-image", prompt, options, shared_client()).image
    return image


def caption_and_generate(image: object) -> list[object]:
    """A caption of *image*, and a picture made from that caption.

    >>> caption, picture = caption_and_generate(generate("a red boat on a lake"))
    >>> picture.mode
    'RGB'
    """
    caption = captioner(image)
    return [caption, generate(caption)]


def format_chat_prompt(
    message: str, chat_history: Iterable[object], instruction: str | None = None
) -> str:
    r"""The prompt of a chat as the course writes it for Falcon; stop it at ``"\nUser:"``.

    *chat_history* is a list of pairs, or of messages as today's `gr.Chatbot` has them. Nothing is
    changed in what was said: `workbench.chat.templates` keeps turns from being forged, too.
    Raises InvalidInputError for another history.

    >>> format_chat_prompt("And today?", [["Hi", "Hello!"]], "Be kind.")
    'System:Be kind.\nUser: Hi\nAssistant: Hello!\nUser: And today?\nAssistant:'
    >>> format_chat_prompt("And today?", [{"role": "user", "content": "Hi"}])
    '\nUser: Hi\nUser: And today?\nAssistant:'
    """
    history = list(chat_history)
    messages = all(isinstance(each, Mapping) or hasattr(each, "role") for each in history)
    said = from_gradio(history) if messages else from_pairs(history)
    names = {"user": "User", "assistant": "Assistant"}
    turns = [f"\n{names[turn.role]}: {turn.content}" for turn in said if turn.role in names]
    system = f"System:{instruction}" if instruction is not None else ""
    return f"{system}{''.join(turns)}\nUser: {message}\nAssistant:"
