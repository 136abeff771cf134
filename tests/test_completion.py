"""Completion: a prompt goes out in the endpoint's own way, and its text comes back in pieces."""

from __future__ import annotations

import json

import pytest
import responses

from tasks.completion import TASK, complete
from workbench.client import EndpointClient
from workbench.errors import InterruptedStreamError, InvalidInputError
from workbench.settings import Settings

PROMPT = "Once upon a time"
TGI = "https://falcon.example"
CHAT = "https://chat.example/v1"


@pytest.fixture
def web():
    """A network on which only what a test names is there."""
    with responses.RequestsMock() as mocked:
        yield mocked


def client_at(target, variable="HF_API_FALCOM_BASE", **more):
    """A client whose completions come from *target*."""
    return EndpointClient(Settings.from_env({variable: target, **more}))


def streamed(*texts, whole=None):
    """The body of a TGI stream."""
    events = [{"token": {"text": text, "special": False}, "generated_text": None} for text in texts]
    events[-1]["generated_text"] = "".join(texts) if whole is None else whole
    return "".join(f"data:{json.dumps(event)}\n\n" for event in events)


@pytest.mark.parametrize("variable", ["HF_API_FALCOM_BASE", "HF_API_FALCON_BASE"])
def test_course_address_is_a_tgi_server(web, variable):
    """The course's variable, in its spelling or ours, names a server that streams."""
    web.post(f"{TGI}/generate_stream", body=streamed(" there", " was"))
    with client_at(TGI, variable, **{variable.replace("BASE", "KEY"): "own"}) as client:
        pieces = list(complete(PROMPT, client=client, temperature=1.0, top_p=1.0, stop=["\n"]))
    assert pieces == [" there was"]
    request = web.calls[0].request
    document = json.loads(request.body)
    assert document["inputs"] == PROMPT
    parameters = document["parameters"]
    assert (parameters["max_new_tokens"], parameters["stop"]) == (20, ["\n"])
    assert "top_p" not in parameters
    assert "seed" not in parameters
    assert request.headers["Authorization"] == "Bearer own"


def test_chat_service_gets_the_prompt_as_a_message(web):
    """Where there is only a chat, the prompt is what the user says."""
    chunk = {"choices": [{"delta": {"content": "There was."}, "finish_reason": "stop"}]}
    web.post(f"{CHAT}/chat/completions", body=f"data: {json.dumps(chunk)}\n\ndata: [DONE]\n\n")
    with client_at(f"{CHAT}#org/model") as client:
        assert list(complete(PROMPT, client=client, max_new_tokens=7)) == ["There was."]
    document = json.loads(web.calls[0].request.body)
    assert document["messages"] == [{"role": "user", "content": PROMPT}]
    assert (document["model"], document["max_tokens"]) == ("org/model", 7)


def test_embedded_writes_on(client):
    """Offline the text grows by as many tokens as are asked for; the seed is heeded."""
    stream = complete(PROMPT, client=client, max_new_tokens=6)
    pieces = list(stream)
    assert len(pieces) >= 1
    assert stream.reply.finish_reason == "length"
    assert stream.reply.tokens == 6
    texts = {
        "".join(complete(PROMPT, client=client, max_new_tokens=30, seed=seed)) for seed in range(6)
    }
    assert len(texts) > 2


@pytest.mark.parametrize(
    ("prompt", "options"),
    [
        ("", {}),
        (" \n", {}),
        (7, {}),
        (PROMPT, {"max_new_tokens": 0}),
        (PROMPT, {"max_new_tokens": 2.5}),
        (PROMPT, {"temperature": -1}),
        (PROMPT, {"temperature": "hot"}),
        (PROMPT, {"top_p": float("nan")}),
        (PROMPT, {"seed": -1}),
    ],
    ids=str,
)
def test_bad_input_is_refused_before_anything_is_sent(client, prompt, options):
    """What can't be sent is told at once, by name."""
    with client.recording() as exchanges, pytest.raises(InvalidInputError):
        complete(prompt, client=client, **options)
    assert not exchanges


def test_text_that_breaks_off_is_kept(web):
    """An end that never came is an error with what arrived."""
    web.post(
        f"{TGI}/generate_stream", body=streamed(" there", whole=None).replace('" there"}', "x")
    )
    with client_at(TGI) as client, pytest.raises(InterruptedStreamError):
        list(complete(PROMPT, client=client))


def test_task_in_words(client):
    """On the command line prompt and completion are one text; `--json` tells how it ended."""
    result = TASK.run(PROMPT, client=client, max_new_tokens=4)
    assert TASK.show(result) == PROMPT + result["completion"]
    assert (result["finish_reason"], result["tokens"]) == ("length", 4)
