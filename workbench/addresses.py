"""Addresses that somebody else chose: what they say, read in one way, and where they may lead."""

from __future__ import annotations

import ipaddress
import re
from typing import NamedTuple
from urllib.parse import urlsplit

from workbench.errors import UnexpectedAnswerError
from workbench.redaction import display_url, redact

_LONGEST = 8000
_SHOWN = 100
_PORTS = {"http": 80, "https": 443}
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"(?:{_LABEL}\.)*(?P<last>{_LABEL})", re.ASCII)
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
# Teredo and other things of protocols, 6to4, documentation.
_NOT_HOSTS = tuple(map(ipaddress.IPv6Network, ("2001::/23", "2002::/16", "3fff::/20")))
_PROTOCOLS = ipaddress.IPv4Network("192.0.0.0/24")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class Place(NamedTuple):
    """An address whose every part all parsers read alike."""

    url: str
    scheme: str
    host: str
    port: int

    @property
    def origin(self) -> tuple[str, str, int]:
        return self.scheme, self.host, self.port

    @property
    def netloc(self) -> str:
        """Host and port as they stand in a request, the usual port left out."""
        return netloc(self.host, None if self.port == _PORTS[self.scheme] else self.port)

    def __str__(self) -> str:
        return shown(self.url)


def parse_place(url: str) -> Place:
    """Take *url* apart; raises UnexpectedAnswerError for what parsers may read differently.

    >>> parse_place("https://Pictures.example/1.png").origin
    ('https', 'pictures.example', 443)
    >>> parse_place("http://0x7f.1/")
    Traceback (most recent call last):
    workbench.errors.UnexpectedAnswerError: http://0x7f.1/ can't be fetched: its host is ...
    """
    if len(url) > _LONGEST or "\\" in url or any(c.isspace() or not c.isprintable() for c in url):
        raise unusable_place(url)
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise unusable_place(url) from None
    if parts.scheme not in _PORTS:
        raise unusable_place(url, "it starts with neither https:// nor http://")
    if "@" in parts.netloc:
        raise unusable_place(url, "it holds a user name or password")
    if not _is_host(host, bracketed="[" in parts.netloc):
        raise unusable_place(url, "its host is neither a name in ASCII letters nor an IP address")
    if port == 0 or parts.netloc.lower() not in (netloc(host, None), netloc(host, port)):
        raise unusable_place(url)
    return Place(url, parts.scheme, host, port or _PORTS[parts.scheme])


def _is_host(host: str, *, bracketed: bool) -> bool:
    """One way of writing each address: no `2130706433`, `0x7f.1`, `127.1`, zone or last dot."""
    if bracketed or is_literal(host):
        return bracketed == (":" in host) and "%" not in host and is_literal(host)
    named = _NAME.fullmatch(host)
    return named is not None and len(host) <= 253 and not _NUMBER.fullmatch(named["last"])


def is_literal(host: str) -> bool:
    """Whether *host* is an IP address, not a name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public Internet, and no other one in disguise.

    >>> is_public("93.184.215.14"), is_public("10.0.0.1"), is_public("::ffff:10.0.0.1")
    (True, False, False)
    """
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if ip in _NAT64:  # what DNS64 makes of every IPv4 address in a network without IPv4
            return is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
        if ip not in _GLOBAL_UNICAST or any(ip in net for net in _NOT_HOSTS):
            return False
    elif ip in _PROTOCOLS:
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def netloc(host: str, port: int | None) -> str:
    """Host and port as they stand in an address.

    >>> netloc("::1", 80)
    '[::1]:80'
    """
    written = f"[{host}]" if ":" in host else host
    return written if port is None else f"{written}:{port}"


def unusable_place(url: str, why: str = "the address is malformed") -> UnexpectedAnswerError:
    """The error for an address that is not called at all."""
    return UnexpectedAnswerError(f"{shown(url)} can't be fetched: {why}")


def shown(url: str) -> str:
    """*url* without query and secrets, at most 100 characters of it."""
    text = redact(display_url(url))
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
