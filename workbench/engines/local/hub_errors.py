"""What can go wrong between a model's name and its files, each with the next step."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from workbench.engines.toolkit import Refusal
from workbench.redaction import printable, redact

if TYPE_CHECKING:
    from workbench.engines.local.hub import Named

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_NO_NETWORK = "A folder, or a model in the cache, needs no network: `workbench local` lists them."
_PAGE = "https://huggingface.co/{model}"
_FILES = f"See {_PAGE}/tree/main for what there is."
_TOKENS = "https://huggingface.co/settings/tokens"
_SHORT = 200
_STATUS = {"authentication": 401, "permission": 403, "configuration": 404, "rate-limited": 429}
_ANSWERS = {
    "GatedRepoError": (
        "permission",
        "{model} is gated, and the account of your token has no access to it yet",
        f"Accept the terms on {_PAGE} with that account; some authors then decide.",
    ),
    "GatedRepoError, no token": (
        "authentication",
        "{model} is gated: its authors want to know who uses it",
        f"Accept the terms on {_PAGE}, then set HF_TOKEN to your token ({_TOKENS}).",
    ),
    "RevisionNotFoundError": ("configuration", "{model} has no revision {revision!r}", _FILES),
    "EntryNotFoundError": ("configuration", "a file of {model} is no longer there", _FILES),
    "DisabledRepoError": ("configuration", "{model} was disabled by the Hub", f"See {_PAGE}."),
    "RepositoryNotFoundError": (
        "configuration",
        "the Hub has no model {model}",
        f"Check the spelling: {_PAGE}. If it is private, HF_TOKEN must be one that may read it.",
    ),
    "401": (
        "authentication",
        "the Hub does not accept the token",
        f"Set HF_TOKEN to a valid one ({_TOKENS}), or unset it for a public model.",
    ),
    "403": (
        "permission",
        "the token may not read {model}",
        f"Give it the permission to read this model: {_TOKENS}",
    ),
    "429": (
        "rate-limited",
        "the Hub has had too many requests",
        f"Wait some minutes. With a token (HF_TOKEN) the limit is higher: {_TOKENS}",
    ),
    "5": (
        "unreachable",
        "the Hub is out of order: it answered {status}",
        f"Try again later. {_NO_NETWORK}",
    ),
    "": ("unexpected-answer", "the Hub answered {status} for {model}", f"See {_PAGE}."),
}
"""For a class of huggingface_hub, a status or how it begins: kind, message, next step."""


def configuration(message: str, hint: str, status: int = 400) -> Refusal:
    """What was asked for can't be, as it is set."""
    return Refusal(message, status, kind="configuration", hint=hint)


def not_a_model(name: str) -> Refusal:
    """The name is neither a folder nor one that the Hub could have."""
    return configuration(
        f"{printable(name)!r} is neither a folder nor the name of a model",
        "Write org/model as on https://huggingface.co/models, or a folder as ./folder.",
    )


def not_cached(named: Named, cache: Path, why: str) -> Refusal:
    """The model is not in the cache as a whole, and the network may not be asked, for *why*."""
    return configuration(
        f"{named} is not in the cache at {cache}, {why}",
        f"Run `workbench local fetch {named}` while online. The page of the model: "
        + _PAGE.format(model=named.model),
        404,
    )


def no_weights(name: str, others: str = "") -> Refusal:
    """Nothing that transformers or diffusers could load."""
    instead = f": {others}" if others else ""
    return configuration(
        f"{name} has no weights that can be loaded here{instead}",
        "Choose a model with model.safetensors or, for pictures, of diffusers; "
        "`workbench local suggest` names small ones.",
    )


def no_room(named: Named, cache: Path, needed: int) -> Refusal:
    """The disk is full, or would be with the *needed* bytes."""
    free = megabytes(shutil.disk_usage(cache).free)
    return Refusal(
        f"no room for {named}: {megabytes(needed)} MB are still needed at {cache}, {free} MB free",
        507,
        kind="refused",
        hint="Free some (`workbench local remove`), or set HF_HOME to a folder on another disk.",
    )


def unwritable(cache: Path, error: OSError) -> Refusal:
    """The cache is closed to us."""
    return configuration(
        f"the cache at {cache} can't be written: {error.strerror or type(error).__name__}",
        "Make it writable, or set HF_HOME to a folder of yours.",
    )


def unreadable(endpoint: str) -> Refusal:
    """An answer, but not one of the Hub."""
    return _refusal(
        "unexpected-answer",
        f"{_host(endpoint)} does not answer as the Hub does",
        f"Check HF_ENDPOINT, and whether a proxy or a login page is between. {_NO_NETWORK}",
    )


def explained(
    error: BaseException, named: Named, cache: Path, endpoint: str, token: str | None, needed: int
) -> Refusal:
    """What *error* of huggingface_hub means; *needed* is how many bytes had yet to come."""
    # Known by name: the HTTP library under huggingface_hub has changed before.
    kinds = {kind.__name__ for kind in type(error).__mro__}
    if "LocalEntryNotFoundError" in kinds and error.__cause__:
        return explained(error.__cause__, named, cache, endpoint, token, needed)
    status = getattr(getattr(error, "response", None), "status_code", None)
    if status is not None:
        return _refused(kinds, status, named, token)
    if "OfflineModeIsEnabled" in kinds:
        return not_cached(named, cache, "and HF_HUB_OFFLINE is set")
    late = bool(kinds & {"TimeoutError", "TimeoutException"})
    if late or kinds & {"TransportError", "ConnectionError"}:
        return _refusal(
            "unreachable",
            f"{_host(endpoint)} " + ("did not answer in time" if late else "can't be reached"),
            f"Check your network, and HF_ENDPOINT if it is set. {_NO_NETWORK}",
        )
    if kinds & {"JSONDecodeError", "KeyError", "FileMetadataError"}:
        return unreadable(endpoint)
    if isinstance(error, OSError) and error.errno:
        full = error.errno in _FULL
        return no_room(named, cache, needed) if full else unwritable(cache, error)
    told = redact(printable(str(error)), [token])[:_SHORT]
    return _refusal(
        "failed",
        f"{named} can't be fetched: {told or type(error).__name__}",
        "Try again; `pip install -U huggingface_hub` may help.",
    )


def megabytes(size: int) -> str:
    """Bytes in millions, one decimal for the small.

    >>> megabytes(990_400_000), megabytes(1_234_567)
    ('990', '1.2')
    """
    return f"{size / 1e6:.0f}" if size >= 10_000_000 else f"{size / 1e6:.1f}"


def _refused(kinds: set[str], status: int, named: Named, token: str | None) -> Refusal:
    if "GatedRepoError" in kinds and not token:
        kinds = {"GatedRepoError, no token"}
    if status == 404:
        kinds = kinds | {"RepositoryNotFoundError"}
    # A gated model is one that isn't found, by its classes: the first that fits is told.
    found = next(key for key in _ANSWERS if key in kinds or str(status).startswith(key))
    kind, message, hint = _ANSWERS[found]
    facts = {"model": named.model, "revision": named.revision, "status": status}
    return _refusal(kind, message.format(**facts), hint.format(**facts))


def _refusal(kind: str, message: str, hint: str) -> Refusal:
    return Refusal(message, _STATUS.get(kind, 502), kind=kind, hint=hint)


def _host(endpoint: str) -> str:
    try:
        return urlsplit(endpoint).hostname or "the Hub"
    except ValueError:
        return "the Hub"
