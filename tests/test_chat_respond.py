"""Chat: what is sent for a conversation on each wire, and what comes back piece by piece."""

from __future__ import annotations

import json
import threading

import pytest
import responses
from internet import Server

from tasks.chat import GO_ON, TASK, read_history, respond
from workbench.chat import Message
from workbench.client import EndpointClient
from workbench.errors import (
    ConfigurationError,
    FailedError,
    InterruptedStreamError,
    InvalidInputError,
    StoppedError,
    TooLongError,
)
from workbench.settings import Settings

TGI, CHAT = "https://falcon.example", "https://chat.example/v1"
PIXEL = "data:image/png;base64,AAAA"
TALK = [Message("user", "Hi"), Message("assistant", "Hello!")]
LONG = [Message(role, f"{role} {n}") for n in range(4) for role in ("user", "assistant")]
FULL = "This model's maximum context length is 4096 tokens."


@pytest.fixture
def web():
    """A network on which only what a test names is there."""
    with responses.RequestsMock() as mocked:
        yield mocked


@pytest.fixture
def server():
    """A server on this machine."""
    server = Server()
    yield server
    server.close()


def client_of(name, env=None, **models):
    """A client that talks to the chat model *name*, the table of which holds *models* too."""
    env = {"HF_API_FALCOM_BASE": TGI, "HF_API_STARCHAT_BASE": TGI, **(env or {})}
    models = {"there": {"target": f"{CHAT}#org/model"}, **models}
    settings = Settings.from_env(env, {"chat": {"models": models}})
    return EndpointClient(settings).using(name)


def tokens(*texts, whole=None):
    """The body of a TGI stream."""
    events = [{"token": {"text": text, "special": False}, "generated_text": None} for text in texts]
    events[-1]["generated_text"] = "".join(texts) if whole is None else whole
    return "".join(f"data:{json.dumps(event)}\n\n" for event in events)


def chunks(*texts, reason="stop"):
    """The body of a chat's stream."""
    events = [{"choices": [{"delta": {"content": text}, "finish_reason": None}]} for text in texts]
    events[-1]["choices"][0]["finish_reason"] = reason
    return "".join(f"data: {json.dumps(event)}\n\n" for event in events) + "data: [DONE]\n\n"


def sent(web, number=-1):
    """The document of a request."""
    return json.loads(web.calls[number].request.body)


def chat_sent(web, message, history=(), client=None, **options):
    """What goes out over the wire `chat`, after a reply was read."""
    web.post(f"{CHAT}/chat/completions", body=chunks("Yes."))
    assert "".join(respond(message, history, client=client or client_of("there"), **options))
    return sent(web)


def tgi_sent(web, message, history=(), name="falcon", **options):
    """What goes out over the wire `tgi`, after a reply was read."""
    web.post(f"{TGI}/generate_stream", body=tokens(" Yes."))
    assert "".join(respond(message, history, client=client_of(name), **options)) == "Yes."
    return sent(web)


@pytest.mark.parametrize(
    "history",
    [
        TALK,
        [["Hi", "Hello!"]],
        [("Hi", "Hello!")],
        [["Hi", None], [None, "Hello!"]],
        [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!"}],
        [
            {"role": "user", "content": [{"type": "text", "text": "Hi"}]},
            {"role": "assistant", "content": [{"type": "text", "text": "Hello!"}], "metadata": {}},
            {"role": "assistant", "content": "Hm.", "metadata": {"title": "Thoughts"}},
        ],
        [Message("user", "Hi"), {"role": "assistant", "content": "Hello!"}],
        [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": None}, TALK[1]],
    ],
    ids=["messages", "lists", "tuples", "open pairs", "OpenAI", "Gradio", "mixed", "a null"],
)
def test_every_shape_of_history(history):
    """What was said comes out the same, however it was kept."""
    assert read_history(history) == TALK


def test_pictures_and_developers_of_openai():
    """A picture by data URI is one, and a developer message a system message."""
    parts = [{"type": "text", "text": "What?"}, {"type": "image_url", "image_url": {"url": PIXEL}}]
    said = [{"role": "developer", "content": "Be kind."}, {"role": "user", "content": parts}]
    assert read_history(said) == [Message("system", "Be kind."), Message("user", "What?", (PIXEL,))]


@pytest.mark.parametrize(
    "history",
    [
        None,
        "Hi",
        7,
        {"role": "user", "content": "Hi"},
        ["Hi"],
        [None],
        [["Hi"]],
        [["Hi", 7]],
        [{"role": "tool", "content": "Hi"}],
    ],
    ids=repr,
)
def test_no_history_is_lost_in_silence(history):
    """What is no conversation is refused."""
    with pytest.raises(InvalidInputError):
        read_history(history)


@pytest.mark.parametrize(
    ("system", "history", "first"),
    [
        (None, TALK, []),
        ("Be kind.", TALK, ["Be kind."]),
        ("Be kind.", [Message("system", "Old."), *TALK], ["Be kind."]),
        (None, [Message("system", "Old."), *TALK], ["Old."]),
        (" ", [Message("system", "Old."), *TALK], ["Old."]),
    ],
)
def test_system_message(web, system, history, first):
    """It goes first, and in place of the one that the history has."""
    messages = chat_sent(web, "Why?", history, system=system)["messages"]
    said = [("system", text) for text in first]
    said += [("user", "Hi"), ("assistant", "Hello!"), ("user", "Why?")]
    assert [(each["role"], each["content"]) for each in messages] == said


@pytest.mark.parametrize(
    ("system", "told"), [(None, ["Of its own."]), ("Mine.", ["Mine."]), ("", [])]
)
def test_system_message_of_the_model(web, system, told):
    """A model's own holds unless another is given, an empty one too."""
    client = client_of("own", own={"target": f"{CHAT}#m", "system": "Of its own."})
    messages = chat_sent(web, "Hi", client=client, system=system)["messages"]
    assert [each["content"] for each in messages if each["role"] == "system"] == told


def test_defaults_on_chat(web):
    """What a person leaves alone is what the signature says, under the service's names."""
    document = chat_sent(web, "Hi")
    assert document == {
        "model": "org/model",
        "messages": [{"role": "user", "content": "Hi"}],
        "temperature": 0.7,
        "max_tokens": 1024,
        "stream": True,
    }


def test_defaults_on_tgi(web):
    """A TGI server is told to sample, and where its template ends a turn."""
    document = tgi_sent(web, "Hi")
    assert document["inputs"] == "User: Hi\n\nAssistant:"
    assert document["parameters"] == {
        "temperature": 0.7,
        "max_new_tokens": 1024,
        "do_sample": True,
        "stop": ["\nUser:", "<|endoftext|>"],
        "details": True,
        "return_full_text": False,
    }


OPTIONS = {"max_new_tokens": 9, "top_p": 0.5, "repetition_penalty": 1.2, "seed": 7}


def test_options(web):
    """Each option goes out on each wire; None leaves it to the service."""
    document = chat_sent(web, "Hi", temperature=None, stop="##", **OPTIONS)
    assert document["stop"] == ["##"]
    assert "temperature" not in document
    assert [document[name] for name in ("max_tokens", "top_p", "repetition_penalty", "seed")] == [
        9,
        0.5,
        1.2,
        7,
    ]
    parameters = tgi_sent(web, "Hi", temperature=None, stop=["##"], **OPTIONS)["parameters"]
    assert parameters.items() >= OPTIONS.items()
    assert parameters["stop"] == ["\nUser:", "<|endoftext|>", "##"]
    assert "temperature" not in parameters


@pytest.mark.parametrize(
    ("name", "prompt"),
    [
        ("falcon", "Be kind.\n\nUser: Hi\n\nAssistant: Hello!\n\nUser: Why?\n\nAssistant:"),
        ("falcon-course", "System:Be kind.\nUser: Hi\nAssistant: Hello!\nUser: Why?\nAssistant:"),
        (
            "starchat",
            "<|system|>\nBe kind.<|end|>\n<|user|>\nHi<|end|>\n<|assistant|>\nHello!<|end|>\n"
            "<|user|>\nWhy?<|end|>\n<|assistant|>",
        ),
    ],
)
def test_each_model_has_its_template(web, name, prompt):
    """The conversation is written as the model was trained on it."""
    assert tgi_sent(web, "Why?", TALK, name, system="Be kind.")["inputs"] == prompt


@pytest.mark.parametrize("name", ["falcon", "starchat"])
def test_reply_ends_before_the_next_turn(web, name):
    """Stops of the template and a person's own are cut here, however the pieces are cut."""
    end = {"falcon": ("\nUs", "er: and"), "starchat": ("<|e", "nd|>\n")}[name]
    for pieces in ((" Yes", *end), (" Yes", "#", "# no")):
        web.post(f"{TGI}/generate_stream", body=tokens(*pieces))
    for _ in range(2):
        response = respond("Hi", client=client_of(name), stop=["##"])
        assert "".join(response) == "Yes"
        assert response.reply.finish_reason == "stop_sequence"


def test_more_stops_than_a_service_takes(web):
    """Those that aren't sent are cut all the same."""
    web.post(f"{TGI}/generate_stream", body=tokens(" a", "5", " b"))
    stops = [str(number) for number in range(9)]
    assert "".join(respond("Hi", client=client_of("falcon"), stop=stops)) == "a"
    assert len(sent(web)["parameters"]["stop"]) == 4


def test_leading_space(web):
    """The space that a reply to a template begins with is not shown, those inside are."""
    web.post(f"{TGI}/generate_stream", body=tokens("\n", " ", " Yes", " it is"))
    web.post(f"{CHAT}/chat/completions", body=chunks(" \n", " Yes"))
    assert "".join(respond("Hi", client=client_of("falcon"))) == "Yes it is"
    assert "".join(respond("Hi", client=client_of("there"))) == "Yes"


def test_continuation_on_tgi(web):
    """A reply that broke off is the end of the prompt; its continuation keeps its space."""
    web.post(f"{TGI}/generate_stream", body=tokens(" there", "!"))
    talk = [Message("user", "Hi"), Message("assistant", "Hello")]
    response = respond(None, talk, client=client_of("falcon"))
    assert "".join(response) == " there!"
    assert response.text == " there!"
    assert sent(web)["inputs"] == "User: Hi\n\nAssistant: Hello"


@pytest.mark.parametrize(
    ("before", "pieces", "text"),
    [
        ("Hello", ("there", "!"), " there!"),
        ("Hello ", ("there",), "there"),
        ("Hello\n", ("there",), "there"),
        ("Hello", (" there",), " there"),
        ("Hello", (", you",), ", you"),
        ("Hello", ("!",), "!"),
    ],
)
def test_continuation_on_chat(web, before, pieces, text):
    """A service that only replies is asked to go on; a blank joins what it forgot to part."""
    web.post(f"{CHAT}/chat/completions", body=chunks(*pieces))
    talk = [Message("user", "Hi"), Message("assistant", before)]
    response = respond(None, talk, client=client_of("there"))
    assert "".join(response) == text
    assert response.text == response.result["reply"] == text
    assert sent(web)["messages"][1:] == [
        {"role": "assistant", "content": before},
        {"role": "user", "content": GO_ON},
    ]


@pytest.mark.parametrize("name", ["talker", "echo", "canned", "agree", "yes-no"])
def test_continuation_embedded(name):
    """A talker of ours goes on by itself, where its reply ended."""
    client = client_of(name)
    said = "Tell me what you can do"
    whole = "".join(respond(said, client=client))
    before = whole[: len(whole) // 2]
    rest = respond(None, [Message("user", said), Message("assistant", before)], client=client)
    assert before + "".join(rest) == whole


def test_answered_as_it_stands(web):
    """Without a message, the last of the history is answered; neighbours of a role are one."""
    talk = [Message("user", "Hi"), Message("user", "Are you there?")]
    messages = chat_sent(web, None, talk)["messages"]
    assert messages == [{"role": "user", "content": "Hi\nAre you there?"}]


@pytest.mark.parametrize(
    ("call", "match"),
    [
        ({"message": ""}, "empty"),
        ({"message": 7}, "text"),
        ({"message": None}, "no message"),
        ({"message": None, "history": [Message("assistant", "Hi")]}, "no message"),
        ({"system": 7}, "text"),
        ({"temperature": -1}, "temperature"),
        ({"temperature": "hot"}, "temperature"),
        ({"top_p": 0}, "top_p"),
        ({"top_p": float("nan")}, "top_p"),
        ({"max_new_tokens": 0}, "max_new_tokens"),
        ({"repetition_penalty": 0}, "repetition_penalty"),
        ({"seed": 0.5}, "seed"),
        ({"stop": [7]}, "stop"),
        ({"rounds": 0}, "rounds"),
        ({"history_tokens": 0}, "tokens"),
    ],
    ids=str,
)
def test_refused_before_anything_is_sent(client, call, match):
    """What can't be sent is told at once, by name."""
    with client.recording() as exchanges, pytest.raises(InvalidInputError, match=match):
        respond(**{"message": "Hi", "client": client, **call})
    assert not exchanges


def test_model_that_can_not_answer():
    """What is missing is said before anything is sent."""
    with pytest.raises(ConfigurationError) as caught:
        respond("Hi", client=EndpointClient(Settings()).using("qwen"))
    assert caught.value.hint == "Set DASHSCOPE_API_KEY."


def test_window(web):
    """The newest rounds are sent, and how many messages were not is told."""
    web.post(f"{CHAT}/chat/completions", body=chunks("Yes."))
    response = respond("Last", LONG, client=client_of("there"), system="Be kind.", rounds=2)
    list(response)
    said = [each["content"] for each in sent(web)["messages"]]
    assert said == ["Be kind.", "user 3", "assistant 3", "Last"]
    assert response.dropped == response.result["dropped_messages"] == 6


def too_long(web, times):
    """A chat that finds so many conversations too long, and replies to the next."""
    for _ in range(times):
        web.post(f"{CHAT}/chat/completions", status=400, json={"error": {"message": FULL}})
    web.post(f"{CHAT}/chat/completions", body=chunks("Yes."))


def test_too_long_is_tried_once_more(web):
    """The older half goes, the system message stays, and the person is told."""
    too_long(web, 1)
    response = respond("Last", LONG, client=client_of("there"), system="Be kind.")
    assert "".join(response) == "Yes."
    assert response.dropped == 6
    first, second = ([m["content"] for m in sent(web, n)["messages"]] for n in range(2))
    assert len(first) == 10
    assert second == ["Be kind.", "user 3", "assistant 3", "Last"]


@pytest.mark.parametrize(("history", "calls"), [(LONG, 2), ([], 1)], ids=["long", "one message"])
def test_too_long_ends(history, calls):
    """There is no third try, and none where nothing can be left out."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as web:
        too_long(web, calls)
        response = respond("Last", history, client=client_of("there"))
        with pytest.raises(TooLongError):
            list(response)
        assert len(web.calls) == calls
        assert list(response) == []


def test_too_long_after_text_came(web):
    """What was shown is not said twice: the error stands, with the text."""
    event = json.dumps({"choices": [{"delta": {"content": "Well"}}]})
    error = json.dumps({"error": {"message": FULL}})
    web.post(f"{CHAT}/chat/completions", body=f"data: {event}\n\ndata: {error}\n\n")
    response = respond("Last", LONG, client=client_of("there"))
    with pytest.raises(TooLongError):
        list(response)
    assert (response.text, response.dropped, len(web.calls)) == ("Well", 0, 1)


@pytest.mark.parametrize(
    "body",
    [
        chunks("Well", " now").replace('"stop"', "null"),
        chunks("Well", " now").partition("data: [DONE]")[0].replace('"stop"', "null"),
        chunks("Well", " now").partition(' now"')[0],
    ],
    ids=["no reason to end", "no end", "within an event"],
)
def test_breaking_off(web, body):
    """A reply that breaks off is an error, and what arrived is kept."""
    web.post(f"{CHAT}/chat/completions", body=body)
    response = respond("Hi", client=client_of("there"))
    with pytest.raises(InterruptedStreamError) as caught:
        list(response)
    assert response.text == caught.value.partial
    assert response.text.startswith("Well")
    assert response.reply is None


def stream_head(caller):
    """Begin a stream without an end."""
    caller.send_response(200)
    caller.send_header("Content-Type", "text/event-stream")
    caller.send_header("Transfer-Encoding", "chunked")
    caller.end_headers()
    caller.close_connection = True


class Stalling:
    """Answers as its script says, then waits until the caller is gone."""

    def __init__(self, *script):
        self.script = list(script)
        self.asked, self.gone = threading.Semaphore(0), threading.Event()

    def __call__(self, caller):
        turn = self.script.pop(0)
        if turn == "too long":
            caller.answer(400, json.dumps({"error": {"message": FULL}}).encode())
            return
        if turn is not None:
            stream_head(caller)
            caller.wfile.write(b"%x\r\n%s\r\n" % (len(turn), turn.encode()) if turn else b"")
        self.asked.release()
        caller.connection.settimeout(10)
        if not caller.connection.recv(1):
            self.gone.set()


BEGUN = 'data: {"choices": [{"delta": {"content": "Well"}}]}\n\n'


@pytest.mark.parametrize(
    ("script", "text"),
    [
        ([None], ""),
        ([""], ""),
        ([BEGUN], "Well"),
        (["too long", None], ""),
        (["too long", BEGUN], "Well"),
    ],
    ids=["before the head", "before a piece", "midway", "second try", "midway in the second try"],
)
def test_close_from_another_thread(server, script, text):
    """Whatever the reply is at, closing ends it here and the service sees it within 0.5 s."""
    stalling = server.paths["/v1/chat/completions"] = Stalling(*script)
    client = client_of("mine", mine={"target": f"{server.url}/v1#m"})
    response = respond("Last", LONG, client=client)

    def close():
        assert stalling.asked.acquire(timeout=5)
        while response.text != text:
            pass
        response.close()

    closing = threading.Thread(target=close)
    closing.start()
    with pytest.raises(StoppedError):
        list(response)
    assert stalling.gone.wait(0.5)
    closing.join()
    assert response.text == text
    assert len(server.requests) == len(script)


def test_close_between_the_tries(server):
    """Closed after the first try was refused, nothing more is sent."""
    client = client_of("mine", mine={"target": f"{server.url}/v1#m"})
    full = json.dumps({"error": {"message": FULL}}).encode()
    server.paths["/v1/chat/completions"] = lambda caller: caller.answer(400, full)
    response = respond("Last", LONG, client=client)
    start = response._start

    def closed_meanwhile(messages):
        response.close()
        return start(messages)

    response._start = closed_meanwhile
    with pytest.raises(StoppedError):
        list(response)
    assert len(server.requests) == 1


def test_closed_before_it_was_begun(server):
    """Nothing is sent for a reply that nobody reads."""
    client = client_of("mine", mine={"target": f"{server.url}/v1#m"})
    with respond("Hi", client=client) as response:
        pass
    assert list(response) == []
    assert server.requests == []


def test_nothing_is_sent_until_asked_for(web):
    """The conversation leaves with the first piece, not before."""
    web.post(f"{CHAT}/chat/completions", body=chunks("Yes."))
    response = respond("Hi", client=client_of("there"))
    assert len(web.calls) == 0
    assert next(response) == "Yes."
    assert len(web.calls) == 1


@pytest.mark.parametrize("name", ["echo", "falcon", "starchat", "blind"])
def test_pictures_are_refused(name):
    """A model that sees none says so before anything is sent."""
    client = client_of(name, blind={"target": f"{CHAT}#m", "sees": False})
    with pytest.raises(InvalidInputError, match=f"{name} reads text"):
        respond(Message("user", "What is it?", (PIXEL,)), client=client)


@pytest.mark.parametrize("name", ["there", "seeing"])
def test_pictures_are_sent(web, name):
    """A model that sees them, or may, gets them."""
    client = client_of(name, seeing={"target": f"{CHAT}#m", "sees": True})
    (message,) = chat_sent(web, Message("user", "What?", (PIXEL,)), client=client)["messages"]
    assert message["content"] == [
        {"type": "text", "text": "What?"},
        {"type": "image_url", "image_url": {"url": PIXEL}},
    ]


def test_earlier_pictures_are_mentioned(web):
    """Talking on with a model that sees none, an earlier picture is a word."""
    talk = [Message("user", "What is it?", (PIXEL,)), Message("assistant", "A dog.")]
    client = client_of("blind", blind={"target": f"{CHAT}#m", "sees": False})
    messages = chat_sent(web, "Sure?", talk, client=client)["messages"]
    assert messages[0]["content"] == "[picture]\nWhat is it?"
    assert "[picture]" in tgi_sent(web, "Sure?", talk)["inputs"]


def test_error_in_the_stream_is_one(web):
    """A failure told inside a stream of status 200 is a failure."""
    web.post(f"{CHAT}/chat/completions", body='data: {"error": {"message": "broke"}}\n\n')
    with pytest.raises(FailedError):
        list(respond("Hi", client=client_of("there")))


def test_facts(web):
    """At its end the reply tells who spoke, why it ended, and what it thought."""
    body = chunks("<think>Hm.</think>", "Yes", reason="length")
    web.post(f"{CHAT}/chat/completions", body=body)
    result = TASK.run("Hi", client=client_of("there"))
    assert result == {
        "model": "there",
        "reply": "Yes",
        "thoughts": "Hm.",
        "finish_reason": "length",
        "tokens": None,
        "dropped_messages": 0,
    }
    assert TASK.show(result) == "Yes"
