"""An engine with faults in front of it."""

from __future__ import annotations

import functools
import math
import re
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import replace

from workbench.engines.faults.kinds import KINDS
from workbench.engines.faults.trouble import Trouble
from workbench.engines.messages import Reply, Request, Respond, text_reply

_PATH = re.compile(r"/faults(?:/(?P<kind>[^/]*)(?P<path>/.*)?)?", re.DOTALL)
_URL = re.compile(r"https?://[!-~]+")
_OPTIONS = ("times", "key", "seconds", "to", "limit")
_MOST_KEYS = 4096
_LONGEST_S = 3600.0


class Faults:
    """Answers ``/faults/{kind}/{path}`` by failing, and everything else as *respond* does.

    In the query, ``times=N`` fails N times and then answers ``/{path}`` properly, counting for
    each kind and ``key`` of the caller's choice; ``seconds`` sets how long, ``to`` where to,
    ``limit`` how many tokens are too long. Other names in the query are passed on. ``/faults``
    lists the kinds.

    >>> failing = Faults(lambda request: text_reply(200, request.path))
    >>> ask = Request("POST", "/faults/busy/ner", {"times": "1"})
    >>> failing(ask).status, failing(ask).body
    (503, b'/ner')
    """

    def __init__(self, respond: Respond) -> None:
        self._respond = respond
        self._failed: OrderedDict[tuple[str, str], int] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, request: Request) -> Reply:
        """Fail as asked; raises ``ConnectionError`` where the fault is a broken connection."""
        found = _PATH.fullmatch(request.path)
        if found is None:
            return self._respond(request)
        kind = KINDS.get(found["kind"] or "")
        if kind is None:
            return text_reply(404 if found["kind"] else 200, _list_kinds())
        try:
            times, trouble = self._read_options(request, found["path"] or "/")
        except ValueError as exc:
            return text_reply(400, str(exc))
        if times is not None and not self._is_due(kind.name, request, times):
            return trouble.answer()
        return kind.make(trouble)

    def _is_due(self, kind: str, request: Request, times: int) -> bool:
        """Count this call, and say whether it is still one of those that fail."""
        key = (kind, request.query.get("key", ""))
        with self._lock:
            count = self._failed.pop(key, 0)
            self._failed[key] = count + 1
            if len(self._failed) > _MOST_KEYS:
                self._failed.popitem(last=False)
        return count < times

    def _read_options(self, request: Request, path: str) -> tuple[int | None, Trouble]:
        query = request.query
        seconds = _seconds(query["seconds"]) if "seconds" in query else None
        to = query.get("to")
        if to is not None and not _URL.fullmatch(to):
            raise ValueError("`to` must be a URL that starts with http:// or https://")
        passed = {name: value for name, value in query.items() if name not in _OPTIONS}
        good = replace(request, path=path, query=passed)
        answer = functools.partial(self._respond, good)
        trouble = Trouble(request, path, answer, seconds, to, _count(query, "limit"))
        return _count(query, "times"), trouble


def _count(query: Mapping[str, str], name: str) -> int | None:
    text = query.get(name)
    if text is not None and not re.fullmatch(r"\d{1,6}", text, re.ASCII):
        raise ValueError(f"`{name}` must be a whole number")
    return None if text is None else int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds <= _LONGEST_S:
        raise ValueError(f"`seconds` must be a number from 0 to {_LONGEST_S:.0f}")
    return seconds


def _list_kinds() -> str:
    return "".join(f"/faults/{kind.name}/...  {kind.summary}\n" for kind in KINDS.values())
