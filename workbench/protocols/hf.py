"""The protocol `hf`: inputs and parameters out, whatever shape of answer comes back in.

Answers are read by shape, not by route: the same task answers differently from
hf-inference, a dedicated endpoint and a custom handler.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from workbench.protocols.payload import json_body
from workbench.protocols.shapes import unusable

_SURROGATE = re.compile("[\ud800-\udfff]")
_MAY_HOLD_SURROGATES = re.compile(rb"\\u[dD][89a-fA-F]|\xed[\xa0-\xbf]|\x00")
_SUMMARY_KEYS = ("summary_text", "generated_text", "translation_text")
_CAPTION_KEYS = ("generated_text", "caption", "text")


def encode(inputs: object, parameters: Mapping[str, object] | None = None) -> bytes:
    """The JSON body of a call: absent parameters left out, always with a `parameters` object.

    Text goes out as UTF-8, not escaped. Raises InvalidInputError for what JSON can't hold
    (NaN, infinity, lone surrogates).

    >>> encode("Hi", {"max_length": 20, "min_length": None})
    b'{"inputs": "Hi", "parameters": {"max_length": 20}}'
    """
    given = {name: value for name, value in (parameters or {}).items() if value is not None}
    return json_body({"inputs": inputs, "parameters": given}, "input")


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
    return _texts(answer, _SUMMARY_KEYS, "a summary")


def read_captions(answer: object) -> list[str]:
    """Every caption in *answer*, in the shapes of `read_summaries`. Raises UnexpectedAnswerError.

    >>> read_captions([{"generated_text": "a dog on grass "}])
    ['a dog on grass']
    """
    return _texts(answer, _CAPTION_KEYS, "a caption")


def _texts(answer: object, keys: tuple[str, ...], wanted: str) -> list[str]:
    if isinstance(answer, str) and answer.strip():
        return [answer.strip()]
    if isinstance(answer, Mapping):
        for key in keys:
            text = answer.get(key)
            if isinstance(text, str) and text.strip():
                return [text.strip()]
        raise unusable(wanted, answer)
    if isinstance(answer, list) and answer:
        return [text for item in answer for text in _texts(item, keys, wanted)]
    raise unusable(wanted, answer)


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
        raise unusable("a list of entities", answer)
    for item in answer:
        if not isinstance(item, Mapping) or not (item.keys() & {"entity", "entity_group"}):
            raise unusable("a list of entities", answer)
    return answer
