"""Keep secrets out of everything that is shown, logged or saved."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit, urlunsplit

MASK = "•••"
_TOKEN_LIKE = re.compile(
    r"\b(?:hf_|sk-|api_org_)[A-Za-z0-9_-]{6,}"
    r"|(?<=bearer )[^\s\"',;]{6,}"
    r"|(?<=basic )[A-Za-z0-9+/=]{6,}"
    r"|(?<=://)[^/\s@:]+:[^/\s@]+(?=@)",
    re.IGNORECASE,
)


def redact(text: str, secrets: Iterable[str | None] = ()) -> str:
    """*text* with every known secret, and all that looks like a token, masked.

    >>> redact("Bearer hf_abcdefgh is wrong; so is letmein", ["letmein"])
    'Bearer ••• is wrong; so is •••'
    """
    for secret in secrets:
        if secret:
            text = text.replace(secret, MASK)
    return _TOKEN_LIKE.sub(MASK, text)


def display_url(url: str) -> str:
    """*url* without user, password, query and fragment: what may be shown of it.

    >>> display_url("https://me:pw@host.example:8080/x?key=1#f")
    'https://host.example:8080/x'
    """
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def last_four(secret: str) -> str:
    """A token as `doctor` shows it: its last four characters, none of a short one.

    >>> last_four("hf_0123456789abcdef")
    '…cdef'
    """
    return f"…{secret[-4:]}" if len(secret) >= 12 else MASK


def display_target(target: str) -> str:
    """A target as it may be shown: an address without what may hold a secret.

    >>> display_target("tgi+https://host.example/x?key=1"), display_target("embedded")
    ('tgi+https://host.example/x', 'embedded')
    """
    return display_url(target) if "://" in target else target
