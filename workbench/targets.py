"""The grammar of a target: where a model answers, as a person writes it."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from workbench.errors import ConfigurationError
from workbench.redaction import display_target, redact

Protocol = Literal["hf", "tgi", "chat", "provider"]
Kind = Literal["url", "model", "local", "embedded"]

FORMS = (
    "`embedded` (no network), `org/model`, `org/model:provider`, `local:org/model`, "
    "`https://host/path`, `chat+https://…` or `tgi+https://…`"
)
_PREFIXES: dict[str, Protocol] = {"hf": "hf", "tgi": "tgi", "chat": "chat"}
_MODEL = re.compile(r"(?P<id>[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*)(?::(?P<provider>[a-z][\w-]*))?")
_HUB_PAGE = re.compile(r"https?://huggingface\.co/(?P<id>[\w.-]+/[\w.-]+)/?")
_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*\.?")
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*(?:/[A-Za-z0-9][\w.-]*)?")


@dataclass(frozen=True)
class Target:
    """A target taken apart. `value` is the URL, model id, folder or engine name."""

    kind: Kind
    value: str = ""
    protocol: Protocol = "hf"
    provider: str | None = None


def parse_target(text: str) -> Target:
    """Read a target; raises ConfigurationError that names what is wrong with it.

    >>> parse_target("dslim/bert-base-NER:auto")
    Target(kind='model', value='dslim/bert-base-NER', protocol='hf', provider='auto')
    >>> parse_target("tgi+http://127.0.0.1:8080").protocol
    'tgi'
    >>> parse_target("http://localhost:8000/v1").protocol
    'chat'
    """
    text = text.strip()
    if not text:
        raise _bad(text, "it is empty")
    head, _, rest = text.partition(":")
    if head == "embedded":
        if ":" in text and not _NAME.fullmatch(rest):
            raise _bad(text, "after `embedded:` comes the name of an embedded model")
        return Target("embedded", rest)
    if head == "local":
        if not rest.strip():
            raise _bad(text, "after `local:` comes a model id or a folder")
        return Target("local", rest.strip())
    if "://" in text:
        return _parse_url(text)
    if match := _MODEL.fullmatch(text):
        return Target("model", match["id"], provider=match["provider"])
    raise _bad(text, "it is none of the known forms")


def _parse_url(text: str) -> Target:
    prefix, plus, url = text.partition("+")
    if not plus or "://" in prefix:
        prefix, url = "", text
    elif prefix not in _PREFIXES:
        raise _bad(text, f"`{prefix}+` is no protocol; write `hf+`, `tgi+` or `chat+`")
    try:
        parts = urlsplit(url)
        host = parts.hostname
        _ = parts.port
    except ValueError:
        raise _bad(text, "the address is malformed; look at its host and port") from None
    if parts.scheme not in ("http", "https") or not host:
        raise _bad(text, "an address starts with https:// or http:// and names a host")
    if any(char.isspace() or not char.isprintable() for char in url):
        raise _bad(text, "an address has no spaces in it")
    if parts.username is not None:
        raise _bad(url, "it holds a user name or password; set a key variable instead")
    if not _is_host(host):
        raise _bad(text, "its host is no name or number of a host (write it in ASCII letters)")
    if page := _HUB_PAGE.fullmatch(url):
        raise _bad(text, f"that is a page, not an endpoint; write `{page['id']}`")
    implied: Protocol = "chat" if parts.path.rstrip("/").endswith("/v1") else "hf"
    return Target("url", url, _PREFIXES.get(prefix, implied))


def _is_host(host: str) -> bool:
    """Whether every part of the program will read *host* as the same host.

    Parsers differ on backslashes, escapes and signs in a host; a token must not follow the one
    that is wrong.
    """
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return _HOST.fullmatch(host) is not None
    return True


def _bad(text: str, why: str) -> ConfigurationError:
    shown = redact(display_target(text))
    shown = shown if len(shown) <= 80 else shown[:79] + "…"
    return ConfigurationError(
        f"not a usable target: {shown!r}: {why}", hint=f"A target is {FORMS}."
    )
