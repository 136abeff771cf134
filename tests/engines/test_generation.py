"""The embedded engine in the dialects of Text Generation Inference and of OpenAI."""

from __future__ import annotations

import json

import pytest

from workbench.engines.embedded import respond
from workbench.engines.messages import Headers, Pause, Request

JSON = Headers({"content-type": "application/json"})
HELLO = [{"role": "user", "content": "Hello there"}]


def post(path, document, query=None):
    """The reply to a document sent as JSON."""
    return respond(Request("POST", path, query or {}, JSON, json.dumps(document).encode()))


def answer(path, document, query=None):
    """Status and JSON of the reply."""
    reply = post(path, document, query)
    return reply.status, json.loads(reply.body)


def events(reply):
    """The data of the events of a stream, pauses left out."""
    body = b"".join(piece for piece in reply.body if isinstance(piece, bytes)).decode()
    assert reply.headers["content-type"].startswith("text/event-stream")
    return [event.removeprefix("data: ") for event in body.split("\n\n") if event]


def test_generate_answers_an_object():
    """`/generate` continues the prompt and does not repeat it."""
    asked = {"inputs": "Once upon a time", "parameters": {"max_new_tokens": 5, "details": True}}
    status, document = answer("/generate", asked)
    details = document["details"]
    assert status == 200
    assert document["generated_text"] == "".join(token["text"] for token in details["tokens"])
    assert (details["finish_reason"], details["generated_tokens"]) == ("length", 5)


def test_root_answers_a_list_with_the_prompt():
    """`/` answers as the first versions did: a list, the prompt in front unless told otherwise."""
    asked = {"inputs": "Once upon a time", "parameters": {"max_new_tokens": 3}}
    _, (document,) = answer("/", asked)
    assert document["generated_text"].startswith("Once upon a time a ")
    asked["parameters"]["return_full_text"] = False
    _, (document,) = answer("/", asked)
    assert document["generated_text"].startswith(" a ")


def test_stream_ends_with_the_whole_text():
    """Each token is an event, the last one with the whole text and the details."""
    asked = {"inputs": "Once upon a time", "parameters": {"max_new_tokens": 4, "details": True}}
    *others, last = map(json.loads, events(post("/generate_stream", asked)))
    assert [event["generated_text"] for event in others] == [None] * 3
    tokens = "".join(event["token"]["text"] for event in [*others, last])
    assert last["generated_text"] == tokens
    assert last["details"]["generated_tokens"] == 4


def test_root_streams_when_the_body_says():
    """`stream` in the body of `/` makes it a stream."""
    asked = {"inputs": "Once", "parameters": {"max_new_tokens": 2}, "stream": True}
    assert len(events(post("/", asked))) == 2


def test_stop_string_stays_in_the_text():
    """As TGI has it, the text ends with the stop string that ended it."""
    prompt = "User: Hi there. Bye.\nAssistant:"
    asked = {"inputs": prompt, "parameters": {"stop": ["there"], "details": True}}
    _, document = answer("/models/echo/generate", asked)
    assert document["generated_text"] == " Hi there"
    assert document["details"]["finish_reason"] == "stop_sequence"


@pytest.mark.parametrize(
    ("parameters", "told"),
    [
        ({"temperature": 0}, "`temperature` must be strictly positive"),
        ({"top_p": 1.0}, "`top_p` must be > 0.0 and < 1.0"),
        ({"top_k": 0}, "`top_k` must be strictly positive"),
        ({"repetition_penalty": 0}, "`repetition_penalty` must be strictly positive"),
        ({"max_new_tokens": 0}, "`max_new_tokens` must be strictly positive"),
        ({"stop": list("abcde")}, "`stop` supports up to 4 stop sequences. Given: 5"),
        ({"best_of": 3}, "`best_of` must be > 0 and <= 2"),
        ({"best_of": 2, "seed": 1}, "`seed` must not be set when `best_of` > 1"),
        ({"max_new_tokens": 10**6}, "`inputs` tokens + `max_new_tokens` must be <="),
        ({"truncate": 0}, "`truncate` must be strictly positive"),
    ],
    ids=str,
)
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_values_that_cannot_be_met(parameters, told, stream):
    """422 with an error type; a stream has it as its only event, with status 200."""
    if stream and "seed" in parameters:
        told = "`best_of` != 1 is not supported when streaming tokens"
    asked = {"inputs": "Once", "parameters": parameters}
    reply = post("/generate_stream" if stream else "/generate", asked)
    assert reply.status == (200 if stream else 422)
    document = json.loads(events(reply)[0] if stream else reply.body)
    assert told in document["error"]
    assert document["error_type"] == "validation"


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ({}, "missing field `inputs`"),
        ({"inputs": 1}, "inputs: invalid type"),
        ({"inputs": "x", "parameters": []}, "parameters: invalid type"),
        ({"inputs": "x", "parameters": {"temperature": "hot"}}, "parameters.temperature"),
        ({"inputs": "x", "parameters": {"seed": -1}}, "parameters.seed"),
        ({"inputs": "x", "parameters": {"stop": "x"}}, "parameters.stop"),
        ({"inputs": "x", "parameters": {"details": 1}}, "parameters.details"),
    ],
    ids=str,
)
def test_wrong_types_are_told_in_plain_text(document, told):
    """A value of the wrong type is 422 in plain text, also where a stream was asked for."""
    for path in ("/generate", "/generate_stream"):
        reply = post(path, document)
        assert (reply.status, reply.headers["content-type"][:10]) == (422, "text/plain")
        assert told in reply.body.decode()


def test_requests_that_are_none():
    """No JSON type, a body over 2 MB, and no JSON at all have statuses of their own."""
    assert respond(Request("POST", "/generate", body=b"{}")).status == 415
    assert respond(Request("POST", "/generate", {}, JSON, b"{")).status == 400
    assert post("/generate", {"inputs": "x" * 2_000_001}).status == 413


def test_chat_answers_as_openai_does():
    """A conversation is answered by the talker that `model` names."""
    status, document = answer("/v1/chat/completions", {"model": "echo", "messages": HELLO})
    (choice,) = document["choices"]
    assert status == 200
    assert choice["message"] == {"role": "assistant", "content": "Hello there"}
    assert (choice["finish_reason"], document["model"]) == ("stop", "echo")
    assert document["usage"] == {"prompt_tokens": 2, "completion_tokens": 2, "total_tokens": 4}


def test_chat_streams():
    """Chunks with the pieces, the reason in one of its own, usage if asked for, then the end."""
    asked = {"model": "echo", "messages": HELLO, "stream": True}
    *chunks, reason, end = events(post("/v1/chat/completions", asked))
    said = [json.loads(chunk)["choices"][0]["delta"]["content"] for chunk in chunks]
    assert said == ["Hello", " there"]
    assert json.loads(reason)["choices"][0]["finish_reason"] == "stop"
    assert end == "[DONE]"
    asked["stream_options"] = {"include_usage": True}
    *_, usage, _ = events(post("/v1/chat/completions", asked))
    assert json.loads(usage)["usage"]["completion_tokens"] == 2


@pytest.mark.parametrize(
    "path", ["/models/echo/v1/chat/completions", "/hf-inference/models/echo/v1/chat/completions"]
)
def test_talker_is_named_in_the_path(path):
    """The id in the path goes before the model in the body."""
    _, document = answer(path, {"model": "x", "messages": HELLO})
    assert document["choices"][0]["message"]["content"] == "Hello there"


def test_any_other_model_is_the_default():
    """A model that isn't there is answered by the companion, which says what it is."""
    reply = post("/v1/chat/completions", {"model": "org/model", "messages": HELLO})
    assert reply.headers["x-workbench-engine"] == "embedded; rule-based talker"


def test_completions_continue():
    """`/v1/completions` writes on from a prompt."""
    asked = {"prompt": "Once upon a time", "max_tokens": 3}
    _, document = answer("/v1/completions", asked)
    assert document["choices"][0]["text"] == " a girl came"
    assert document["choices"][0]["finish_reason"] == "length"


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"messages": []},
        {"messages": [{"role": "robot", "content": "x"}]},
        {"messages": [{"role": "system", "content": "x"}]},
        {"messages": HELLO, "max_tokens": 0},
        {"messages": HELLO, "max_tokens": "many"},
        {"messages": HELLO, "stop": 7},
        {"messages": HELLO, "model": 7},
    ],
    ids=str,
)
def test_chat_that_cannot_be_answered(document):
    """What is no conversation is 422 with the reason."""
    status, told = answer("/v1/chat/completions", document)
    assert status == 422
    assert told["error"]["message"]
    assert told["error"]["type"] == "invalid_request_error"


def test_models_and_facts_are_listed():
    """The talkers, the default first; and the limits."""
    listed = json.loads(respond(Request("GET", "/v1/models")).body)
    assert [model["id"] for model in listed["data"]][:2] == ["talker", "echo"]
    assert json.loads(respond(Request("GET", "/info")).body)["max_stop_sequences"] == 4


def test_pace_and_length_are_settable():
    """A test may ask for so many tokens, and so much time between them."""
    reply = post("/generate_stream", {"inputs": "x"}, {"token_delay": "0.02", "tokens": "50"})
    pieces = list(reply.body)
    assert pieces.count(Pause(0.02)) == 50
    assert sum(isinstance(piece, bytes) for piece in pieces) == 50
    slow = post("/v1/chat/completions", {"model": "echo", "messages": HELLO, "stream": True})
    assert Pause(0.05) in list(slow.body)
    status, told = answer("/generate", {"inputs": "x"}, {"token_delay": "60"})
    assert (status, "token_delay" in told["error"]) == (400, True)


def test_what_was_served_is_counted():
    """Requests, tokens, and streams that were left before their end."""

    def stats():
        return json.loads(respond(Request("GET", "/stats")).body)

    before = stats()
    asked = {"inputs": "x", "stream": True}
    list(post("/", asked, {"tokens": "5"}).body)
    left = post("/", asked, {"tokens": "5"}).body
    next(left)
    next(left)
    left.close()
    after = stats()
    counted = {name: after[name] - before[name] for name in after}
    assert counted == {"requests": 2, "tokens_sent": 6, "disconnects": 1}
