"""Somebody else's client against our server: the `openai` package, unchanged."""

from __future__ import annotations

import asyncio
import time

import openai
import pytest
import requests

pytestmark = pytest.mark.server

HELLO = [{"role": "user", "content": "Hello there, friend."}]
PROMPT = "Once upon a time"
PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk"
    "+A8AAQUBAScY42YAAAAASUVORK5CYII="
)


@pytest.fixture
def at(base):
    """Make clients for a path of the server; they try once."""
    made = []

    def client(path=""):
        made.append(openai.OpenAI(base_url=f"{base}{path}/v1", api_key="any", max_retries=0))
        return made[-1]

    yield client
    for each in made:
        each.close()


def test_models_are_listed(at):
    """`models.list` gives the talkers, the default one first."""
    assert [model.id for model in at().models.list()][:2] == ["talker", "echo"]


def test_chat(at):
    """A whole reply, from the talker that `model` names, with its usage."""
    answer = at().chat.completions.create(model="echo", messages=HELLO)
    (choice,) = answer.choices
    assert (choice.message.role, choice.message.content) == ("assistant", "Hello there, friend.")
    assert (choice.finish_reason, answer.model) == ("stop", "echo")
    assert (answer.usage.prompt_tokens, answer.usage.total_tokens) == (5, 10)


def test_chat_stream(at):
    """The reply in pieces, then its reason, then what it took."""
    with at().chat.completions.create(
        model="echo", messages=HELLO, stream=True, stream_options={"include_usage": True}
    ) as stream:
        *chunks, reason, usage = stream
    assert [chunk.choices[0].delta.content for chunk in chunks] == [
        *("Hello", " there", ",", " friend", ".")
    ]
    assert {chunk.object for chunk in chunks} == {"chat.completion.chunk"}
    assert len({chunk.id for chunk in [*chunks, reason, usage]}) == 1
    assert reason.choices[0].finish_reason == "stop"
    assert (usage.choices, usage.usage.completion_tokens) == ([], 5)


def test_chat_stream_with_helpers(at):
    """The package's own gathering of a stream ends with the whole message."""
    with at().chat.completions.stream(model="echo", messages=HELLO) as stream:
        told = [event.delta for event in stream if event.type == "content.delta"]
        whole = stream.get_final_completion().choices[0].message.content
    assert "".join(told) == whole == "Hello there, friend."


def test_chat_stream_without_blocking(base):
    """The asynchronous client gets the same pieces."""

    async def talk():
        async with openai.AsyncOpenAI(base_url=f"{base}/v1", api_key="any") as client:
            stream = await client.chat.completions.create(model="echo", messages=HELLO, stream=True)
            return [chunk.choices[0].delta.content async for chunk in stream]

    assert "".join(asyncio.run(talk())) == "Hello there, friend."


def test_talker_in_the_address(at):
    """A base address with a talker's name chooses it, whatever the model is called."""
    answer = at("/models/echo").chat.completions.create(model="gpt-4o-mini", messages=HELLO)
    assert answer.choices[0].message.content == "Hello there, friend."


def test_history_and_system(at):
    """A conversation with a system message goes in; any other model name is the default."""
    messages = [
        {"role": "system", "content": "You are kind."},
        {"role": "user", "content": "My name is Ada."},
        {"role": "assistant", "content": "Hello, Ada."},
        {"role": "user", "content": "What is my name?"},
    ]
    answer = at().chat.completions.create(model="gpt-4o-mini", messages=messages)
    assert "Ada" in answer.choices[0].message.content


def test_picture_in_a_message(at):
    """Parts of text and pictures are taken."""
    parts = [
        {"type": "text", "text": "Look"},
        {"type": "image_url", "image_url": {"url": PIXEL}},
    ]
    messages = [{"role": "user", "content": parts}]
    answer = at().chat.completions.create(model="echo", messages=messages)
    assert answer.choices[0].message.content == "Look\n[1 picture]"


@pytest.mark.parametrize(
    ("options", "text", "reason"),
    [
        ({"stop": ["friend"]}, "Hello there, ", "stop"),
        ({"stop": " there"}, "Hello", "stop"),
        ({"max_tokens": 2}, "Hello there", "length"),
        ({"max_completion_tokens": 3}, "Hello there,", "length"),
    ],
    ids=str,
)
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_end_of_a_reply(at, options, text, reason, stream):
    """Stop strings and token limits end a reply, and the reason tells which."""
    create = at().chat.completions.create
    if stream:
        choices = [
            chunk.choices[0]
            for chunk in create(model="echo", messages=HELLO, stream=True, **options)
        ]
        said, ended = "".join(c.delta.content for c in choices), choices[-1].finish_reason
    else:
        (choice,) = create(model="echo", messages=HELLO, **options).choices
        said, ended = choice.message.content, choice.finish_reason
    assert (said.rstrip(), ended) == (text.rstrip(), reason)


def test_completions(at):
    """A prompt is continued, whole and in pieces."""
    answer = at().completions.create(model="any", prompt=PROMPT, max_tokens=3)
    assert (answer.choices[0].text, answer.choices[0].finish_reason) == (" a girl came", "length")
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (4, 3)
    stream = at().completions.create(model="any", prompt=PROMPT, max_tokens=3, stream=True)
    assert [chunk.choices[0].text for chunk in stream] == [" a", " girl", " came", ""]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"messages": []}, "`messages`"),
        ({"messages": [{"role": "robot", "content": "x"}]}, "robot"),
        ({"messages": HELLO, "max_tokens": 0}, "`max_tokens`"),
    ],
    ids=str,
)
def test_bad_request(at, options, told):
    """What can't be answered is the package's own error, with our words in it."""
    with pytest.raises(openai.UnprocessableEntityError) as caught:
        at().chat.completions.create(model="echo", **options)
    assert told in caught.value.message
    assert caught.value.type == "invalid_request_error"


def test_route_that_is_not_there(at):
    """What the server doesn't do is not found."""
    with pytest.raises(openai.NotFoundError):
        at().embeddings.create(model="echo", input="x")


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("bad-token", openai.AuthenticationError),
        ("forbidden", openai.PermissionDeniedError),
        ("nested-error", openai.BadRequestError),
        ("overloaded", openai.RateLimitError),
        ("busy", openai.InternalServerError),
        ("hang-up", openai.APIConnectionError),
        ("too-long", openai.UnprocessableEntityError),
        ("stream-error-first", openai.APIError),
        ("stream-error-midway", openai.APIError),
        ("stream-error-done", openai.APIError),
    ],
)
def test_faults_are_understood(at, kind, error):
    """Each fault is the error that the package has for the real thing."""
    messages = [{"role": "user", "content": "Hello there, friend. " * 30}]
    with pytest.raises(error) as caught:
        list(
            at(f"/faults/{kind}").chat.completions.create(
                model="canned", messages=messages, stream=True
            )
        )
    assert type(caught.value) is error
    assert caught.value.message


@pytest.mark.parametrize("kind", ["no-done", "split", "comments", "crlf"])
def test_harmless_faults_are_harmless(at, kind):
    """A stream that is only unusual is read to its end."""
    messages = [{"role": "user", "content": "Grüße, 世界 🐢!"}]
    client = at(f"/faults/stream-{kind}/models/echo")
    stream = client.chat.completions.create(model="echo", messages=messages, stream=True)
    assert "".join(chunk.choices[0].delta.content for chunk in stream) == "Grüße, 世界 🐢!"


def test_stream_that_is_closed_early(at, base):
    """The server sees that the caller left, long before the reply would have ended."""

    def stats():
        return requests.get(f"{base}/stats", timeout=10).json()

    before = stats()
    stream = at().chat.completions.create(
        model="echo",
        messages=HELLO,
        stream=True,
        extra_query={"tokens": 10_000, "token_delay": 0.05},
    )
    assert next(stream).choices[0].delta.content == "Hello"
    stream.close()
    until = time.monotonic() + 30
    while (after := stats())["disconnects"] == before["disconnects"]:
        assert time.monotonic() < until
        time.sleep(0.02)
    assert after["requests"] == before["requests"] + 1
    assert after["tokens_sent"] - before["tokens_sent"] < 1000
