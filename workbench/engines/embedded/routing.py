"""Which task a path asks for, and the whole way from a request to its reply."""

from __future__ import annotations

import logging
import re
import time
import uuid
from dataclasses import replace

from workbench.engines.embedded.answers import GIVES_IMAGES, HANDLERS, PIPELINES, TAKES_IMAGES
from workbench.engines.embedded.generation import generation_reply
from workbench.engines.embedded.pictures import PICTURE_PATH, fetched_picture, picture_reply
from workbench.engines.embedded.toolkit import (
    Refusal,
    check_accept,
    check_content_type,
    read_call,
    shorten_floats,
)
from workbench.engines.messages import (
    MAX_BODY_BYTES,
    Headers,
    Reply,
    Request,
    json_reply,
    text_reply,
    too_large_reply,
)
from workbench.routes import MODEL_TASKS

logger = logging.getLogger(__name__)

_HEALTH = {"/", "/health"}
_ROUTE = re.compile(
    r"(?:/hf-inference)?/models/(?P<model>[^/]+(?:/[^/]+)?)(?:/pipeline/(?P<wanted>[^/]+))?/?"
    r"|/pipeline/(?P<pipeline>[^/]+)/?"
    r"|/(?P<task>[^/]+)/?"
)
_PARAMETER = re.compile(r"[A-Za-z0-9_]{1,80}")  # names are the caller's, and a header takes few
_SANE_ID = re.compile(r"[\w.:;=+/-]{1,200}", re.ASCII)


def respond(request: Request) -> Reply:
    """Answer one request as an Inference Endpoints container would, without network or weights.

    Every outcome is a reply: 200; 400 for what the caller can mend, with the reason; 404 and 405
    for routes; 413 for a body over the limit; 500 for a bug of ours, which is also logged. The
    container says 400 for bugs as well; here a 400 can be trusted to be about the request.

    >>> respond(Request("GET", "/health")).body
    b'Ok'
    >>> respond(Request("POST", "/translation")).status
    404
    """
    request_id = _request_id(request.headers)
    try:
        reply = _route(request)
    except Refusal as exc:
        reply = json_reply(exc.status, {"error": str(exc)})
    except Exception:
        logger.exception("%s %r failed (%s)", request.method, request.path, request_id)
        text = f"The embedded engine failed; its log says why (request {request_id})."
        reply = json_reply(500, {"error": text})
    return replace(reply, headers={"x-request-id": request_id, **reply.headers})


def _route(request: Request) -> Reply:
    if (said := generation_reply(request)) is not None:
        return said
    if request.path in _HEALTH:
        return _health(request)
    if request.path == PICTURE_PATH and request.method == "GET":
        return fetched_picture(request)
    found = _ROUTE.fullmatch(request.path)
    if found is None or (found["task"] and found["task"] not in PIPELINES):
        return text_reply(404, "Not Found")
    if request.method != "POST":
        return text_reply(405, "Method Not Allowed", {"allow": "POST"})
    if len(request.body) > MAX_BODY_BYTES:
        return too_large_reply()
    return _infer(_task(found), request)


def _health(request: Request) -> Reply:
    if request.method in {"GET", "HEAD"}:
        return text_reply(200, "Ok")
    return text_reply(405, "Method Not Allowed", {"allow": "GET, HEAD"})


def _task(found: re.Match[str]) -> str:
    if found["model"]:
        return _model_task(found["model"], found["wanted"])
    pipeline = found["pipeline"] or found["task"]
    if pipeline not in PIPELINES:
        raise Refusal(f"No pipeline {pipeline[:80]!r}. {_offer()}", 404)
    return PIPELINES[pipeline]


def _model_task(model: str, wanted: str | None) -> str:
    if model not in MODEL_TASKS or MODEL_TASKS[model] not in HANDLERS:
        raise Refusal(f"The embedded engine does not answer for {model[:120]!r}. {_offer()}", 404)
    task = MODEL_TASKS[model]
    if wanted is not None and PIPELINES.get(wanted) != task:
        raise Refusal(f"{model} does {task}, not {wanted[:80]!r}.")
    return task


def _offer() -> str:
    """Say what is answered here and how to ask for it."""
    models = (f"{model} ({task})" for model, task in MODEL_TASKS.items() if task in HANDLERS)
    paths = (f"/pipeline/{pipeline}" for pipeline in PIPELINES)
    return f"Models answered: {', '.join(models)}. Without a model: POST {', '.join(paths)}."


def _infer(task: str, request: Request) -> Reply:
    check_content_type(request.headers, images=task in TAKES_IMAGES)
    accepted = check_accept(request.headers, images=task in GIVES_IMAGES)
    call = read_call(request)
    started = time.perf_counter()
    answer = HANDLERS[task](call)
    headers = {
        "x-compute-type": "cpu",
        "x-compute-time": f"{time.perf_counter() - started:.4f}",
        "x-compute-characters": str(answer.characters),
        "x-workbench-engine": f"embedded; {answer.engine}",
    }
    if ignored := list(filter(_PARAMETER.fullmatch, answer.ignored))[:20]:
        headers["x-workbench-ignored"] = ", ".join(ignored)
    if task in GIVES_IMAGES:
        return picture_reply(answer.result, accepted, request, headers)  # type: ignore[arg-type]
    return json_reply(200, shorten_floats(answer.result), headers)


def _request_id(headers: Headers) -> str:
    for name in ("x-amzn-trace-id", "x-request-id"):
        if _SANE_ID.fullmatch(headers.get(name, "")):
            return headers[name]
    return str(uuid.uuid4())
