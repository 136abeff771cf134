"""Messages, and the shapes that other software keeps them in."""

from __future__ import annotations

import pytest
from PIL import Image

from workbench.chat import (
    Message,
    from_gradio,
    from_openai,
    from_pairs,
    to_gradio,
    to_openai,
    to_pairs,
)
from workbench.errors import InvalidInputError
from workbench.images import encode_image

DOT = encode_image(Image.new("RGB", (4, 4), "red"))
TALK = [Message("user", "Hi"), Message("assistant", "Hello!"), Message("user", "Bye")]


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: Message("tool", "x"), "role is one of system, user, assistant, not 'tool'"),
        (lambda: Message("user", 3), "content must be text, not int"),
        (lambda: Message("user", "  "), "the message is empty"),
        (lambda: Message("user", "x", ("https://host/a.png",)), "must be a data URI"),
        (lambda: from_openai("hi"), "messages must be a list, not str"),
        (lambda: from_openai([{"role": "user", "content": "a"}, "b"]), "message 2: it must have"),
        (
            lambda: from_openai([{"role": "user", "content": None}]),
            "message 1: a message's content",
        ),
        (lambda: from_openai([{"role": "user", "content": [{"type": "audio"}]}]), "type 'audio'"),
        (lambda: from_pairs([["Hi"]]), "round 1 must be a message and its answer"),
        (lambda: from_pairs(["Hi"]), "round 1 must be a message and its answer"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_bad_messages_are_named(make, told):
    """What can't be a message is refused with its cause."""
    with pytest.raises(InvalidInputError, match=told):
        make()


def test_openai_shapes_round_trip():
    """Text, parts and pictures come back as they went out."""
    talk = [Message("system", "Be kind."), Message("user", "Look", (DOT,)), TALK[1]]
    assert talk[1].images == (DOT.data_uri,)
    assert from_openai(to_openai(talk)) == talk
    assert to_openai(TALK)[0] == {"role": "user", "content": "Hi"}


def test_openai_oddities_are_read():
    """A developer is a system; an assistant that only called a tool said nothing."""
    given = [
        {"role": "developer", "content": "Be kind."},
        {"role": "assistant", "content": None},
        {"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]},
    ]
    assert from_openai(given) == [Message("system", "Be kind."), Message("user", "a\nb")]


def test_gradio_history_is_read():
    """Content lists, files and notices of Gradio 6 become messages of the talk alone."""
    file = {"path": "files/red dot.png", "orig_name": "dot.png", "mime_type": "image/png"}
    notes = {"path": "files/notes.txt", "mime_type": "text/plain"}
    text = {"type": "text", "text": "Look"}
    history = [
        {"role": "user", "metadata": None, "content": [{"type": "file", "file": file}]},
        {"role": "user", "metadata": None, "content": [text, {"type": "file", "file": notes}]},
        {"role": "assistant", "metadata": {"title": "Service error"}, "content": "Stopped"},
        {"role": "assistant", "metadata": {}, "options": [], "content": [{**text, "text": "Red."}]},
        {"role": "assistant", "content": [{"type": "component", "component": "plot", "value": {}}]},
    ]
    opened = []
    read = from_gradio(history, picture=lambda path: opened.append(path) or DOT)
    assert opened == [file["path"]]
    assert read == [
        Message("user", "Look\n[file: notes.txt]", (DOT,)),
        Message("assistant", "Red."),
    ]
    assert from_gradio(history)[0].content == "[file: dot.png]\nLook\n[file: notes.txt]"


def test_gradio_messages_are_made():
    """System messages stay hidden, and a picture becomes a file."""
    talk = [Message("system", "x"), Message("user", "Look", (DOT,)), TALK[1]]
    shown = to_gradio(talk, save=lambda uri: f"files/{len(uri)}.png")
    path = {"path": f"files/{len(DOT.data_uri)}.png"}
    assert shown[0] == {"role": "user", "content": [path, "Look"]}
    assert shown[1:] == [{"role": "assistant", "content": "Hello!"}]
    assert to_gradio(talk)[0]["content"] == ["[picture]", "Look"]
    assert from_gradio(to_gradio(TALK)) == TALK


def test_pairs_round_trip():
    """A round without an answer, and an answer without a question, keep their places."""
    pairs = [[None, "Welcome"], ["Hi", "Hello!"], ["Bye", None]]
    assert to_pairs(from_pairs(pairs)) == pairs
    assert from_pairs(pairs, system="Be kind.")[0] == Message("system", "Be kind.")
    assert from_pairs([(("files/a.png", None), "Nice")])[0].content == "[file: a.png]"
