"""The rules of the Inference Endpoints container: what a request must look like.

Input headers are read as leniently as its latest version reads them, bodies as strictly as the
strictest. In two places this is deliberately better: ``Accept`` is judged before inference, and a
bug answers 500, so a 400 always means the request.
"""

from __future__ import annotations

import json
import math
import re
import struct
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NoReturn

from workbench.engines.messages import Headers, Request, nobody

JSON = "application/json"
IMAGES = frozenset(
    f"image/{kind}" for kind in ("png", "jpeg", "jpg", "tiff", "bmp", "gif", "webp", "x-image")
)
_BYTES = "application/octet-stream"
_ANY_IMAGE = "image/*"
_NOT_PARAMETERS = ("reply",)
_LONGEST_NUMBER = 400  # digits; Python takes quadratic time to read very long ones
_SURROGATE = re.compile("[\ud800-\udfff]")
_PARAMETER = re.compile(r"[A-Za-z0-9_]{1,80}")  # names are the caller's, and a header takes few
_WHOLE = re.compile(r"-?\d{1,18}", re.ASCII)
_DECIMAL = re.compile(r"-?\d{1,18}\.\d{1,18}", re.ASCII)


class Refusal(Exception):  # noqa: N818 - an answer, not a fault of ours
    """The request is answered with *status* and this text, which is fit to show.

    *kind* is one of `workbench.errors`, where the status alone would say another; *hint* is the
    next thing to do. A client in this process is told both.
    """

    def __init__(self, message: str, status: int = 400, *, kind: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind
        self.hint = hint

    @property
    def facts(self) -> dict[str, str]:
        """What a JSON answer tells besides the text."""
        facts = {"kind": self.kind, "hint": self.hint}
        return {name: fact for name, fact in facts.items() if fact}


@dataclass(frozen=True)
class Call:
    """What a task is asked: ``inputs`` as sent, ``parameters`` not yet checked."""

    inputs: object
    parameters: Mapping[str, object]
    gone: threading.Event = field(default_factory=threading.Event, repr=False, compare=False)
    """Set once the caller has left."""
    tell: Callable[[str], None] = field(default=nobody, repr=False, compare=False)
    """Tells the caller how far the work is."""


@dataclass(frozen=True)
class Answer:
    """A task's result (JSON or a PIL image), its maker, how much was read, what had no effect."""

    result: object
    engine: str
    characters: int
    ignored: tuple[str, ...] = ()
    compute: str = "cpu"


def check_content_type(headers: Headers, *, images: bool = False) -> None:
    """Raise Refusal unless the body is declared as JSON, or where it may be as an image.

    Case and parameters of the type don't matter.
    """
    declared = headers.get("content-type")
    may = f"{JSON} or the type of the image" if images else JSON
    if declared is None:
        raise Refusal(f"The request has no Content-Type. Send Content-Type: {may}.")
    kind = _bare(declared)
    if kind != JSON and not (images and kind in IMAGES | {_BYTES}):
        raise Refusal(f"Content type {declared[:80]!r} is not supported here. Send {may}.")


def check_accept(headers: Headers, *, images: bool = False) -> str | None:
    """The type of image to answer with, None for JSON: the first of ``Accept`` that is known.

    Raises Refusal when it can't be met; a task without *images* answers JSON alone.
    """
    accept = headers.get("accept", "").strip()
    answered = f"{JSON} and images" if images else JSON
    kinds = {JSON, "*/*", *IMAGES} | ({_ANY_IMAGE} if images else set())
    known = [kind for kind in map(_bare, accept.split(",")) if kind in kinds]
    if accept and (not known or (known[0] in IMAGES and not images)):
        raise Refusal(f"Accept {accept[:80]!r} cannot be met: this task answers {answered}.")
    if not accept or known[0] in (JSON, "*/*"):
        return None
    return "image/png" if known[0] in (_ANY_IMAGE, "image/x-image") else known[0]


def read_call(request: Request) -> Call:
    """Decode a JSON body; the query string gives the parameters when the body has none.

    The bytes of an image are inputs as they are. Raises Refusal with the reason when the body is
    not what the container accepts.
    """
    if _bare(request.headers.get("content-type", JSON)) != JSON:
        return Call(request.body, from_query(request.query), request.gone, request.tell)
    body = decode_json(request.body)
    if not isinstance(body, dict):
        raise Refusal(f'The body must be a JSON object with "inputs", not {_kind(body)}.')
    if "inputs" not in body and "instances" not in body:
        raise Refusal('The body needs an "inputs" key.')
    parameters = body["parameters"] if "parameters" in body else from_query(request.query)
    if not isinstance(parameters, dict):
        raise Refusal(
            f'"parameters" must be a JSON object, not {_kind(parameters)}; or leave it out.'
        )
    inputs = body["inputs"] if "inputs" in body else body["instances"]
    return Call(inputs, parameters, request.gone, request.tell)


def name_ignored(names: Iterable[str]) -> dict[str, str]:
    """The header that tells of parameters without effect, if there are any."""
    named = list(filter(_PARAMETER.fullmatch, names))[:20]
    return {"x-workbench-ignored": ", ".join(named)} if named else {}


def read_texts(inputs: object) -> tuple[list[str], bool]:
    """Return the texts and whether they were sent as a batch; raises Refusal on anything else.

    >>> read_texts("one"), read_texts(["one", "two"])
    ((['one'], False), (['one', 'two'], True))
    """
    if isinstance(inputs, list):
        return [read_text(item) for item in inputs], True
    return [read_text(inputs)], False


def as_float32(value: float) -> float:
    """Return the shortest decimal that reads as the same 32-bit float.

    >>> as_float32(0.9899999), as_float32(1 / 3)
    (0.9899999, 0.33333334)
    """
    packed = struct.pack("f", value)
    (rounded,) = struct.unpack("f", packed)
    shorts = (float(f"{rounded:.{digits}g}") for digits in range(6, 10))
    return next(short for short in shorts if struct.pack("f", short) == packed)


def shorten_floats(value: object) -> object:
    """Apply ``as_float32`` throughout a JSON value, as scores leave the container."""
    if isinstance(value, float):
        return as_float32(value)
    if isinstance(value, list):
        return [shorten_floats(item) for item in value]
    if isinstance(value, dict):
        return {name: shorten_floats(item) for name, item in value.items()}
    return value


def decode_json(body: bytes) -> object:
    """The JSON of a body, as strictly as it is defined. Raises Refusal with the reason."""
    if not body:
        raise Refusal('The request has no body. Send {"inputs": ...} as JSON.')
    try:
        return json.loads(
            body.decode(), parse_constant=_not_json, parse_float=_finite, parse_int=_whole
        )
    except UnicodeDecodeError as exc:
        raise Refusal(f"The body is not UTF-8: bad byte at position {exc.start}.") from exc
    except RecursionError as exc:
        raise Refusal("The body is nested too deeply.") from exc
    except json.JSONDecodeError as exc:
        raise Refusal(f"The body is not JSON: {exc}.") from exc


def _not_json(name: str) -> NoReturn:
    raise Refusal(f"The body is not JSON: it holds {name}.")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        _not_json("a number too large for 64 bits")
    return number


def _whole(digits: str) -> int:
    if len(digits) > _LONGEST_NUMBER:
        _not_json(f"a number of {len(digits)} digits")
    return int(digits)


def from_query(query: Mapping[str, str]) -> dict[str, object]:
    """Parameters out of a query string, with numbers and truth values as such."""
    given = ((name, value) for name, value in query.items() if name not in _NOT_PARAMETERS)
    return {name: _from_text(value) for name, value in given}


def _from_text(value: str) -> object:
    if value.lower() in {"true", "false"}:
        return value.lower() == "true"
    if _WHOLE.fullmatch(value):
        return int(value)
    return float(value) if _DECIMAL.fullmatch(value) else value


def read_text(value: object) -> str:
    """One text; raises Refusal on anything else."""
    if not isinstance(value, str):
        raise Refusal(f'"inputs" must be a string or a list of strings, not {_kind(value)}.')
    if _SURROGATE.search(value):
        raise Refusal('"inputs" holds half of a surrogate pair, which is no text.')
    return value


def _bare(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


def _kind(value: object) -> str:
    if value is None:
        return "null"
    names = {bool: "a boolean", str: "a string", list: "a list", dict: "an object"}
    return names.get(type(value), "a number")
