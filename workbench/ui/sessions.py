"""Who is signed in: signed cookies that outlive a restart, and the key that signs them."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import logging
import os
import secrets
import tempfile
import time
from pathlib import Path
from urllib.parse import quote, unquote

from workbench.errors import ConfigurationError
from workbench.users import Users

LIFETIME_S = 30 * 24 * 3600
_KEY_BYTES = 32
logger = logging.getLogger(__name__)


class Sessions:
    """Makes and reads the cookie *cookie*; its signature covers the hash of the password.

    A new password, or a name taken off the list, hence ends the sessions made before.
    """

    def __init__(self, users: Users, key: bytes, cookie: str) -> None:
        self._users = users
        self._key = key
        self.cookie = cookie

    def start(self, name: str) -> str:
        """The cookie's value for *name*, "" being whoever has the shared password."""
        expires = str(int(time.time()) + LIFETIME_S)
        return f"{quote(name, safe='')}.{expires}.{self._sign(name, expires)}"

    def read(self, value: str) -> str | None:
        """The name in a cookie of ours that is still good, else None."""
        try:
            name, expires, signature = value.rsplit(".", 2)
            if not value.isascii() or int(expires) < time.time():
                return None
        except ValueError:
            return None
        name = unquote(name)
        if self._users.stored(name) is None:
            return None
        return name if hmac.compare_digest(signature, self._sign(name, expires)) else None

    def _sign(self, name: str, expires: str) -> str:
        stored = self._users.stored(name) or ""
        text = "\n".join((self.cookie, name, expires, stored))
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()


def session_key() -> bytes:
    """The key in the data folder, made at the first start; one in memory if it can't be kept."""
    from workbench.settings import load_environment
    from workbench.store import data_folder

    try:
        return _kept(data_folder(load_environment()) / "session.key")
    except (OSError, ConfigurationError) as exc:
        logger.warning("sign-ins end with the app, for their key can't be kept: %s", exc)
        return secrets.token_bytes(_KEY_BYTES)


def _kept(path: Path) -> bytes:
    """The key in *path*; two apps that start at once agree on one. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    key = _read(path)
    if key:
        return key
    handle, name = tempfile.mkstemp(prefix=".session-", dir=path.parent)  # for its owner alone
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(_KEY_BYTES))
        with contextlib.suppress(OSError):  # it is there, or this disk has no links
            path.hardlink_to(name)
        key = _read(path)
        if key:
            return key
        Path(name).replace(path)  # what is there is no key
        return path.read_bytes()
    finally:
        Path(name).unlink(missing_ok=True)


def _read(path: Path) -> bytes | None:
    try:
        key = path.read_bytes()
    except FileNotFoundError:
        return None
    return key if len(key) == _KEY_BYTES else None
