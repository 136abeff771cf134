"""Faults of streams, as values: what is sent, piece by piece, on every route that streams.

How a client takes them, over a socket, is in test_every_fault.py.
"""

from __future__ import annotations

import json

import pytest

from workbench.engines.embedded import respond
from workbench.engines.faults import Faults
from workbench.engines.messages import Headers, Pause, Reply, Request

JSON = Headers({"content-type": "application/json"})
WORDS = "Grüße, 世界 🐢!"
TOKENS = ["Grüße", ",", " 世", "界", " 🐢", "!"]
PROMPT = f"User: {WORDS}\nAssistant:"
ROUTES = {
    "/generate_stream": {"inputs": PROMPT},
    "/": {"inputs": PROMPT, "stream": True},
    "/v1/chat/completions": {"messages": [{"role": "user", "content": WORDS}], "stream": True},
    "/v1/completions": {"prompt": PROMPT, "stream": True},
}
OPENAI = {"/v1/chat/completions", "/v1/completions"}

SPOILED = {
    "stream-error-first": ([], 1),
    "stream-error-midway": (TOKENS[:2], 1),
    "stream-error-done": (TOKENS[:2], 1),
    "stream-cut": (TOKENS[:2], 0),
    "stream-cut-event": (TOKENS[:2], 0),
    "stream-unfinished": (TOKENS[:2], 0),
}
"""Kind -> the tokens that are sent, and how many errors."""
COMPLETE = {f"stream-{name}" for name in ("stall", "late", "no-done", "split", "comments", "crlf")}
BROKEN = {"stream-cut", "stream-cut-event"}

every_route = pytest.mark.parametrize("route", ROUTES)


def ask(kind, route, document=None, **query):
    """The reply of the talker `echo`, spoiled."""
    path = f"/faults/{kind}/models/echo{route}"
    body = json.dumps(ROUTES[route] if document is None else document).encode()
    return Faults(respond)(Request("POST", path, query, JSON, body))


def sent(reply):
    """The bytes of a stream, and whether the connection broke."""
    body = b""
    try:
        for piece in reply.body:
            body += b"" if isinstance(piece, Pause) else piece
    except ConnectionAbortedError:
        return body, True
    return body, False


def events(body):
    """The data of the finished events, in lines that end in any way."""
    *finished, _ = body.replace(b"\r\n", b"\n").split(b"\n\n")
    told = [event for event in finished if not event.startswith(b":")]
    return [event.removeprefix(b"data:").strip().decode() for event in told]


def text(event):
    """The token in an event of either dialect, None in one without."""
    if "token" in event:
        return event["token"]["text"]
    for choice in event.get("choices", ()):
        return choice.get("text", choice.get("delta", {}).get("content")) or None
    return None


def tokens(told):
    """Every token of the events, the space before the first left out."""
    said = [text(json.loads(event)) for event in told if event != "[DONE]"]
    said = [token for token in said if token is not None]
    return said[1:] if said[:1] == [" "] else [said[0].lstrip(), *said[1:]] if said else []


@every_route
@pytest.mark.parametrize("kind", SPOILED)
def test_stream_begins_well_and_goes_wrong(kind, route):
    """Some tokens, never the last event; then an error, a break, or nothing."""
    reply = ask(kind, route)
    body, broken = sent(reply)
    expected, errors = SPOILED[kind]
    told = events(body)
    documents = [json.loads(event) for event in told if event != "[DONE]"]
    assert reply.status == 200
    assert reply.headers["content-type"].startswith("text/event-stream")
    assert tokens(told) == expected
    assert sum("error" in document for document in documents) == errors
    assert len(documents) == len(expected) + errors
    assert broken == (kind in BROKEN)
    assert ("[DONE]" in told) == (kind == "stream-error-done")
    assert body.endswith(b"\n\n") != (kind == "stream-cut-event")


@every_route
@pytest.mark.parametrize("kind", sorted(COMPLETE))
def test_harmless_stream_is_complete(kind, route):
    """Every token arrives, and the event that ends a reply of this dialect."""
    body, broken = sent(ask(kind, route, seconds="0.01"))
    told = events(body)
    assert tokens(told) == TOKENS
    assert not broken
    last = json.loads(told[-1] if told[-1] != "[DONE]" else told[-2])
    if route in OPENAI:
        assert last["choices"][0]["finish_reason"] == "stop"
        assert (told[-1] == "[DONE]") == (kind != "stream-no-done")
    else:
        assert last["generated_text"].endswith(WORDS)


@pytest.mark.parametrize("kind", ["stream-error-midway", "stream-error-done"])
@every_route
def test_error_has_the_shape_of_the_route(kind, route):
    """TGI's error with its type; under /v1 a provider's object, or that of TGI's chat."""
    told = [event for event in events(sent(ask(kind, route))[0]) if "error" in event]
    error = json.loads(told[0])
    if route not in OPENAI:
        assert error["error_type"] == "generation"
    elif kind == "stream-error-done":
        assert error["error"]["http_status_code"] == 422
    else:
        assert error["error"]["type"] == "server_error"


@pytest.mark.parametrize(("route", "sent_first"), [("/generate_stream", 0), ("/v1/completions", 1)])
@pytest.mark.parametrize("kind", SPOILED)
def test_short_reply_is_not_complete_before_it_is_spoiled(kind, route, sent_first):
    """A reply of one token is spoiled before the event that completes it."""
    document = {**ROUTES[route], "parameters": {"max_new_tokens": 1}, "max_tokens": 1}
    told = events(sent(ask(kind, route, document))[0])
    assert len(tokens(told)) == (0 if kind == "stream-error-first" else sent_first)
    assert not any('"finish_reason": "' in event for event in told)


def test_characters_are_cut():
    """Packets are of one to five bytes, and some hold only a part of a character."""
    pieces = [p for p in ask("stream-split", "/").body if isinstance(p, bytes)]
    assert {len(piece) for piece in pieces} == {1, 2, 3, 4, 5}
    with pytest.raises(UnicodeDecodeError):
        b"\n".join(pieces).decode()


def test_lines_and_comments_are_unusual():
    """CR LF without a space after the colon; a comment before each event."""
    lines, _ = sent(ask("stream-crlf", "/"))
    assert lines.count(b"\n") == lines.count(b"\r\n") == 2 * len(events(lines))
    assert lines.count(b"data:{") == len(events(lines))
    assert b"data: " not in lines
    comments, _ = sent(ask("stream-comments", "/"))
    assert comments.count(b": keep-alive\n\n") == len(events(comments))


@pytest.mark.parametrize(("kind", "before"), [("stream-stall", 2), ("stream-late", 0)])
def test_silence_lasts_as_long_as_asked(kind, before):
    """So many events, pauses that add up to the seconds, and the rest."""
    body = ask(kind, "/", seconds="1", token_delay="0").body
    pieces = [piece for piece in body if piece != Pause(0)]
    silence = [piece for piece in pieces if isinstance(piece, Pause)]
    assert pieces.index(silence[0]) == before
    assert pieces[before : before + len(silence)] == silence
    assert sum(pause.seconds for pause in silence) == pytest.approx(1)


@pytest.mark.parametrize("kind", ["stream-stall", "stream-late"])
def test_caller_who_leaves_in_a_silence_is_counted(kind):
    """Closing the spoiled stream closes the engine's own, which counts it."""

    def disconnects():
        return json.loads(respond(Request("GET", "/stats")).body)["disconnects"]

    before = disconnects()
    body = ask(kind, "/", seconds="60", token_delay="0").body
    while next(body) != Pause(0.05):
        pass
    body.close()
    assert disconnects() == before + 1


def test_what_is_left_is_closed():
    """A stream that a fault ends midway is closed with it, whoever still holds it."""
    closed = []

    def talking():
        try:
            for _ in range(9):
                yield b'data: {"token": {"text": "x"}, "generated_text": null}\n\n'
        finally:
            closed.append(True)

    held = talking()
    failing = Faults(lambda _: Reply(200, {}, held))
    sent(failing(Request("POST", "/faults/stream-cut/generate_stream")))
    assert closed


@pytest.mark.parametrize("kind", sorted(SPOILED.keys() | COMPLETE))
def test_what_is_no_stream_passes(kind):
    """An answer in one piece, a list of models and a refusal are the engine's own."""
    whole = ask(kind, "/generate", {"inputs": PROMPT})
    assert json.loads(whole.body)["generated_text"].strip() == WORDS
    listed = Faults(respond)(Request("GET", f"/faults/{kind}/v1/models"))
    assert listed.status == 200
    assert ask(kind, "/v1/chat/completions", {"messages": [], "stream": True}).status == 422


@every_route
def test_stream_is_spoiled_so_many_times(route):
    """``times`` counts streams too."""
    failing = Faults(respond)
    path, body = f"/faults/stream-cut/models/echo{route}", json.dumps(ROUTES[route]).encode()
    asked = Request("POST", path, {"times": "1"}, JSON, body)
    assert [sent(failing(asked))[1] for _ in range(3)] == [True, False, False]


@pytest.mark.parametrize("route", [*ROUTES, "/generate"])
def test_long_prompt_is_refused_and_a_shorter_one_answered(route):
    """Only what has more tokens than the limit is 422, in the words of TGI."""
    document = ROUTES.get(route, {"inputs": PROMPT})
    refused = ask("too-long", route, document, limit="5")
    assert refused.status == 422
    told = json.loads(refused.body)
    assert "`inputs` tokens + `max_new_tokens` must be <= 5. Given: " in told["error"]
    assert told["error_type"] == "validation"
    assert ask("too-long", route, document, limit="50").status == 200
    assert ask("too-long", route, document).status == 200


@pytest.mark.parametrize(
    ("content", "status"),
    [
        ("one two three", 422),
        ([{"type": "text", "text": "one two three"}], 422),
        ([{"type": "text", "text": "one"}, {"type": "text", "text": "two"}], 200),
        ("one two", 200),
    ],
)
def test_every_text_of_a_conversation_counts(content, status):
    """The tokens of all messages are added up, in text and in parts; wanted ones are told."""
    messages = [{"role": "system", "content": "Hi."}, {"role": "user", "content": content}]
    document = {"messages": messages, "max_tokens": 7}
    reply = ask("too-long", "/v1/chat/completions", document, limit="4")
    assert reply.status == status
    if status == 422:
        told = json.loads(reply.body)["error"]
        assert told.endswith("must be <= 11. Given: 5 `inputs` tokens and 7 `max_new_tokens`")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"7", b'{"messages": 7}', b'{"inputs": null}'])
def test_body_that_is_no_prompt_goes_to_the_engine(body):
    """What can't be counted is refused as the engine refuses it."""
    path = "/v1/chat/completions"
    asked = Request("POST", f"/faults/too-long{path}", {}, JSON, body)
    good = respond(Request("POST", path, {}, JSON, body))
    reply = Faults(respond)(asked)
    assert (reply.status, reply.body) == (good.status, good.body)
