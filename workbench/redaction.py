"""Keep secrets out of everything that is shown, logged or saved."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

MASK = "•••"
MALFORMED = "a malformed address"
_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*")
_HOST_THEN_PATH = re.compile(r"(?:[\w.-]+|\[[\da-fA-F:.]+\])(?::\d*)?/")
_TOKEN_LIKE = re.compile(
    r"\b(?-i:hf_|sk-|api_org_)[A-Za-z0-9_-]{6,}"
    r"|(?<=bearer )[^\s\"',;]{6,}"
    r"|(?<=basic )[A-Za-z0-9+/=]{6,}"
    r"|(?<=://)[^/\s@:]+:[^/\s@]+(?=@)",
    re.IGNORECASE,
)


def redact(text: str, secrets: Iterable[str | None] = ()) -> str:
    """*text* with every known secret, and all that looks like a token, masked.

    >>> redact("Bearer hf_abcdefgh is wrong; so is letmein", ["letmein"])
    'Bearer ••• is wrong; so is •••'
    >>> redact("HF_API_NER_BASE is no secret")
    'HF_API_NER_BASE is no secret'
    """
    for secret in secrets:
        if secret:
            text = text.replace(secret, MASK)
    return _TOKEN_LIKE.sub(MASK, text)


def printable(text: str) -> str:
    """*text* on one line, fit for a terminal: no control characters, no lone surrogates.

    >>> printable("one\\n  two\\x1b[2J")
    'one two[2J'
    """
    text = " ".join(_SURROGATE.sub("\ufffd", text).split())
    return _CONTROL.sub("", text)


def display_url(url: str) -> str:
    """*url* without user, password, query and fragment: what may be shown of it.

    Never raises. Of an address that is not well formed, nothing before its last `@` is shown.

    >>> display_url("https://me:pw@host.example:8080/x?key=1#f")
    'https://host.example:8080/x'
    >>> display_url("https://me:pa/ss@host.example/x"), display_url("http://[")
    ('https://host.example/x', 'a malformed address')
    """
    url = printable(url)
    try:
        urlsplit(url)
    except ValueError:
        return MALFORMED
    address = re.split("[?#]", url, maxsplit=1)[0]
    scheme, mark, rest = address.partition("://")
    if not mark or not _SCHEME.fullmatch(scheme):
        scheme, mark, rest = "", "", address
    if "@" in url[len(address) :] and "@" not in rest and not _HOST_THEN_PATH.match(rest):
        return MALFORMED
    return scheme + mark + rest.rpartition("@")[2]


def last_four(secret: str) -> str:
    """A token as `doctor` shows it: its last four characters, none of a short one.

    >>> last_four("hf_0123456789abcdef")
    '…cdef'
    """
    return f"…{secret[-4:]}" if len(secret) >= 12 else MASK


def display_target(target: str) -> str:
    """A target as it may be shown: an address without what may hold a secret. Never raises.

    >>> display_target("tgi+https://host.example/x?key=1"), display_target("embedded")
    ('tgi+https://host.example/x', 'embedded')
    """
    return display_url(target) if "://" in target or "@" in target else printable(target)
