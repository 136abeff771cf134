"""Chat models of LangChain, behind the shapes of OpenAI's API; LangChain is optional."""

from __future__ import annotations

import importlib
import inspect
import json
import threading
from collections.abc import Iterator, Mapping
from typing import Any

from workbench.chat.models import ChatModel
from workbench.engines.messages import Reply, Request, json_reply

_STREAM = {"content-type": "text/event-stream", "cache-control": "no-cache"}
_ROLES = {"system": "system", "user": "human", "assistant": "ai"}
_TOLD = 300
_OPTIONS = ("temperature", "max_tokens", "top_p", "seed", "stop")


class LangChain:
    """Answers ``/models/{name}/v1/chat/completions`` with the model that *name* imports.

    Each is made at its first use, with the options of `workbench.toml`, and kept.
    """

    def __init__(self, models: Mapping[str, ChatModel]) -> None:
        self._models = models
        self._made: dict[str, Any] = {}
        self._lock = threading.Lock()

    def __call__(self, request: Request) -> Reply:
        name = request.path.removeprefix("/models/").partition("/")[0]
        engine = {"x-workbench-engine": f"langchain; {self._models[name].imports}"}
        body = json.loads(request.body)
        said = [(_ROLES[each["role"]], each["content"]) for each in body["messages"]]
        options = {each: body[each] for each in _OPTIONS if each in body}
        try:
            model = self._model(name)
        except Exception as exc:  # noqa: BLE001 - an import may raise anything
            return json_reply(400, {"error": _told(exc)}, engine)
        try:
            pieces = _pieces(model.stream(said, **_taken(model, options)))
            first = next(pieces, "")  # what is wrong with the call shows at its first piece
        except Exception as exc:  # noqa: BLE001 - so may a model
            return json_reply(424, {"error": _told(exc)}, engine)
        return Reply(200, {**_STREAM, **engine}, _events(first, pieces))

    def _model(self, name: str) -> Any:
        with self._lock:
            if name not in self._made:
                model = self._models[name]
                module, _, attribute = model.imports.partition(":")
                found = getattr(importlib.import_module(module), attribute)
                makes = inspect.isclass(found) or inspect.isfunction(found)
                self._made[name] = found(**model.options) if makes else found
            return self._made[name]


def _taken(model: Any, options: Mapping[str, object]) -> dict[str, object]:
    """Those of *options* that *model* has a field for; most refuse others, or pass them on."""
    fields = getattr(type(model), "model_fields", {})
    return {name: value for name, value in options.items() if name in fields or name == "stop"}


def _pieces(chunks: Iterator[Any]) -> Iterator[str]:
    for chunk in chunks:
        content = getattr(chunk, "content", chunk)
        parts = content if isinstance(content, list) else [content]
        yield "".join(part if isinstance(part, str) else part.get("text") or "" for part in parts)


def _events(first: str, pieces: Iterator[str]) -> Iterator[bytes]:
    yield _event({"delta": {"role": "assistant", "content": first}, "finish_reason": None})
    try:
        for piece in pieces:
            yield _event({"delta": {"content": piece}, "finish_reason": None})
    except Exception as exc:  # noqa: BLE001 - see above
        yield f"data: {json.dumps({'error': {'message': _told(exc)}})}\n\n".encode()
        return
    yield _event({"delta": {}, "finish_reason": "stop"})
    yield b"data: [DONE]\n\n"


def _event(choice: Mapping[str, object]) -> bytes:
    chunk = {"object": "chat.completion.chunk", "choices": [{"index": 0, **choice}]}
    return f"data: {json.dumps(chunk, ensure_ascii=False)}\n\n".encode()


def _told(exc: Exception) -> str:
    return f"{type(exc).__name__}: {exc}"[:_TOLD]
