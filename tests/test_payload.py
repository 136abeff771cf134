"""The exact request, shown so that a shell sends the same bytes."""

from __future__ import annotations

import base64
import json
import subprocess

import pytest

from workbench.protocols import hf
from workbench.protocols.payload import Payload, shell_body

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 3
WORDS = ["It's", '"both"', "$HOME `id` $(id) \\n \\", "Łódź 🎉", "END\nEND", "A" * 2000]


def sent_by_a_shell(body, folder):
    """What `curl --data-binary BODY` would read, with `cat` in the place of curl."""
    (folder / "picture.png").write_bytes(PICTURE)
    command = (
        f"printf %s {body}" if not body.startswith("@-") else f"cat {body.removeprefix('@- ')}"
    )
    done = subprocess.run(["bash", "-c", command], cwd=folder, capture_output=True, check=True)
    return done.stdout


@pytest.mark.parametrize("words", WORDS)
def test_text_is_sent_as_it_was(tmp_path, words):
    """No sign of a text is taken by the shell for one of its own."""
    payload = Payload(hf.encode(words))
    assert sent_by_a_shell(shell_body(payload), tmp_path) == payload.body


@pytest.mark.parametrize("words", WORDS)
@pytest.mark.parametrize("head", ["", "data:image/png;base64,"])
def test_picture_is_read_from_a_file(tmp_path, words, head):
    """A picture in JSON becomes a short command that reads its file, and sends the same JSON."""
    text = head + base64.b64encode(PICTURE).decode()
    payload = Payload(json.dumps({"inputs": text, "q": words}).encode())
    body = shell_body(payload)
    assert text not in body
    assert "picture.png" in body
    assert json.loads(sent_by_a_shell(body, tmp_path)) == json.loads(payload.body)


def test_bytes_are_a_file():
    """A picture sent as it is, is a file beside the command."""
    assert shell_body(Payload(PICTURE, "image/jpeg")) == "@picture.jpeg"
