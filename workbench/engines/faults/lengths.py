"""The fault of length: a model that takes only so many tokens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.engines.faults.trouble import Trouble
from workbench.engines.messages import Reply, json_reply

_USUAL = 100


def too_long(trouble: Trouble) -> Reply:
    """Refuse a prompt or a conversation of more tokens than the limit; answer a shorter one."""
    from workbench.engines.toolkit import Refusal, decode_json

    try:
        body = decode_json(trouble.request.body)
    except Refusal:
        return trouble.answer()
    asked = body if isinstance(body, Mapping) else {}
    tokens = sum(_count(asked.get(name)) for name in ("inputs", "prompt", "messages"))
    limit = _USUAL if trouble.limit is None else trouble.limit
    if tokens <= limit:
        return trouble.answer()
    more = _wanted(asked)
    told = (
        f"Input validation error: `inputs` tokens + `max_new_tokens` must be <= {limit + more}. "
        f"Given: {tokens} `inputs` tokens and {more} `max_new_tokens`"
    )
    return json_reply(422, {"error": told, "error_type": "validation"})


def _count(said: object) -> int:
    """The tokens of a text, of a message, or of a list of them."""
    from workbench.engines.embedded.talkers import count_tokens

    if isinstance(said, str):
        return count_tokens(said)
    if isinstance(said, list):
        return sum(map(_count, said))
    return _count(said.get("content", said.get("text"))) if isinstance(said, Mapping) else 0


def _wanted(asked: Mapping[str, Any]) -> int:
    parameters = asked.get("parameters")
    options = parameters if isinstance(parameters, Mapping) else asked
    most = options.get("max_new_tokens", options.get("max_tokens"))
    return most if isinstance(most, int) else 0
