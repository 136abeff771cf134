"""Which model a loaded one is, and which have to go so that another fits into memory."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from workbench.engines.local import device, weights
from workbench.engines.local.failures import no_room, over_limit
from workbench.engines.local.kinds import kind_of
from workbench.engines.local.loaded import Kind, Loaded
from workbench.engines.toolkit import Refusal
from workbench.local_options import LocalOptions

_RESERVE, _RESERVE_BYTES = 0.1, 1e9  # the lesser of the two stays free


@dataclass(frozen=True)
class Key:
    """What makes a loaded model this one: a change in any needs another load."""

    folder: str
    device: str
    dtype: str
    trust: tuple[bool, bool]
    stamp: str

    def replaces(self, other: Key) -> bool:
        """Whether it is the same model after its files changed."""
        mine = (self.folder, self.device, self.dtype, self.trust)
        theirs = (other.folder, other.device, other.dtype, other.trust)
        return mine == theirs and self.stamp != other.stamp


class Tenant(Protocol):
    """A model in memory: *used* is the greater, the later it was used; *queue* who uses it."""

    loaded: Loaded
    used: int

    @property
    def queue(self) -> Collection[object]: ...


_T = TypeVar("_T", bound=Tenant)


@dataclass(frozen=True)
class Room:
    """What the model *name* needs, in bytes, on *device*; all together may take *limit_gb*."""

    name: str
    needed: int
    device: str
    limit_gb: float | None = None

    def is_enough(self, tenants: Collection[Tenant]) -> bool:
        """Whether it fits beside *tenants*; raises Refusal if it wouldn't without them."""
        if self.limit_gb is not None and self.needed > self.limit_gb * 1e9:
            raise over_limit(self.name, self.needed, self.limit_gb * 1e9)
        free = self._free()
        available = free + _size(self._near(tenants))
        if self.needed > available:
            raise no_room(self.name, self.device, self.needed, available)
        return self.needed <= free and not self._is_over(tenants)

    def victim(self, tenants: Collection[_T]) -> _T | None:
        """The one to drop first: used longest ago, of those that nobody uses."""
        useful = tenants if self._is_over(tenants) else self._near(tenants)
        idle = [tenant for tenant in useful if not tenant.queue]
        return min(idle, key=lambda tenant: tenant.used, default=None)

    def _free(self) -> float:
        reserve = min(device.total_bytes(self.device) * _RESERVE, _RESERVE_BYTES)
        return device.free_bytes(self.device) - reserve

    def _is_over(self, tenants: Iterable[Tenant]) -> bool:
        return self.limit_gb is not None and _size(tenants) + self.needed > self.limit_gb * 1e9

    def _near(self, tenants: Iterable[_T]) -> list[_T]:
        return [tenant for tenant in tenants if tenant.loaded.device == self.device]


def key_of(name: str, folder: Path, kind: Kind, options: LocalOptions) -> Key:
    """The key of what loading *folder* now would give; raises Refusal as `choose` does."""
    where, dtype = device.choose(options, kind=kind)
    trust = (name in options.remote_code, name in options.pickle)
    return Key(str(folder.resolve()), where, dtype, trust, weights.stamp(folder))


def known_key(name: str, folder: Path, options: LocalOptions) -> Key | None:
    """The key of a folder that was used before; None when it is no model any more."""
    try:
        return key_of(name, folder, kind_of(folder, name), options)
    except (Refusal, OSError):
        return None


def _size(tenants: Iterable[Tenant]) -> int:
    return sum(tenant.loaded.size_bytes for tenant in tenants)
