"""What is put on the wire: a body, what it is, and what may come back."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass, field
from typing import Literal

from workbench.errors import InvalidInputError

JSON = "application/json"
_PICTURE = re.compile(r"(?<=[\",])((?:/9j/|iVBOR|R0lGO|UklGR)[A-Za-z0-9+/]{64,}={0,2})(?=\")")
_SUFFIXES = {"iVBOR": "png", "R0lGO": "gif", "UklGR": "webp"}


@dataclass(frozen=True)
class Payload:
    """One request but for its address. A picture may come back whatever `accept` says."""

    body: bytes = field(default=b"", repr=False)
    content_type: str = JSON
    accept: str = JSON
    method: Literal["POST", "GET"] = "POST"
    headers: tuple[tuple[str, str], ...] = ()
    """Others that the service wants."""
    told: str = ""
    """Said instead of a command, of a request that was not ours to make."""


def json_body(document: object, what: str) -> bytes:
    """*document* as JSON in UTF-8, not escaped.

    Raises InvalidInputError about *what* for what JSON can't hold: NaN, infinity, lone surrogates.

    >>> json_body({"inputs": "Łódź"}, "input").decode()
    '{"inputs": "Łódź"}'
    """
    try:
        return json.dumps(document, allow_nan=False, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as exc:
        raise InvalidInputError(f"the {what} holds half a character (a lone surrogate)") from exc
    except (TypeError, ValueError, RecursionError) as exc:
        raise InvalidInputError(f"the {what} can't be sent as JSON: {exc}") from exc


def shell_body(payload: Payload) -> str:
    """The body as an argument of `curl --data-binary`; pictures are read from a file beside it.

    >>> print(shell_body(Payload(b'{"inputs": "It rains"}')))
    '{"inputs": "It rains"}'
    >>> shell_body(Payload(b"...", "image/png"))
    '@picture.png'
    """
    if payload.content_type != JSON:
        return f"@picture.{payload.content_type.rpartition('/')[2]}"
    text = payload.body.decode("utf-8")
    parts = _PICTURE.split(text)
    if len(parts) == 1:
        return shlex.quote(text)
    # A here-document: an argument of the shell can't hold a whole picture.
    lines = [
        f"$(base64 < picture.{_SUFFIXES.get(part[:5], 'jpeg')} | tr -d '\\n')"
        if place % 2
        else re.sub(r"[\\$`]", r"\\\g<0>", part)
        for place, part in enumerate(parts)
    ]
    return f"@- <<END\n{''.join(lines)}\nEND"
