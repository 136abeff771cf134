"""Captioning: a picture in, a sentence about it out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.endpoints import Endpoint
from workbench.errors import UnexpectedAnswerError
from workbench.images import Source, encode_image
from workbench.inputs import require_text, require_whole
from workbench.notebook import rich
from workbench.notebook.tabs import alone
from workbench.protocols import chat, hf
from workbench.protocols.payload import Payload
from workbench.routes import CAPTIONING
from workbench.task import Parameter, Task

if TYPE_CHECKING:
    from workbench.client import EndpointClient
    from workbench.images import Encoded

PROMPT = "Describe this picture in one sentence."
"""What a chat model is asked when a person asks nothing."""
# Control characters, and what is unseen or turns the line around; left are the two joiners
# (U+200C, U+200D), without which scripts and emoji fall apart.
_CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e"
    r"\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
LONGEST = 1024
"""Pixels of the longest side that is sent."""
CHAT_BYTES = 1_400_000
"""A picture's bytes in a chat message: TGI takes 2 MB of JSON, and base64 adds a third."""
PICTURES = tuple(
    Path(__file__).parent / "pictures" / f"{name}.jpg" for name in ("dog", "bird", "cow")
)
"""Three pictures to try, made with the painter of the embedded engine."""


class Caption(str):
    """A caption; a notebook shows it below its picture, of which it keeps a small copy."""

    picture: str
    """The data URI of the copy."""

    def __new__(cls, text: str, picture: str = "") -> Caption:
        caption = super().__new__(cls, text)
        caption.picture = picture
        return caption

    def _repr_html_(self) -> str:
        return rich.figure_html(self.picture, [self], width=rich.SMALL)


def caption(
    image: Source,
    *,
    client: EndpointClient,
    prompt: str | None = None,
    max_new_tokens: int | None = None,
) -> Caption:
    """One sentence about *image*: a PIL image, path, bytes, array, base64, data URI or URL.

    Upright, at most 1024 pixels a side and without any metadata is how it leaves this machine.
    *prompt* is what a chat model is asked, `PROMPT` unless given, and how the caption of a local
    BLIP begins; image-to-text endpoints elsewhere take none. Raises InvalidInputError for what is
    no picture, and what the call raises.

    >>> from PIL import Image
    >>> from workbench.client import EndpointClient
    >>> from workbench.settings import Settings
    >>> caption(Image.new("RGB", (64, 64), "navy"), client=EndpointClient(Settings()))
    '...'
    """
    if prompt is not None:
        require_text(prompt, "question about the picture")
    require_whole("max_new_tokens", max_new_tokens, at_least=1)
    picture = client.open_image(image, longest=LONGEST)
    endpoint = client.endpoint(CAPTIONING)
    if endpoint.protocol == "chat":
        encoded = encode_image(picture, longest=LONGEST, max_bytes=CHAT_BYTES)
        told = _asked(encoded, prompt or PROMPT, max_new_tokens, client, endpoint)
        return Caption(told, rich.small(picture))
    options = {"max_new_tokens": max_new_tokens, "prompt": prompt if endpoint.is_local else None}
    told = _told(encode_image(picture, longest=LONGEST), options, client, endpoint)
    return Caption(told, rich.small(picture))


def _cleaned(said: str) -> str:
    """*said* without what no person sees. Raises UnexpectedAnswerError when nothing is left."""
    cleaned = _CONTROL.sub("", said).strip()
    if not cleaned:
        raise UnexpectedAnswerError(
            "the caption has no visible character", hint="Try again, or ask another model."
        )
    return cleaned


def _asked(
    picture: Encoded,
    prompt: str,
    max_new_tokens: int | None,
    client: EndpointClient,
    endpoint: Endpoint,
) -> str:
    """The reply of a chat model."""
    messages = [chat.image_message(prompt, picture.data_uri)]
    model = client.served_model(endpoint)
    body = chat.encode(messages, model, {"max_tokens": max_new_tokens})
    return client.send(endpoint, Payload(body), read=lambda told: _cleaned(chat.read_reply(told)))


def _told(
    picture: Encoded, options: Mapping[str, object], client: EndpointClient, endpoint: Endpoint
) -> str:
    """The caption of an image-to-text endpoint, which takes parameters in JSON only."""
    given = {name: value for name, value in options.items() if value is not None}
    if given:
        payload = Payload(hf.encode(picture.base64, given))
    else:
        payload = Payload(picture.data, picture.content_type)
    return client.send(
        endpoint, payload, read=lambda told: _cleaned(" ".join(hf.read_captions(told)))
    )


def show(result: object) -> str:
    """The caption alone."""
    return str(result["caption"]) if isinstance(result, Mapping) else str(result)


def run(image: Source, **options: object) -> dict[str, object]:
    """`caption` as JSON-ready facts."""
    return {"caption": caption(image, **options)}  # type: ignore[arg-type]


@alone
def tab(client: EndpointClient, *, targets: Sequence[str] | None = None) -> None:
    """Lay out the tab inside the caller's Blocks; visitors may choose among *targets*, if any."""
    from tasks.tabs.captioning import lay_out

    lay_out(client, targets=targets)


TASK = Task(
    name="captioning",
    title="Caption",
    summary="Say in a sentence what a picture shows.",
    order=30,
    routes=(CAPTIONING,),
    takes="image",
    run=run,
    show=show,
    tab=tab,
    probe=PICTURES[0],
    aliases=("caption", "image-to-text"),
    parameters=(
        Parameter(name="prompt", help="What to ask a chat model about the picture."),
        Parameter(name="max_new_tokens", kind="whole number", help="Most tokens of the caption."),
    ),
)
