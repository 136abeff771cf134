"""The engine behind the notebook: `workbench serve` inside the kernel, on a free port.

It runs in a thread of the kernel, so it ends with it however that ends.
"""

from __future__ import annotations

import json
import re
import socket
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import uvicorn

from workbench.client import EndpointClient
from workbench.course import serverless
from workbench.course.pictures import LESSON_ADDRESS, draw
from workbench.engines.asgi import LineProtocol
from workbench.engines.container import PIPELINES
from workbench.engines.embedded import respond as embedded
from workbench.engines.generation import generation_reply
from workbench.engines.generation.rules import Wanted
from workbench.engines.generation.speech import Speech, Token
from workbench.engines.messages import Headers, Reply, Request, Respond, json_reply
from workbench.engines.server import build_server
from workbench.engines.toolkit import Refusal, read_call
from workbench.errors import WorkbenchError
from workbench.routes import MODEL_TASKS
from workbench.settings import Settings
from workbench.task import find_task

Announce = Callable[[str], None]

_HOST = "127.0.0.1"
_STOP_S = 5
_TARGET = re.compile(r"/targets/(?P<variable>[A-Z0-9_]+)(?P<rest>/.*)?")
_ADDRESS = re.compile(r"https?://\S+")


class BackgroundServer:
    """Answers on a free port of this machine, until it is stopped or the process ends."""

    def __init__(self, respond: Respond) -> None:
        self._socket = socket.socket()
        self._socket.bind((_HOST, 0))
        self._socket.listen(128)
        self.url = f"http://{_HOST}:{self._socket.getsockname()[1]}"
        config = uvicorn.Config(
            build_server(respond),
            http=LineProtocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run,
            kwargs={"sockets": [self._socket]},
            name="workbench-course",
            daemon=True,
        )
        self._thread.start()

    def stop(self) -> None:
        """Close the port. Calls under way have a second to end."""
        self._server.should_exit = True
        self._thread.join(_STOP_S)
        self._socket.close()


class CourseEngine:
    """The embedded engine, and what the notebooks ask beyond it.

    Pictures to caption may be given by their address. `/targets/VARIABLE` is answered by the
    target of that variable, for one that is no address: the notebooks know only addresses.
    """

    def __init__(self, targets: Mapping[str, tuple[str, str]], announce: Announce) -> None:
        self._targets = targets
        self._announce = announce

    def __call__(self, request: Request) -> Reply:
        try:
            return self._answer(request)
        except Refusal as exc:
            return json_reply(exc.status, {"error": str(exc)})
        except WorkbenchError as exc:
            told = f"{exc}. {exc.hint}" if exc.hint else str(exc)
            return json_reply(exc.status or 502, {"error": told})

    def _answer(self, request: Request) -> Reply:
        request = _declared(request)
        if request.path.startswith(serverless.PREFIX):
            request = serverless.as_meant(request)
        if found := _TARGET.fullmatch(request.path):
            if found["variable"] not in self._targets:
                return json_reply(404, {"error": f"Nothing is set in {found['variable']}."})
            task, target = self._targets[found["variable"]]
            return _forwarded(task, target, replace(request, path=found["rest"] or "/"))
        request = _for_known_model(request)
        if PIPELINES.get(request.path.rstrip("/").rpartition("/")[2]) == "captioning":
            request = self._with_picture(request)
        return embedded(request)

    def _with_picture(self, request: Request) -> Request:
        """*request*, with the picture itself where it holds the address of one."""
        if "json" not in request.headers.get("content-type", "json"):
            return request
        try:
            body = json.loads(request.body)
        except ValueError:
            return request
        address = body.get("inputs") if isinstance(body, dict) else None
        if not isinstance(address, str) or not _ADDRESS.fullmatch(address.strip()):
            return request
        body["inputs"] = b64encode(self._fetch(address.strip())).decode()
        headers = {**request.headers}
        headers.pop("content-length", None)
        return replace(request, body=json.dumps(body).encode(), headers=Headers(headers))

    def _fetch(self, address: str) -> bytes:
        from workbench.fetching import fetch

        settings = Settings.load()
        limits = replace(settings.limits, connect_s=4.0, deadline_s=20.0)
        try:
            return fetch(address, settings=settings, limits=limits, secure=False)
        except WorkbenchError as exc:
            if address != LESSON_ADDRESS:
                raise Refusal(f"{exc}. {exc.hint}".removesuffix(" ")) from exc
            self._announce(
                f"{address} can't be had from here, so a drawing of ours was captioned instead."
            )
            return draw("christmas_dog.jpeg")


def _declared(request: Request) -> Request:
    """*request* with the type of its body, which many a copy of the notebooks leaves out."""
    if not request.body or "content-type" in request.headers:
        return request
    kind = "application/json" if request.body.lstrip()[:1] in (b"{", b"[") else "image/jpeg"
    return replace(request, headers=Headers({**request.headers, "content-type": kind}))


def _for_known_model(request: Request) -> Request:
    """*request*; for a model that the engine doesn't know, to what its name says that it does."""
    found = serverless.MODEL.fullmatch(request.path)
    if found is None or found["model"] in MODEL_TASKS:
        return request
    task = serverless.task_of(found["model"])
    path = {"": request.path, "completion": "/"}.get(task, f"/{task}")
    return replace(request, path=path)


def _forwarded(task: str, target: str, request: Request) -> Reply:
    """Let *target* do *task*, whatever it is spoken to with, and answer as a container does."""
    if task == "completion":
        return generation_reply(request, _Forwarder(target)) or embedded(request)
    from workbench.course.completion import completion_for

    call = read_call(request)
    inputs = b64encode(call.inputs).decode() if isinstance(call.inputs, bytes) else call.inputs
    return json_reply(200, completion_for(task)(inputs, call.parameters or None, target))


class _Forwarder:
    """Says what the model of a target says, in the dialects of the embedded engine."""

    max_total_tokens = 1_000_000

    def __init__(self, target: str) -> None:
        self.name = target
        self.models = (target,)

    def complete(self, prompt: str, wanted: Wanted, *_: object) -> Speech:
        options: dict[str, Any] = {"max_new_tokens": wanted.max_new_tokens or 20}
        names = ("temperature", "top_p", "repetition_penalty")
        options.update({n: v for n, v in wanted.sampling.items() if n in names})
        task = find_task("completion")
        assert task.stream is not None  # noqa: S101 - it is a task that writes
        client = EndpointClient(Settings.load()).using(self.name, task="completion")
        pieces = task.stream(
            prompt, client=client, seed=wanted.seed, stop=list(wanted.stop), **options
        )
        return Speech(tokens=_tokens(iter(pieces)), engine=self.name, input_tokens=0)

    def reply(self, *_: object) -> Speech:
        raise Refusal("Only completions are passed on to this target.", 404)


def _tokens(pieces: Iterator[str]) -> Iterator[Token]:
    try:
        for number, piece in enumerate(pieces):
            yield Token(piece, number)
        yield Token("", 0, special=True, finish="eos_token")
    except WorkbenchError as exc:
        raise Refusal(f"{exc}. {exc.hint}") from exc
