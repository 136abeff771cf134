"""Download a picture from an address that somebody else chose, and never from inside."""

from __future__ import annotations

import socket
import time
from dataclasses import replace
from urllib.parse import urljoin, urlsplit, urlunsplit

import requests
from requests.utils import should_bypass_proxies

from workbench.addresses import (
    Place,
    is_literal,
    is_public,
    netloc,
    parse_place,
    unusable_place,
)
from workbench.answers import Answer, read_answer, translated
from workbench.calls import USER_AGENT
from workbench.deadlines import DEADLINES
from workbench.endpoints import Endpoint
from workbench.errors import (
    ConfigurationError,
    EndpointTimeoutError,
    InvalidInputError,
    StoppedError,
    UnexpectedAnswerError,
    UnreachableError,
    WorkbenchError,
)
from workbench.exchanges import active_recording
from workbench.hosts import is_loopback
from workbench.settings import Limits, Settings
from workbench.transport import Line, Transport

MAX_BYTES = 32 * 2**20
REDIRECTS = 5
_MOVED = frozenset({301, 302, 303, 307, 308})
_ENCODINGS = ("", "identity", "gzip", "deflate")


def fetch(
    url: str,
    *,
    settings: Settings,
    limits: Limits,
    line: Line | None = None,
    secure: bool = True,
    allow: str | None = None,
    max_bytes: int = MAX_BYTES,
) -> bytes:
    """The bytes at *url*, as they are; at most *max_bytes*, within the deadline of *limits*.

    *secure* is for an address out of an answer: https alone. Without it, for an address that a
    person typed, http is fetched too and every failure is an InvalidInputError. No token, cookie
    or referrer travels.

    Only public addresses are called. A name is resolved once, all its addresses are checked, and
    one of those is called; the same holds for each of up to REDIRECTS redirects. A proxy of the
    settings resolves for itself: what this machine resolves is checked nevertheless, and a name
    that it can't resolve is left to the proxy. *allow* is the address of a server on this machine
    (`http://127.0.0.1:8200`) whose scheme, host and port may be called as well, until it points
    elsewhere; one that is not loopback changes nothing.

    The download hangs up with *line*, or with the active recording when there is none. Raises
    StoppedError, EndpointTimeoutError, UnreachableError and UnexpectedAnswerError.
    """
    limits = replace(limits, max_answer_bytes=max_bytes)
    recording = active_recording()
    held = recording.open_line(limits.read_s) if line is None else line
    try:
        return _Fetching(settings, limits, held, secure, allow).run(url.strip())
    except (StoppedError, ConfigurationError):
        raise
    except WorkbenchError as error:
        if secure:
            raise
        hint = "Save the picture and give the file instead."
        raise InvalidInputError(str(error), hint=hint, status=error.status) from error
    finally:
        if line is None:
            recording.close_line(held)


class _Fetching:
    def __init__(
        self, settings: Settings, limits: Limits, line: Line, secure: bool, allow: str | None
    ) -> None:
        self.network = settings.network
        self.limits = limits
        self.line = line
        self.secure = secure
        self.deadline = time.monotonic() + limits.deadline_s
        self.home = _home(allow)

    def run(self, url: str) -> bytes:
        with DEADLINES.watching(self.line, self.deadline):
            for _ in range(REDIRECTS + 1):
                place = parse_place(url)
                answer = self._get(place)
                if answer.status not in _MOVED:
                    return _body(answer, place)
                url = urljoin(place.url, answer.headers.get("location", "").strip())
        raise UnexpectedAnswerError(f"{place} is not the last of too many redirects")

    def _get(self, place: Place) -> Answer:
        if place.origin != self.home:
            self.home = None
            if self.secure and place.scheme != "https":
                raise unusable_place(place.url, "it does not start with https://")
        proxied = self.home is None and self._is_proxied(place)
        addresses = self._addresses(place, proxied=proxied)
        endpoint = Endpoint(task="", target=place.url, url=place.url, limits=self.limits)
        request = _request(place)
        with translated(endpoint, self.line):
            if proxied:
                # Decided above; the transport is not to decide again, and otherwise.
                transport = Transport(replace(self.network, no_proxy=""))
                return self._send(transport, request, endpoint)
            transport = Transport(replace(self.network, proxies={}))
            if not is_literal(place.host):
                names = {"server_hostname": place.host, "assert_hostname": place.host}
                adapter = transport.session.get_adapter("https://")
                adapter.poolmanager.connection_pool_kw.update(names)  # type: ignore[attr-defined]
            for address in addresses[:-1]:
                try:
                    return self._send(transport, _at(request, address, place), endpoint)
                except requests.ConnectionError as error:
                    if self.line.hung_up or isinstance(error, requests.exceptions.SSLError):
                        raise
            return self._send(transport, _at(request, addresses[-1], place), endpoint)

    def _send(
        self, transport: Transport, request: requests.PreparedRequest, endpoint: Endpoint
    ) -> Answer:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise EndpointTimeoutError(f"no answer from {endpoint} in time")
        timeout = (min(self.limits.connect_s, left), min(self.limits.read_s, left))
        try:
            response = transport.send(request, timeout=timeout, line=self.line)
            try:
                headers = {name.lower(): value for name, value in response.headers.items()}
                if response.status_code != 200:
                    return Answer(response.status_code, headers, b"")
                # Of the other compressions, a few bytes may unfold to gigabytes at once.
                if headers.get("content-encoding", "").strip().lower() not in _ENCODINGS:
                    raise UnexpectedAnswerError(f"{endpoint} compresses in an unknown way")
                return read_answer(response, endpoint, deadline=self.deadline, line=self.line)
            finally:
                response.raw.close()
        finally:
            self.line.detach()
            transport.close()

    def _is_proxied(self, place: Place) -> bool:
        no_proxy = self.network.no_proxy
        if place.scheme not in self.network.proxies:
            return False
        return not (no_proxy and should_bypass_proxies(place.url, no_proxy))

    def _addresses(self, place: Place, *, proxied: bool) -> list[str]:
        """What *place* resolves to, each checked; may be empty behind a proxy."""
        try:
            found = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            found = []
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        if self.home is not None:
            safe = all(map(is_loopback, addresses))
        else:
            safe = not is_loopback(place.host) and all(map(is_public, addresses))
        if not safe:
            raise unusable_place(place.url, "it leads into a private network")
        if not addresses and not proxied:
            raise UnreachableError(f"the host of {place} can't be found")
        return addresses


def _home(allow: str | None) -> tuple[str, str, int] | None:
    try:
        place = parse_place(allow or "")
    except UnexpectedAnswerError:
        return None
    return place.origin if is_loopback(place.host) else None


def _request(place: Place) -> requests.PreparedRequest:
    headers = {
        "Accept": "image/*",
        "Accept-Encoding": "identity",
        "Host": place.netloc,
        "User-Agent": USER_AGENT,
    }
    try:
        request = requests.Request("GET", place.url, headers=headers).prepare()
        same = urlsplit(request.url or "").hostname == place.host
    except (requests.RequestException, ValueError):
        same = False
    if not same:
        raise unusable_place(place.url)
    return request


def _at(request: requests.PreparedRequest, address: str, place: Place) -> requests.PreparedRequest:
    """*request* sent to *address* and no other, whatever its name resolves to by now."""
    _, _, path, query, _ = urlsplit(request.url or "")
    copy = request.copy()
    copy.url = urlunsplit((place.scheme, netloc(address, place.port), path, query, ""))
    return copy


def _body(answer: Answer, place: Place) -> bytes:
    if answer.status != 200:
        raise UnexpectedAnswerError(
            f"{place} answered {answer.status}, not with a picture", status=answer.status
        )
    if not answer.body:
        raise UnexpectedAnswerError(f"{place} answered with nothing")
    return answer.body
