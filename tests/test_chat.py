"""Replies of chat services, in the shapes they come in."""

from __future__ import annotations

import json

import pytest

from workbench.errors import InvalidInputError, UnexpectedAnswerError
from workbench.protocols import chat


def reply(content, reason="stop", **more):
    """An answer with one choice."""
    message = {"role": "assistant", "content": content, **more}
    return {"choices": [{"index": 0, "message": message, "finish_reason": reason}]}


@pytest.mark.parametrize(
    ("base", "url"),
    [
        ("https://h.example", "https://h.example/v1/chat/completions"),
        ("https://h.example/", "https://h.example/v1/chat/completions"),
        ("https://h.example/v1", "https://h.example/v1/chat/completions"),
        ("https://h.example/v1/", "https://h.example/v1/chat/completions"),
        ("https://h.example/x", "https://h.example/x/v1/chat/completions"),
        ("https://h.example/v1/chat/completions", "https://h.example/v1/chat/completions"),
        ("https://h.example/v1?a=b", "https://h.example/v1/chat/completions?a=b"),
    ],
)
def test_url_of_a_service(base, url):
    """Whatever part of the address a person gives, messages go to the one place."""
    assert chat.chat_url(base) == url


def test_models_are_listed_beside_it():
    """The list of models is found from where messages go, query kept."""
    assert chat.models_url("https://h/v1/chat/completions?k=1") == "https://h/v1/models?k=1"


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (reply("A dog."), "A dog."),
        (reply("  A dog.\n"), "A dog."),
        (reply([{"type": "text", "text": "A "}, {"type": "text", "text": "dog."}]), "A dog."),
        (reply("<think>What is it?\nA dog.</think>\n\nA dog."), "A dog."),
        (reply("What is it?</think> A dog."), "A dog."),
        (reply("A dog.", reasoning_content="Hm."), "A dog."),
        (reply("A dog.", reasoning="Hm.", tool_calls=[]), "A dog."),
        ({**reply("A dog."), "usage": {"total_tokens": 3}, "error": None}, "A dog."),
    ],
)
def test_reply_is_read(answer, text):
    """The words of the model come out, its thoughts don't."""
    assert chat.read_reply(answer) == text


@pytest.mark.parametrize(
    "answer",
    [
        {},
        [],
        {"choices": []},
        {"choices": [None]},
        {"choices": [{"text": "old"}]},
        reply(None),
        reply(""),
        reply("<think>only thoughts</think>"),
        [{"generated_text": "a dog"}],
        b"GIF89a",
    ],
    ids=repr,
)
def test_no_reply_is_an_error(answer):
    """An answer without words is an error, never an empty text."""
    with pytest.raises(UnexpectedAnswerError):
        chat.read_reply(answer)


def test_refusal_is_told():
    """A model that declines is heard, in its own words."""
    with pytest.raises(InvalidInputError, match="I can't describe people"):
        chat.read_reply(reply(None, refusal="I can't describe people."))


@pytest.mark.parametrize("content", [None, "", "<think>It seems that"])
def test_thoughts_that_ate_all_tokens(content):
    """A reply that ended before it began tells which option to raise."""
    with pytest.raises(UnexpectedAnswerError) as caught:
        chat.read_reply(reply(content, "length"))
    assert "max_new_tokens" in caught.value.hint


def test_message_with_a_picture():
    """The data URI goes where services look for it, after the text."""
    message = chat.image_message("What is it?", "data:image/png;base64,AAAA")
    body = json.loads(chat.encode([message], "org/model", {"max_tokens": None}))
    assert set(body) == {"model", "messages"}
    text, image = body["messages"][0]["content"]
    assert text == {"type": "text", "text": "What is it?"}
    assert image["image_url"]["url"] == "data:image/png;base64,AAAA"


@pytest.mark.parametrize("value", [float("nan"), "\ud800", object()])
def test_what_json_cannot_hold(value):
    """Not a number, half a character and no JSON at all are refused before anything is sent."""
    with pytest.raises(InvalidInputError):
        chat.encode([{"role": "user", "content": value}], "m")


@pytest.mark.parametrize("answer", [{}, {"data": []}, {"data": [{}]}, {"data": [{"id": ""}]}, []])
def test_no_list_of_models(answer):
    """A list without a name is an error that the client can act on."""
    with pytest.raises(UnexpectedAnswerError):
        chat.read_model(answer)
