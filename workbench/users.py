"""Who may sign in: passwords as hashes, and the file that names people."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
import secrets
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from workbench.errors import ConfigurationError

_LOG_N, _R, _P = 14, 8, 5
"""16 MiB and a fifth of a second a guess, the least that OWASP advises for scrypt."""
_HASH = re.compile(
    r"\$scrypt\$ln=([0-9]{2}),r=([0-9]{1,2}),p=([0-9]{1,2})"
    r"\$([A-Za-z0-9+/]{22}|[A-Za-z0-9+/]{43})\$([A-Za-z0-9+/]{43})"
)
_MOST_BYTES = 128 * 1024 * 1024
_FORM = "Write --auth NAME:PASSWORD, or --auth @FILE with the lines of `workbench password`."


def hash_password(password: str, *, salt: bytes | None = None) -> str:
    """*password* as one line for a file of users; a new salt each time unless one is given.

    >>> hash_password("open sesame").split("$")[:3]
    ['', 'scrypt', 'ln=14,r=8,p=5']
    """
    salt = secrets.token_bytes(16) if salt is None else salt
    digest = _scrypt(password, salt, _LOG_N, _R, _P)
    return f"$scrypt$ln={_LOG_N},r={_R},p={_P}${_encode(salt)}${_encode(digest)}"


def matches(password: str, stored: str) -> bool:
    """Whether *stored* is the hash of *password*, compared in constant time.

    >>> matches("open sesame", hash_password("open sesame"))
    True
    """
    found = _HASH.fullmatch(stored)
    if not found:
        raise ConfigurationError("this is no hash of a password", hint="")
    log_n, r, p = (int(found[place]) for place in (1, 2, 3))
    digest = _scrypt(password, _decode(found[4]), log_n, r, p)
    return hmac.compare_digest(digest, _decode(found[5]))


def check_name(name: str) -> str:
    """*name* if a person can have it. Raises ConfigurationError.

    >>> check_name("ann:")
    Traceback (most recent call last):
    workbench.errors.ConfigurationError: a user's name has 1 to 64 characters, and no colon
    """
    name = unicodedata.normalize("NFC", name.strip())
    if not 0 < len(name) <= 64 or ":" in name or not name.isprintable() or name[0] in "#@":
        raise ConfigurationError(
            "a user's name has 1 to 64 characters, and no colon",
            hint="Choose a name like `ann`; it may not begin with # or @.",
        )
    return name


@dataclass(frozen=True)
class Users:
    """Those who may sign in: people by name, and the holders of one shared password.

    >>> users = Users.read(auth=["ann:tulip"], shared="rose")
    >>> users.check("ann", "tulip"), users.check("ann", "rose"), users.check("bob", "rose")
    ('ann', None, '')
    """

    people: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Name -> hash."""
    shared: str | None = field(default=None, repr=False)
    """Hash of the password that goes with any other name."""

    @classmethod
    def read(cls, *, auth: Sequence[str] = (), shared: str | None = None) -> Users:
        """From ``NAME:PASSWORD`` or ``@FILE`` each. Raises ConfigurationError, without passwords.

        Hashes of passwords that came in clear are the same at every start, and never stored.
        """
        people: dict[str, str] = {}
        for given in auth:
            more = read_users(Path(given[1:])) if given.startswith("@") else _one(given)
            for name in more:
                if name in people:
                    raise ConfigurationError(f"--auth names {name} twice", hint=_FORM)
            people.update(more)
        return cls(people, None if shared is None else _hash_in_clear("", shared))

    def __bool__(self) -> bool:
        return bool(self.people) or self.shared is not None

    def stored(self, name: str) -> str | None:
        """The hash that *name* signs in with; "" is whoever has the shared password."""
        return self.people.get(name) if name else self.shared

    def account(self, name: str) -> str:
        """What wrong tries for *name* are counted under: any name may go with a shared one."""
        return "" if self.shared is not None else unicodedata.normalize("NFC", name.strip())

    def check(self, name: str, password: str) -> str | None:
        """Who signs in with this: a name, "" for the shared password, None for nobody.

        Takes as long for a name that nobody has.
        """
        name = unicodedata.normalize("NFC", name.strip())
        if name not in self.people and self.shared is not None:
            name = ""
        known = self.stored(name)
        right = matches(password, known or next(iter(self.people.values())))
        return name if right and known is not None else None


def read_users(path: Path) -> dict[str, str]:
    """Name -> hash, from lines ``name:hash``; blank ones and those of # are skipped.

    Raises ConfigurationError naming the line, and nothing that is in it but the name.
    """
    try:
        lines = path.expanduser().read_bytes().decode("utf-8-sig").splitlines()
    except (OSError, RuntimeError, ValueError) as exc:
        why = exc.strerror if isinstance(exc, OSError) else "it is not UTF-8 text"
        raise ConfigurationError(
            f"the users in {path} can't be read: {why}", hint="Name a text file after --auth @."
        ) from exc
    people: dict[str, str] = {}
    for number, line in enumerate(lines, start=1):
        if line.strip() and not line.lstrip().startswith("#"):
            name, stored = _read_line(line, f"{path}, line {number}")
            if name in people:
                raise ConfigurationError(f"{path}, line {number}: {name} is there twice", hint="")
            people[name] = stored
    if not people:
        raise ConfigurationError(
            f"{path} names nobody", hint="Fill it with the lines that `workbench password` prints."
        )
    return people


def readable_by_others(path: Path) -> bool:
    """Whether more than its owner may read *path*; unknown, hence False, but on POSIX."""
    return os.name == "posix" and bool(path.expanduser().stat().st_mode & 0o044)


def _read_line(line: str, where: str) -> tuple[str, str]:
    name, colon, stored = line.strip().partition(":")
    stored = stored.strip()
    hint = "Write the line that `workbench password NAME` prints."
    if not colon:
        raise ConfigurationError(f"{where}: there is no name:hash", hint=hint)
    try:
        name = check_name(name)
    except ConfigurationError as exc:
        raise ConfigurationError(f"{where}: {exc}", hint=exc.hint) from None
    found = _HASH.fullmatch(stored)
    if not found:
        what = "is damaged" if stored.startswith("$scrypt$") else "is not hashed"
        raise ConfigurationError(f"{where}: the password of {name} {what}", hint=hint)
    log_n, r, p = (int(found[place]) for place in (1, 2, 3))
    if log_n < 10 or not 0 < p <= 16 or not 0 < (128 * r << log_n) <= _MOST_BYTES:
        raise ConfigurationError(f"{where}: the cost of {name}'s hash is out of range", hint=hint)
    return name, stored


def _one(given: str) -> dict[str, str]:
    name, colon, password = given.partition(":")
    if not colon:
        raise ConfigurationError("--auth needs a name and a password", hint=_FORM)
    if not password:
        raise ConfigurationError("--auth has a name without a password", hint=_FORM)
    name = check_name(name)
    return {name: _hash_in_clear(name, password)}


def _hash_in_clear(name: str, password: str) -> str:
    # Sessions are bound to the hash: with a salt of chance every restart would end them.
    return hash_password(password, salt=hashlib.sha256(f"workbench:{name}".encode()).digest())


def _scrypt(password: str, salt: bytes, log_n: int, r: int, p: int) -> bytes:
    text = unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
    return hashlib.scrypt(text, salt=salt, n=1 << log_n, r=r, p=p, maxmem=2 * _MOST_BYTES, dklen=32)


def _encode(data: bytes) -> str:
    return base64.b64encode(data).decode().rstrip("=")


def _decode(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4))
