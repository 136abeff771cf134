"""A model in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, Literal

Kind = Literal["seq2seq", "tagger", "captioner", "vision-chat", "painter", "writer"]
"""What a model is: reads and writes a text anew, labels tokens, describes a picture, chats about
pictures, makes pictures, writes on."""


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """A model ready to be used by one caller at a time, with what turns its input into tensors."""

    name: str
    """As it was asked for: an id of the Hub, or a folder."""
    kind: Kind
    model: Any = field(repr=False)
    """A transformers model, in eval mode on *device*; for a painter a diffusers pipeline."""
    processor: Any = field(default=None, repr=False)
    """Its tokenizer; for pictures its processor; None for a painter."""
    device: str = "cpu"
    dtype: str = "float32"
    size_bytes: int = 0
    """What its weights take in memory."""

    @property
    def engine(self) -> str:
        """How it is named to people: `transformers; org/model on cpu, float32`."""
        library = "diffusers" if self.kind == "painter" else "transformers"
        return f"{library}; {short_name(self.name)} on {self.device}, {self.dtype}"


def short_name(name: str) -> str:
    """A model's name as answers and pictures tell it, which are passed on: no path.

    >>> short_name("/home/ada/models/tagger"), short_name("org/model")
    ('tagger', 'org/model')
    """
    is_path = name.startswith((".", "/", "~", "$")) or "\\" in name
    return PurePath(name.replace("\\", "/")).name if is_path else name
