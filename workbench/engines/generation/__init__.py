"""Text said token by token, in the dialects of Text Generation Inference and of OpenAI."""

from __future__ import annotations

import re
from collections.abc import Callable

from workbench.engines.generation.speech import STATS, Speaker
from workbench.engines.messages import Reply, Request, json_reply, text_reply
from workbench.engines.toolkit import Refusal

_ROUTE = re.compile(
    r"(?:(?:/hf-inference)?/models/(?P<model>[^/]+(?:/[^/]+)??))??"
    r"(?P<path>/v1/chat/completions|/v1/completions|/v1/models|/generate|/generate_stream|/info"
    r"|/stats|/)?"
)
_GETS = {"/v1/models", "/info", "/stats"}


def generation_reply(request: Request, speaker: Speaker) -> Reply | None:
    """What *speaker* says where the path is of these dialects, else None. May raise Refusal."""
    found = _ROUTE.fullmatch(request.path)
    if found is None or not _is_ours(request.method, found["model"], found["path"], speaker):
        return None
    path = found["path"] or "/"
    allowed = "GET" if path in _GETS else "POST"
    if request.method not in (allowed, "HEAD" if allowed == "GET" else allowed):
        return text_reply(405, "Method Not Allowed", {"allow": allowed})
    try:
        return _answer(path)(request, speaker, found["model"])
    except Refusal as exc:
        if not path.startswith("/v1/"):
            raise
        # As OpenAI has it: its clients show the message of no other shape.
        kind = "invalid_request_error" if exc.status < 500 else "server_error"
        told = {"message": str(exc), "type": kind, "param": None, "code": None}
        return json_reply(exc.status, {"error": told, **exc.facts})


def _is_ours(method: str, model: str | None, path: str | None, speaker: Speaker) -> bool:
    if path in (None, "/"):
        return method == "POST" and (model in speaker.models if model else path == "/")
    return True


def _answer(path: str) -> Callable[[Request, Speaker, str | None], Reply]:
    from workbench.engines.generation import openai, tgi

    if path not in _GETS:
        STATS.add(requests=1)
    return {
        "/v1/chat/completions": openai.chat,
        "/v1/completions": openai.completions,
        "/v1/models": lambda _, speaker, __: openai.models(speaker),
        "/info": lambda _, speaker, __: tgi.info(speaker),
        "/stats": lambda *_: json_reply(200, STATS.as_dict()),
        "/generate": lambda request, speaker, model: tgi.generate(
            request, speaker, stream=False, model=model
        ),
        "/generate_stream": lambda request, speaker, model: tgi.generate(
            request, speaker, stream=True, model=model
        ),
        "/": lambda request, speaker, model: tgi.generate(
            request, speaker, stream=None, model=model
        ),
    }[path]
