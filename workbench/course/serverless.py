"""The service at the host that was switched off: what code that names it expects of an answer."""

from __future__ import annotations

import json
import re
from dataclasses import replace

from workbench.course.variables import guess_task
from workbench.engines.messages import Headers, Request
from workbench.routes import MODEL_TASKS

PREFIX = "/serverless"
"""Before the path of a request that was meant for that host."""
MODEL = re.compile(r"/models/(?P<model>[^/]+(?:/[^/]+)?)/?")


def task_of(model: str) -> str:
    """The task that *model* does, or by its name may do; empty where it can't be told."""
    return MODEL_TASKS.get(model) or guess_task(model)


def as_meant(request: Request) -> Request:
    """*request* as that service took it, where today's endpoints answer otherwise.

    A picture came as its bytes and not as base64 in JSON, and entities came merged.
    """
    path = request.path.removeprefix(PREFIX)
    found = MODEL.fullmatch(path)
    task = task_of(found["model"]) if found else ""
    headers, body = {**request.headers}, request.body
    if task == "text-to-image" and headers.get("accept", "*/*") == "*/*":
        headers["accept"] = "image/jpeg"
    if task == "ner":
        body = _merged(body)
        headers.pop("content-length", None)
    return replace(request, path=path, headers=Headers(headers), body=body)


def _merged(body: bytes) -> bytes:
    """The call in *body*, asking for merged entities unless it says how it wants them."""
    try:
        call = json.loads(body)
    except ValueError:
        return body
    if not isinstance(call, dict) or not isinstance(call.get("parameters") or {}, dict):
        return body
    call["parameters"] = {"aggregation_strategy": "simple", **(call.get("parameters") or {})}
    return json.dumps(call).encode()
