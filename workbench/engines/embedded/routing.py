"""The embedded engine inside its container."""

from __future__ import annotations

from workbench.engines.container import Container
from workbench.engines.embedded.answers import HANDLERS
from workbench.engines.embedded.pictures import fetched_picture
from workbench.engines.embedded.talking import Talkers
from workbench.engines.messages import Reply, Request
from workbench.engines.pictures import PICTURE_PATH
from workbench.engines.toolkit import Answer, Call
from workbench.routes import MODEL_TASKS


class Embedded:
    """Rules and drawings for every task; no weights."""

    name = "embedded"
    tasks = tuple(HANDLERS)
    model_tasks = MODEL_TASKS
    speaker = Talkers()

    def infer(self, task: str, call: Call) -> Answer:
        return HANDLERS[task](call)


class _Container(Container):
    _has_addresses = True

    def _route(self, request: Request) -> Reply:
        if request.path == PICTURE_PATH and request.method == "GET":
            return fetched_picture(request)
        return super()._route(request)


_CONTAINER = _Container(Embedded())


def respond(request: Request) -> Reply:
    """Answer one request as an Inference Endpoints container would, without network or weights.

    >>> respond(Request("GET", "/health")).body
    b'Ok'
    >>> respond(Request("POST", "/translation")).status
    404
    """
    return _CONTAINER(request)
