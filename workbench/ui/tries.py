"""Slow-down after wrong passwords: per visitor and name, per visitor, and a little per name."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import ipaddress
import math
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from workbench.users import Users

FREE = 5
"""Wrong tries of one address for one name before it waits."""
FREE_OF_ADDRESS = 20
FREE_OF_NAME = 50
LONGEST_S = 60
_FORGET_S = 15 * 60
_MOST = 10_000
_ANYWHERE = "*"
_AT_ONCE = 2
_WAITING = 32
_REMEMBERED = 64


@dataclass
class _Count:
    wrong: int = 0
    last: float = float("-inf")


class Tries:
    """Counts wrong tries, in bounded memory; safe in threads.

    An address waits 1, 2, 4 … seconds, at most 60, between tries for a name after five wrong
    ones, and between tries for any name after twenty. Wrong tries from elsewhere make nobody
    wait for longer than `delay_s`, so that guessers can't lock anybody out.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._counts: OrderedDict[tuple[str, str | None], _Count] = OrderedDict()
        self._lock = threading.Lock()

    def wait_s(self, address: str, name: str) -> float:
        """Seconds until this address may try this name; 0 when it may now."""
        place, now = place_of(address), self._clock()
        with self._lock:
            pair = self._seen((place, name), now)
            alone = self._seen((place, None), now)
        return max(0.0, _until(pair, FREE) - now, _until(alone, FREE_OF_ADDRESS) - now)

    def delay_s(self, name: str) -> float:
        """Seconds that each try for a name takes longer, up to 2, while many go wrong for it."""
        with self._lock:
            wrong = self._seen((_ANYWHERE, name), self._clock()).wrong
        return min(2.0, max(0, wrong - FREE_OF_NAME) * 0.1)

    def count(self, address: str, name: str) -> None:
        """A try begins: it counts as wrong until `forgive`, so that many at once count too."""
        place, now = place_of(address), self._clock()
        with self._lock:
            for key in ((place, name), (place, None), (_ANYWHERE, name)):
                seen = self._seen(key, now)
                self._counts[key] = _Count(seen.wrong + 1, now)
                self._counts.move_to_end(key)
            while len(self._counts) > _MOST:
                self._counts.popitem(last=False)

    def forgive(self, address: str, name: str) -> None:
        """The last try was right: the address begins anew with this name.

        With other names it does not, or one's own password would buy guesses at others'.
        """
        place = place_of(address)
        with self._lock:
            self._counts.pop((place, name), None)
            for key in ((place, None), (_ANYWHERE, name)):
                if key in self._counts:
                    self._counts[key].wrong -= 1

    def _seen(self, key: tuple[str, str | None], now: float) -> _Count:
        found = self._counts.get(key)
        return found if found and now - found.last < _FORGET_S else _Count()


class TooSoonError(Exception):
    """No password is checked for another `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"wait {seconds:.0f} s")
        self.seconds = max(1, math.ceil(seconds))


class Checker:
    """Checks passwords off the event loop, two at a time, and slower after wrong ones."""

    def __init__(self, users: Users) -> None:
        self._users = users
        self._tries = Tries()
        self._turn = asyncio.Semaphore(_AT_ONCE)
        self._waiting = 0
        self._secret = secrets.token_bytes(32)
        self._right: OrderedDict[bytes, str] = OrderedDict()

    async def check(self, address: str, name: str, password: str) -> str | None:
        """Who that is, as `Users.check` says. Raises TooSoonError."""
        account = self._users.account(name)[:64]
        self._admit(address, account)
        await asyncio.sleep(self._tries.delay_s(account))
        if self._waiting >= _WAITING:
            raise TooSoonError(1)
        self._waiting += 1
        try:
            async with self._turn:
                self._admit(address, account)  # others may have failed meanwhile
                # What is remembered is looked up after counting too, or guesses would be free.
                self._tries.count(address, account)
                user = await self._compare(name, password)
        finally:
            self._waiting -= 1
        if user is not None:
            self._tries.forgive(address, account)
        return user

    def _admit(self, address: str, account: str) -> None:
        seconds = self._tries.wait_s(address, account)
        if seconds > 0:
            raise TooSoonError(seconds)

    async def _compare(self, name: str, password: str) -> str | None:
        """As `Users.check`; what was right is remembered, for a client sends it each time."""
        text = f"{name}\0{password}".encode("utf-8", "surrogatepass")
        digest = hmac.new(self._secret, text, hashlib.sha256).digest()
        if digest in self._right:
            self._right.move_to_end(digest)
            return self._right[digest]
        user = await asyncio.to_thread(self._users.check, name, password)
        if user is not None:
            self._right[digest] = user
            if len(self._right) > _REMEMBERED:
                self._right.popitem(last=False)
        return user


def _until(count: _Count, free: int) -> float:
    if count.wrong < free:
        return float("-inf")
    return count.last + float(min(LONGEST_S, 2 ** min(count.wrong - free, 6)))


def place_of(address: str) -> str:
    """*address*, or the network of it that one household has with IPv6."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped:  # how one socket for both kinds shows the older one
        return str(parsed.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(parsed), 64), strict=False))
