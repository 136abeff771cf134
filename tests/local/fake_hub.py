"""The Hub on a loopback port: listings, trees, files, and its refusals."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

GOOD_TOKEN = "hf_good_0123456789"
OTHER_TOKEN = "hf_other_0123456789"
_API = re.compile(
    r"/api/models/(?P<model>[^/]+(?:/[^/]+)?)(?:/(?P<verb>revision|tree)/(?P<rev>[^/]+))?"
)
_FILE = re.compile(r"/(?P<model>[^/]+(?:/[^/]+)?)/resolve/(?P<rev>[^/]+)/(?P<file>.+)")
_PIECE = 2**14
_LARGE = (".safetensors", ".bin", ".h5", ".msgpack", ".onnx", ".gguf", ".ckpt")


@dataclass
class Model:
    """What one repository holds, and how it behaves."""

    files: dict[str, bytes]
    private: bool = False
    gated: bool = False
    disabled: bool = False
    revisions: tuple[str, ...] = ("main",)
    lost: tuple[str, ...] = ()
    """Files that are listed, and not there."""

    @property
    def commit(self):
        names = "".join(f"{name}{git_hash(data)}" for name, data in sorted(self.files.items()))
        return hashlib.sha1(names.encode(), usedforsecurity=False).hexdigest()


@dataclass
class FakeHub:
    """Serves `models`; large files through a redirect to another host, as the real one does."""

    models: dict[str, Model] = field(default_factory=dict)
    requests: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    """Method, path and headers of every request, in order."""
    pause_s: float = 0.0
    """Waited after each piece of a large file."""
    silent: bool = False
    """Whether answers with a file never come to an end after their first piece."""
    breaks_after: list[int] = field(default_factory=list)
    """For each of the next downloads of a large file: after so many bytes the line breaks."""
    fails_with: list[int] = field(default_factory=list)
    """Statuses that the next requests are answered with."""
    listing: bytes | None = None
    """Sent in place of every listing."""
    listing_s: float = 0.0

    def __enter__(self):
        hub = self

        class Handler(_Handler):
            pass

        Handler.hub = hub
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.over = threading.Event()
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *problem):
        self.over.set()
        self.server.shutdown()
        self.server.server_close()

    def asked(self, part):
        """The requests whose path has *part* in it."""
        return [each for each in self.requests if part in each[1]]


class _Handler(BaseHTTPRequestHandler):
    hub: FakeHub
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        headers = {name.title(): value for name, value in self.headers.items()}
        self.hub.requests.append((self.command, self.path, headers))
        path = urlsplit(self.path).path
        with contextlib.suppress(ConnectionError):
            if self.hub.fails_with:
                self._refuse(self.hub.fails_with.pop(0))
            elif path.startswith("/cdn/"):
                self._cdn(path)
            elif match := _API.fullmatch(path):
                self._api(match)
            elif match := _FILE.fullmatch(path):
                self._file(match)
            else:
                self._refuse(404)

    def _api(self, match):
        time.sleep(self.hub.listing_s)
        model = self._model(match)
        if model is None:
            return
        if self.hub.listing is not None:
            self._send(200, self.hub.listing)
        elif match["verb"] == "tree":
            self._send_json([_entry("path", name, data) for name, data in model.files.items()])
        else:
            siblings = [_entry("rfilename", name, data) for name, data in model.files.items()]
            if "blobs=" not in self.path:
                siblings = [{"rfilename": each["rfilename"]} for each in siblings]
            told = {"id": match["model"], "modelId": match["model"], "sha": model.commit}
            self._send_json({**told, "siblings": siblings, "private": False, "tags": []})

    def _file(self, match):
        model = self._model(match)
        if model is None:
            return
        if model.gated and self._token() != GOOD_TOKEN:
            self._refuse(403 if self._token() else 401, "GatedRepo", "Access to it is restricted.")
            return
        name = unquote(match["file"])
        if name not in model.files or name in model.lost:
            self._refuse(404, "EntryNotFound", "Entry not found")
            return
        data = model.files[name]
        headers = {"X-Repo-Commit": model.commit, "ETag": f'"{git_hash(data)}"'}
        if not name.endswith(_LARGE):
            self._send(200, data, headers)
            return
        headers["X-Linked-Etag"] = f'"{sha256(data)}"'
        headers["X-Linked-Size"] = str(len(data))
        headers["Location"] = f"http://localhost:{self.hub.port}/cdn/{match['model']}/{name}"
        self._send(302, b"", headers)

    def _cdn(self, path):
        model, name = next(
            (model, path.removeprefix(f"/cdn/{named}/"))
            for named, model in self.hub.models.items()
            if path.startswith(f"/cdn/{named}/")
        )
        data = model.files[name]
        start = int(self.headers.get("Range", "bytes=0-")[6:-1])
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
            data = data[start:]
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command == "HEAD":
            return
        limit = self.hub.breaks_after.pop(0) if self.hub.breaks_after else len(data)
        silent = self.hub.silent
        for place in range(0, min(len(data), limit), _PIECE):
            self.wfile.write(data[place : min(place + _PIECE, limit)])
            if silent:
                self.hub.over.wait(30)
                break
            time.sleep(self.hub.pause_s)
        if limit < len(data) or silent:
            self.close_connection = True

    def _model(self, match):
        """The model that is asked for; None once the request is refused."""
        model, token = self.hub.models.get(match["model"]), self._token()
        if token not in (None, GOOD_TOKEN, OTHER_TOKEN):
            self._refuse(401, "", "Invalid credentials in Authorization header")
        elif model is None or (model.private and token != GOOD_TOKEN):
            self._refuse(404 if token else 401, "RepoNotFound", "Repository not found")
        elif model.disabled:
            self._refuse(403, "", "Access to this resource is disabled.")
        elif unquote(match["rev"] or "main") not in (*model.revisions, model.commit):
            self._refuse(404, "RevisionNotFound", "Invalid rev id")
        else:
            return model
        return None

    def _token(self):
        return self.headers.get("Authorization", "").removeprefix("Bearer ") or None

    def _refuse(self, status, code="", message=""):
        headers = {"X-Error-Code": code, "X-Error-Message": message}
        headers = {name: value for name, value in headers.items() if value}
        self._send(status, json.dumps({"error": message}).encode(), headers)

    def _send_json(self, document):
        self._send(200, json.dumps(document).encode(), {"Content-Type": "application/json"})

    def _send(self, status, body, headers=None):
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def git_hash(data):
    """What Git calls these bytes."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def sha256(data):
    """What LFS calls these bytes."""
    return hashlib.sha256(data).hexdigest()


def _entry(key, name, data):
    """A file of a listing; the tree says oid where the other says blobId and sha256."""
    large = name.endswith(_LARGE)
    tree = key == "path"
    entry = {key: name, "size": len(data), "oid" if tree else "blobId": git_hash(data)}
    if tree:
        entry["type"] = "file"
    if large:
        hashed = {"oid" if tree else "sha256": sha256(data)}
        entry["lfs"] = {**hashed, "size": len(data), "pointerSize": 134}
    return entry


def text_model(size=200_000, **more):
    """The files of a small text model, its weights of *size* bytes; none of it can be run."""
    return {
        "config.json": b'{"model_type": "llama", "architectures": ["LlamaForCausalLM"]}',
        "tokenizer.json": b'{"version": "1.0"}',
        "tokenizer_config.json": b"{}",
        "README.md": b"# A model",
        "model.safetensors": bytes(range(256)) * (size // 256),
        **more,
    }
