"""What the talker says of a picture: what the embedded captioner makes out."""

from __future__ import annotations

from workbench.chat.conversation import Message
from workbench.errors import InvalidInputError

_LONGEST = 2048  # pixels; more than the captioner looks at


def sights(message: Message) -> str:
    """A sentence for each picture of *message*; nothing without one, or if one can't be read."""
    if not message.images:
        return ""
    from workbench.engines.embedded.captioner import describe
    from workbench.images import load_image

    try:
        seen = [describe(load_image(image, longest=_LONGEST)) for image in message.images]
    except InvalidInputError:
        return ""
    if len(seen) == 1:
        told = f"I see {seen[0]}."
    else:
        told = "\n".join(f"{number}. I see {each}." for number, each in enumerate(seen, 1))
    return f"{told}\n\nThat is what my rules make of colours and shapes; I can't look any closer."
