"""The routes of an Inference Endpoints container, over what an engine can do."""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Collection, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Protocol

from workbench.engines.generation import generation_reply
from workbench.engines.generation.speech import Speaker
from workbench.engines.messages import (
    MAX_BODY_BYTES,
    Headers,
    Reply,
    Request,
    json_reply,
    text_reply,
    too_large_reply,
)
from workbench.engines.pictures import picture_reply
from workbench.engines.toolkit import (
    Answer,
    Call,
    Refusal,
    check_accept,
    check_content_type,
    name_ignored,
    read_call,
    shorten_floats,
)

logger = logging.getLogger(__name__)

TAKES_IMAGES = frozenset({"captioning"})
GIVES_IMAGES = frozenset({"text-to-image"})
PIPELINES: Mapping[str, str] = MappingProxyType(
    {
        **{task: task for task in ("summarization", "ner", "captioning", "text-to-image")},
        "token-classification": "ner",
        "image-to-text": "captioning",
    }
)
"""Name in a URL -> task: our names and, where they differ, those of transformers pipelines."""

_ROUTE = re.compile(
    r"(?:/hf-inference)?/models/(?P<model>[^/]+(?:/[^/]+)?)(?:/pipeline/(?P<wanted>[^/]+))?/?"
    r"|/pipeline/(?P<pipeline>[^/]+)/?"
    r"|/(?P<task>[^/]*)/?"
)
_SANE_ID = re.compile(r"[\w.:;=+/-]{1,200}", re.ASCII)


class Engine(Protocol):
    """What a container is put around."""

    @property
    def name(self) -> str:
        """What it is called in an answer."""
        ...

    @property
    def tasks(self) -> Collection[str]:
        """Those that `infer` does."""
        ...

    @property
    def model_tasks(self) -> Mapping[str, str]:
        """Model id -> task, for those asked for by name."""
        ...

    @property
    def speaker(self) -> Speaker | None:
        """Who says replies, if it does."""
        ...

    def infer(self, task: str, call: Call) -> Answer:
        """Do *task*. Raises Refusal for what the caller can mend or must know."""
        ...


class Container:
    """Answers requests with an engine. Every outcome is a reply.

    200; 400 for what the caller can mend, with the reason; 404 and 405 for routes; 413 for a body
    over the limit; 500 for a bug of ours, which is also logged. A real container says 400 for
    bugs as well; here a 400 can be trusted to be about the request.
    """

    _has_addresses = False
    """Whether `_route` knows the address that `?reply=url` gives a picture."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def __call__(self, request: Request) -> Reply:
        request_id = _request_id(request.headers)
        try:
            reply = self._route(request)
        except Refusal as exc:
            reply = json_reply(exc.status, {"error": str(exc), **exc.facts})
        except ConnectionError:  # the caller left, or is to be left
            raise
        except Exception:
            logger.exception("%s %r failed (%s)", request.method, request.path, request_id)
            told = f"The {self._engine.name} engine failed; its log says why"
            reply = json_reply(500, {"error": f"{told} (request {request_id})."})
        return replace(reply, headers={"x-request-id": request_id, **reply.headers})

    def _route(self, request: Request) -> Reply:
        speaker = self._engine.speaker
        if speaker is not None and (said := generation_reply(request, speaker)) is not None:
            return said
        if request.path == "/health" or (request.path == "/" and not self._asks(request)):
            return _health(request)
        found = _ROUTE.fullmatch(request.path)
        if found is None or (found["task"] and found["task"] not in PIPELINES):
            return text_reply(404, "Not Found")
        if request.method != "POST":
            return text_reply(405, "Method Not Allowed", {"allow": "POST"})
        if len(request.body) > MAX_BODY_BYTES:
            return too_large_reply()
        return self._infer(self._task(found), request)

    def _asks(self, request: Request) -> bool:
        """Whether the root is asked for a task: an engine that does one alone does it there."""
        return request.method == "POST" and len(self._engine.tasks) == 1

    def _task(self, found: re.Match[str]) -> str:
        if found["model"]:
            return self._model_task(found["model"], found["wanted"])
        if found["task"] == "":
            return next(iter(self._engine.tasks))
        pipeline = found["pipeline"] or found["task"]
        task = PIPELINES.get(pipeline)
        if task not in self._engine.tasks:
            raise Refusal(f"No pipeline {pipeline[:80]!r}. {self._offer()}", 404)
        return str(task)

    def _model_task(self, model: str, wanted: str | None) -> str:
        task = self._engine.model_tasks.get(model)
        if task not in self._engine.tasks:
            told = f"The {self._engine.name} engine does not answer for {model[:120]!r}."
            raise Refusal(f"{told} {self._offer()}", 404)
        if wanted is not None and PIPELINES.get(wanted) != task:
            raise Refusal(f"{model} does {task}, not {wanted[:80]!r}.")
        return str(task)

    def _offer(self) -> str:
        """Say what is answered here and how to ask for it."""
        engine = self._engine
        models = (f"{m} ({task})" for m, task in engine.model_tasks.items() if task in engine.tasks)
        paths = (f"/pipeline/{name}" for name, task in PIPELINES.items() if task in engine.tasks)
        offered = f"Without a model: POST {', '.join(paths)}." if engine.tasks else ""
        return f"Models answered: {', '.join(models) or 'none'}. {offered}".strip()

    def _infer(self, task: str, request: Request) -> Reply:
        check_content_type(request.headers, images=task in TAKES_IMAGES)
        accepted = check_accept(request.headers, images=task in GIVES_IMAGES)
        call = read_call(request)
        started = time.perf_counter()
        answer = self._engine.infer(task, call)
        headers = {
            "x-compute-type": answer.compute,
            "x-compute-time": f"{time.perf_counter() - started:.4f}",
            "x-compute-characters": str(answer.characters),
            "x-workbench-engine": answer.engine,
            **name_ignored(answer.ignored),
        }
        if task in GIVES_IMAGES:
            return picture_reply(
                answer.result,  # type: ignore[arg-type]
                accepted,
                request,
                headers,
                has_addresses=self._has_addresses,
            )
        return json_reply(200, shorten_floats(answer.result), headers)


def _health(request: Request) -> Reply:
    if request.method in {"GET", "HEAD"}:
        return text_reply(200, "Ok")
    return text_reply(405, "Method Not Allowed", {"allow": "GET, HEAD"})


def _request_id(headers: Headers) -> str:
    for name in ("x-amzn-trace-id", "x-request-id"):
        if _SANE_ID.fullmatch(headers.get(name, "")):
            return headers[name]
    return str(uuid.uuid4())
