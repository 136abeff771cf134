"""The protocol `hf`: inputs and parameters out, whatever shape of answer comes back in.

Answers are read by shape, not by route: the same task answers differently from
hf-inference, a dedicated endpoint and a custom handler.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from workbench.errors import InvalidInputError, UnexpectedAnswerError
from workbench.redaction import printable, redact

_NAME_LIMIT = 40
_SURROGATE = re.compile("[\ud800-\udfff]")
_MAY_HOLD_SURROGATES = re.compile(rb"\\u[dD][89a-fA-F]|\xed[\xa0-\xbf]|\x00")
_SUMMARY_KEYS = ("summary_text", "generated_text", "translation_text")


def encode(inputs: object, parameters: Mapping[str, object] | None = None) -> bytes:
    """The JSON body of a call: absent parameters left out, always with a `parameters` object.

    Text goes out as UTF-8, not escaped. Raises InvalidInputError for what JSON can't hold
    (NaN, infinity, lone surrogates).

    >>> encode("Hi", {"max_length": 20, "min_length": None})
    b'{"inputs": "Hi", "parameters": {"max_length": 20}}'
    """
    given = {name: value for name, value in (parameters or {}).items() if value is not None}
    try:
        document = {"inputs": inputs, "parameters": given}
        return json.dumps(document, allow_nan=False, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as exc:
        raise InvalidInputError("the input holds half a character (a lone surrogate)") from exc
    except (TypeError, ValueError, RecursionError) as exc:
        raise InvalidInputError(f"the input can't be sent as JSON: {exc}") from exc


def decode(body: bytes) -> object:
    """The JSON in *body*, with U+FFFD for each lone surrogate, so that every text can be encoded.

    Raises ValueError or RecursionError, as `json.loads` does.

    >>> decode(b'["\\\\ud83c\\\\udf89", "\\\\ud83c"]')
    ['🎉', '\ufffd']
    """
    document: object = json.loads(body)
    return _mended(document) if _MAY_HOLD_SURROGATES.search(body) else document


def _mended(document: object) -> object:
    if isinstance(document, str):
        return _SURROGATE.sub("\ufffd", document)
    if isinstance(document, list):
        return [_mended(item) for item in document]
    if isinstance(document, dict):
        return {_mended(name): _mended(value) for name, value in document.items()}
    return document


def read_summaries(answer: object) -> list[str]:
    """Every summary in *answer*, outer white space removed.

    Accepts a list, a bare object and nested lists, under `summary_text` or `generated_text`.
    Raises UnexpectedAnswerError when there is none, or an empty one.

    >>> read_summaries([{"summary_text": " A tower."}])
    ['A tower.']
    >>> read_summaries({"generated_text": "A tower."})
    ['A tower.']
    """
    if isinstance(answer, Mapping):
        for key in _SUMMARY_KEYS:
            text = answer.get(key)
            if isinstance(text, str) and text.strip():
                return [text.strip()]
        raise _unusable("a summary", answer)
    if isinstance(answer, list) and answer:
        return [text for item in answer for text in read_summaries(item)]
    raise _unusable("a summary", answer)


def read_tokens(answer: object) -> list[Mapping[str, object]]:
    """The tokens or entities in *answer*, raw or aggregated, in the order they came.

    An empty list is an answer: nothing was found. Raises UnexpectedAnswerError for anything
    that is not a list of objects with a label.

    >>> read_tokens([[{"entity": "B-PER", "word": "Sy", "score": 0.9}]])
    [{'entity': 'B-PER', 'word': 'Sy', 'score': 0.9}]
    """
    if isinstance(answer, Mapping) and isinstance(answer.get("entities"), list):
        answer = answer["entities"]
    if isinstance(answer, list) and len(answer) == 1 and isinstance(answer[0], list):
        answer = answer[0]
    if not isinstance(answer, list):
        raise _unusable("a list of entities", answer)
    for item in answer:
        if not isinstance(item, Mapping) or not (item.keys() & {"entity", "entity_group"}):
            raise _unusable("a list of entities", answer)
    return answer


def _unusable(wanted: str, answer: object) -> UnexpectedAnswerError:
    if isinstance(answer, Mapping):
        names = [_shown(str(name)) for name in sorted(map(str, answer))[:5]]
        found = "an object with " + (", ".join(names) or "nothing in it")
    elif isinstance(answer, list):
        found = f"a list of {len(answer)}" if answer else "an empty list"
    elif isinstance(answer, bytes):
        found = f"{len(answer)} bytes that are not JSON"
    else:
        found = {str: "a text", bool: "true or false", type(None): "null"}.get(
            type(answer), "a number"
        )
    return UnexpectedAnswerError(f"expected {wanted}, the endpoint answered {found}")


def _shown(name: str) -> str:
    """The *name* of a foreign key, fit to show."""
    name = redact(printable(name))
    return name if len(name) <= _NAME_LIMIT else name[: _NAME_LIMIT - 1] + "…"
