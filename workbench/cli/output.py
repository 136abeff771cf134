"""Where results go: standard output or a file, whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

from workbench.errors import ConfigurationError

_STDOUT = "the output"
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
_DIRECT = ("/dev/", "/proc/")  # /dev/stdout may be a regular file, which is not ours to replace


def to_json(document: object, encoding: str | None = "utf-8") -> str:
    """*document* as JSON that *encoding* can write, escaped where it can't be written as it is.

    >>> print(to_json("Łódź", "ascii"))
    "\\u0141\\u00f3d\\u017a"
    """
    text = json.dumps(document, ensure_ascii=False, indent=2)
    try:
        text.encode(encoding or "utf-8")
    except UnicodeEncodeError:
        return json.dumps(document, indent=2)
    return text


def say_json(document: object) -> None:
    """Print *document* as JSON, in what stdout can write. Raises ConfigurationError."""
    say(to_json(document, getattr(sys.stdout, "encoding", None)))


def say(text: str, end: str = "\n") -> None:
    """Print to stdout at once. Raises ConfigurationError when it can't be written."""
    try:
        print(text, end=end, flush=True)
    except BrokenPipeError:
        raise
    except OSError as exc:
        raise _unwritable(_STDOUT, exc) from exc


def flush() -> None:
    """Write what waits for stdout. Raises ConfigurationError when it can't be written."""
    if sys.stdout is None or sys.stdout.closed:
        return
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as exc:
        raise _unwritable(_STDOUT, exc) from exc


def explained(exc: OSError) -> BaseException:
    """What to raise for an error out of a library that prints, as Click prints the help."""
    full = exc.errno in _FULL and exc.filename is None
    return _unwritable(_STDOUT, exc) if full else exc


def abandon() -> None:
    """Send what still waits for a broken stdout nowhere, so that the exit is quiet."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        sys.stdout.flush()
        return
    with contextlib.suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def check_place(path: Path) -> None:
    """Say before a call is paid for that no file can be at *path*. Raises ConfigurationError."""
    try:
        (path.parent / ".").stat()
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if not is_direct(path) and not os.access(path.resolve().parent, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except (OSError, RuntimeError) as exc:
        raise _unwritable(str(path), exc) from exc


def make_folder(path: Path) -> None:
    """Have a folder at *path* that files can be put in. Raises ConfigurationError."""
    try:
        path.mkdir(exist_ok=True)
        if not os.access(path, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as exc:
        raise _unwritable(str(path), exc) from exc


def say_bytes(data: bytes) -> None:
    """Write *data* to stdout at once. Raises ConfigurationError when it can't be written."""
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as exc:
        raise _unwritable(_STDOUT, exc) from exc


def encoded(text: str) -> bytes:
    """*text* as the bytes of a file."""
    return text.encode("utf-8", errors="backslashreplace")


def write_or_rescue(path: Path, data: bytes) -> None:
    """`write_file`; when that fails late, what was paid for goes to a file elsewhere."""
    try:
        write_file(path, data)
    except ConfigurationError as error:
        with contextlib.suppress(OSError):
            handle, name = tempfile.mkstemp(prefix="workbench-", suffix=path.suffix)
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            error.hint = f"{error.hint} The result is in {name}."
        raise


def write_file(path: Path, data: bytes) -> None:
    """Put *data* in *path*: whole, or not at all. Raises ConfigurationError.

    A file gets a new one in its place, with its permissions; a device or a pipe is written to.
    """
    try:
        if is_direct(path):
            path.write_bytes(data)
        else:
            _replace(path.resolve(), data)
    except (OSError, RuntimeError) as exc:
        raise _unwritable(str(path), exc) from exc


def is_direct(path: Path) -> bool:
    """Whether *path* is a device or a pipe, which is written to and not replaced."""
    if path.absolute().as_posix().startswith(_DIRECT):
        return True
    return path.exists() and not path.is_file()


def _replace(path: Path, data: bytes) -> None:
    known = path.exists()
    if known and not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    with tempfile.TemporaryDirectory(prefix=".workbench-", dir=path.parent) as folder:
        new = Path(folder) / "new"
        new.write_bytes(data)
        if known:
            shutil.copymode(path, new)
        new.replace(path)


def _unwritable(name: str, exc: OSError | RuntimeError) -> ConfigurationError:
    cause = exc.strerror if isinstance(exc, OSError) and exc.strerror else exc
    return ConfigurationError(
        f"{name} can't be written: {cause}",
        hint="Choose another place with -o, in a folder that is there and has room.",
    )
