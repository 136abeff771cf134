"""Text said token by token, in the dialects of Text Generation Inference and of OpenAI."""

from __future__ import annotations

import re
from collections.abc import Callable

from workbench.engines.embedded.toolkit import Refusal
from workbench.engines.messages import Reply, Request, json_reply, text_reply

_ROUTE = re.compile(
    r"(?:(?:/hf-inference)?/models/(?P<model>[^/]+(?:/[^/]+)??))??"
    r"(?P<path>/v1/chat/completions|/v1/completions|/v1/models|/generate|/generate_stream|/info"
    r"|/stats|/)?"
)
_GETS = {"/v1/models", "/info", "/stats"}


def generation_reply(request: Request) -> Reply | None:
    """The answer where the path is one of these dialects', else None. May raise Refusal."""
    found = _ROUTE.fullmatch(request.path)
    if found is None or not _is_ours(request.method, found["model"], found["path"]):
        return None
    path = found["path"] or "/"
    allowed = "GET" if path in _GETS else "POST"
    if request.method not in (allowed, "HEAD" if allowed == "GET" else allowed):
        return text_reply(405, "Method Not Allowed", {"allow": allowed})
    try:
        return _answer(path)(request, found["model"])
    except Refusal as exc:
        if not path.startswith("/v1/"):
            raise
        # As OpenAI has it: its clients show the message of no other shape.
        told = {"message": str(exc), "type": "invalid_request_error", "param": None, "code": None}
        return json_reply(exc.status, {"error": told})


def _is_ours(method: str, model: str | None, path: str | None) -> bool:
    from workbench.engines.embedded.talkers import TALKERS

    if path in (None, "/"):
        return method == "POST" and (model in TALKERS if model else path == "/")
    return True


def _answer(path: str) -> Callable[[Request, str | None], Reply]:
    from workbench.engines.embedded.generation import openai, speech, tgi

    if path not in _GETS:
        speech.STATS.add(requests=1)
    return {
        "/v1/chat/completions": openai.chat,
        "/v1/completions": openai.completions,
        "/v1/models": lambda *_: openai.models(),
        "/info": lambda *_: tgi.info(),
        "/stats": lambda *_: json_reply(200, speech.STATS.as_dict()),
        "/generate": lambda request, model: tgi.generate(request, stream=False, model=model),
        "/generate_stream": lambda request, model: tgi.generate(request, stream=True, model=model),
        "/": lambda request, model: tgi.generate(request, stream=None, model=model),
    }[path]
