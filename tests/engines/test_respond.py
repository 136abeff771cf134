"""The embedded engine as a function: every rule of the container, without a socket."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import types
import uuid

import pytest

from workbench.engines.container import PIPELINES
from workbench.engines.embedded import answers, respond, routing
from workbench.engines.messages import MAX_BODY_BYTES, Headers, Request, json_reply
from workbench.engines.toolkit import as_float32
from workbench.routes import MODEL_TASKS

PICTURE = "R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs="
TEXT = "Barack Obama visited Paris. He met Angela Merkel there. The weather was mild all week."


def post(path, body, query=None, **headers):
    """A POST of *body*: bytes as they are, else as JSON; an empty header is left out."""
    fields = {"content-type": "application/json"}
    fields |= {name.replace("_", "-"): value for name, value in headers.items()}
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    kept = {name: value for name, value in fields.items() if value}
    return Request("POST", path, query or {}, Headers(kept), sent)


def ask(path, body, query=None, **headers):
    """Status and decoded JSON of a POST."""
    reply = respond(post(path, body, query, **headers))
    return reply.status, json.loads(reply.body)


def error(path, body, query=None, **headers):
    """The text of the 400 that a POST must get."""
    status, value = ask(path, body, query, **headers)
    assert status == 400, value
    assert set(value) == {"error"}
    return value["error"]


@pytest.mark.parametrize(
    "path",
    [
        "/summarization",
        "/summarization/",
        "/pipeline/summarization",
        "/models/facebook/bart-large-cnn",
        "/hf-inference/models/sshleifer/distilbart-cnn-12-6",
        "/models/facebook/bart-large-cnn/pipeline/summarization",
    ],
)
def test_every_path_reaches_the_summarizer(path):
    """Task, pipeline and model paths give a flat list of one summary, in the container's words."""
    status, value = ask(path, {"inputs": TEXT})
    assert status == 200
    assert [list(item) for item in value] == [["summary_text"]]
    assert value[0]["summary_text"]


@pytest.mark.parametrize(
    "path",
    [
        "/ner",
        "/token-classification",
        "/pipeline/ner",
        "/pipeline/token-classification",
        "/models/dslim/bert-base-NER",
        "/hf-inference/models/dslim/bert-base-NER/pipeline/token-classification",
    ],
)
def test_every_path_reaches_the_tagger(path):
    """Without a strategy the tagger answers raw tokens, as dedicated endpoints do."""
    status, value = ask(path, {"inputs": TEXT})
    assert status == 200
    assert value
    assert all(set(item) == {"entity", "score", "index", "word", "start", "end"} for item in value)
    assert all(item["entity"].startswith(("B-", "I-")) for item in value)


@pytest.mark.parametrize("model", MODEL_TASKS)
def test_every_known_model_is_answered(model):
    """Each model of the table reaches its task's own pipeline and no other."""
    task = MODEL_TASKS[model]
    other = next(name for name in answers.HANDLERS if name != task)
    inputs = PICTURE if task == "captioning" else TEXT
    assert ask(f"/models/{model}/pipeline/{task}", {"inputs": inputs})[0] == 200
    assert task in error(f"/models/{model}/pipeline/{other}", {"inputs": inputs})


def test_unknown_model_is_told_what_is_answered():
    """A 404 for a model is JSON and names the models and paths that do answer."""
    status, value = ask("/models/gpt2", {"inputs": TEXT})
    assert status == 404
    for word in ("gpt2", "dslim/bert-base-NER", "ner", "/pipeline/summarization"):
        assert word in value["error"]


@pytest.mark.parametrize(
    ("method", "path", "status", "body"),
    [
        ("GET", "/", 200, b"Ok"),
        ("GET", "/health", 200, b"Ok"),
        ("HEAD", "/health", 200, b"Ok"),
        ("PUT", "/", 405, b"Method Not Allowed"),
        ("POST", "/info", 405, b"Method Not Allowed"),
        ("GET", "/ner", 405, b"Method Not Allowed"),
        ("PUT", "/models/dslim/bert-base-NER", 405, b"Method Not Allowed"),
        ("GET", "/predict", 404, b"Not Found"),
        ("GET", "/generate", 405, b"Method Not Allowed"),
        ("POST", "/a/b/c", 404, b"Not Found"),
        ("POST", "/models/a/b/c", 404, b"Not Found"),
    ],
)
def test_routes_outside_tasks_answer_text(method, path, status, body):
    """Health, wrong methods and unknown paths answer the container's plain words."""
    reply = respond(Request(method, path))
    assert (reply.status, reply.body) == (status, body)
    assert reply.headers["content-type"].startswith("text/plain")
    assert ("allow" in reply.headers) == (status == 405)


@pytest.mark.parametrize("declared", ["", "text/plain", "image/png", "application/jsonp"])
def test_content_type_must_be_json(declared):
    """A missing or foreign Content-Type is refused, and the reason names the right one."""
    assert "application/json" in error("/ner", {"inputs": "x"}, content_type=declared)


@pytest.mark.parametrize(
    "declared", ["APPLICATION/JSON", "application/json; charset=utf-8", "application/json;x=y"]
)
def test_content_type_is_read_leniently(declared):
    """Case and parameters of the Content-Type do not matter."""
    assert ask("/ner", {"inputs": TEXT}, content_type=declared)[0] == 200


@pytest.mark.parametrize(
    "accept",
    [
        "",
        "*/*",
        "application/json",
        "Application/JSON;q=0.9",
        "text/html, application/json, image/png",
    ],
)
def test_accept_that_means_json(accept):
    """The first type the container knows decides, and JSON or anything is met."""
    assert ask("/ner", {"inputs": TEXT}, accept=accept)[0] == 200


@pytest.mark.parametrize("accept", ["image/png", "image/*", "text/html", "image/jpeg, */*", ","])
def test_accept_is_judged_before_inference(accept, monkeypatch):
    """An Accept that JSON cannot meet is a 400, and no inference is spent on it."""
    called = []
    monkeypatch.setattr(routing, "HANDLERS", {"ner": called.append})
    assert "Accept" in error("/ner", {"inputs": TEXT}, accept=accept)
    assert not called


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (b"", "no body"),
        (b"{", "not JSON"),
        (b"\xff\xfe", "UTF-8"),
        (b'{"inputs": "caf\xe9"}', "UTF-8"),
        (b'{"inputs": NaN}', "NaN"),
        (b'{"inputs": "x", "parameters": {"a": -Infinity}}', "Infinity"),
        (b'{"inputs": "x", "parameters": {"a": 1e999}}', "too large"),
        (b'{"inputs": ' + b"1" * 5000 + b"}", "5000 digits"),
        (b"[" * 100_000, "deep"),
        (b'{"inputs": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "deep"),
        (b"[]", "a list"),
        (b'"x"', "a string"),
        (b"null", "null"),
        (b"{}", "inputs"),
        (b'{"parameters": {}}', "inputs"),
        (b'{"inputs": null}', "null"),
        (b'{"inputs": 3}', "a number"),
        (b'{"inputs": true}', "a boolean"),
        (b'{"inputs": {"text": "x"}}', "an object"),
        (b'{"inputs": ["x", 3]}', "a number"),
        (b'{"inputs": "\\ud800"}', "surrogate"),
        (b'{"inputs": "x", "parameters": null}', "null"),
        (b'{"inputs": "x", "parameters": [1]}', "a list"),
    ],
)
@pytest.mark.parametrize("path", ["/ner", "/summarization"])
def test_bad_bodies_are_refused_with_the_reason(path, body, word):
    """Whatever is wrong with a body, the answer is a 400 whose text says it."""
    assert word in error(path, body)


def test_body_over_the_limit_is_too_large():
    """One byte over the limit is a 413 that names the limit, one byte less is read."""
    body = b'{"inputs": ["' + b" " * MAX_BODY_BYTES + b'"]}'
    status, value = ask("/ner", body[: MAX_BODY_BYTES + 1])
    assert (status, str(MAX_BODY_BYTES) in value["error"]) == (413, True)
    assert "not JSON" in error("/ner", body[:MAX_BODY_BYTES])


def test_unknown_keys_beside_inputs_are_ignored():
    """Legacy ``options`` and other top-level keys change nothing; ``instances`` is ``inputs``."""
    plain = ask("/ner", {"inputs": TEXT})
    assert ask("/ner", {"inputs": TEXT, "options": {"wait_for_model": True}, "x": None}) == plain
    assert ask("/ner", {"instances": TEXT}) == plain


def test_batch_of_texts_is_a_list_of_lists_for_ner():
    """Each text of a batch gets its own list, in order, the empty ones too."""
    single = ask("/ner", {"inputs": TEXT})[1]
    assert ask("/ner", {"inputs": [TEXT, "", TEXT]}) == (200, [single, [], single])
    assert ask("/ner", {"inputs": [TEXT]}) == (200, [single])
    assert ask("/ner", {"inputs": []}) == (200, [])


def test_batch_of_texts_is_a_flat_list_for_summarization():
    """A batch of summaries is flat: one object for each text, in order."""
    single = ask("/summarization", {"inputs": TEXT})[1]
    assert ask("/summarization", {"inputs": [TEXT, TEXT]}) == (200, single * 2)


@pytest.mark.parametrize("strategy", ["simple", "first", "average", "max"])
def test_entities_are_grouped_when_asked(strategy):
    """With a strategy the items are groups whose offsets cut the word out of the text."""
    status, value = ask("/ner", {"inputs": TEXT, "parameters": {"aggregation_strategy": strategy}})
    assert status == 200
    assert all(set(item) == {"entity_group", "score", "word", "start", "end"} for item in value)
    found = {(item["entity_group"], TEXT[item["start"] : item["end"]]) for item in value}
    assert {("LOC", "Paris"), ("PER", "Barack Obama")} <= found


def test_ignored_labels_are_the_callers_choice():
    """An empty list brings the ``O`` tokens back, so that no index is missing."""
    status, value = ask("/ner", {"inputs": TEXT, "parameters": {"ignore_labels": []}})
    assert status == 200
    assert [item["index"] for item in value] == list(range(1, len(value) + 1))
    assert "O" in {item["entity"] for item in value}


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (1 / 3, "0.33333334"),
        (0.9899999499320984, "0.98999995"),
        (0.13436424411240122, "0.13436425"),
        (8.022650611681835e-07, "8.0226505e-07"),
        (0.998, "0.998"),
        (1.0, "1.0"),
    ],
)
def test_floats_print_as_in_the_container(value, printed, monkeypatch):
    """Scores leave as the shortest text of a 32-bit float, as numpy prints them, at any depth."""
    assert repr(as_float32(value)) == printed
    answer = answers.Answer([[{"score": value, "start": 3}]], "fake", 0)
    monkeypatch.setattr(routing, "HANDLERS", {"ner": lambda _: answer})
    reply = respond(post("/ner", {"inputs": "x"}))
    assert reply.body == b'[[{"score":%s,"start":3}]]' % printed.encode()


@pytest.mark.parametrize(
    ("path", "parameters", "word"),
    [
        ("/summarization", {"foo": 1}, "'foo'"),
        ("/summarization", {"generate_parameters": {"max_length": 9}}, "`model_kwargs`"),
        ("/summarization", {"max_length": "9"}, "`max_length`"),
        ("/summarization", {"max_length": None}, "`max_length`"),
        ("/summarization", {"max_length": True}, "`max_length`"),
        ("/summarization", {"min_length": -1}, "`min_length`"),
        ("/summarization", {"min_length": 5.5}, "`min_length`"),
        ("/summarization", {"max_new_tokens": 10**399}, "`max_new_tokens`"),
        ("/summarization", {"length_penalty": -(10**398)}, "`length_penalty`"),
        ("/summarization", {"min_length": 50, "max_length": 10}, "length"),
        ("/summarization", {"do_sample": 1}, "`do_sample`"),
        ("/summarization", {"truncation": "middle"}, "only_first"),
        ("/summarization", {"temperature": "hot"}, "`temperature`"),
        ("/ner", {"aggregation_strategy": "fancy"}, "average"),
        ("/ner", {"aggregation_strategy": None}, "`aggregation_strategy`"),
        ("/ner", {"aggregation_strategy": ["none"]}, "`aggregation_strategy`"),
        ("/ner", {"ignore_labels": "O"}, "`ignore_labels`"),
        ("/ner", {"ignore_labels": [1]}, "`ignore_labels`"),
        ("/ner", {"stride": 2}, "`stride`"),
        ("/ner", {"stride": -2, "aggregation_strategy": "simple"}, "`stride`"),
        ("/ner", {"max_length": 3}, "'max_length'"),
    ],
)
def test_bad_parameters_are_refused_with_the_cause(path, parameters, word):
    """An unknown name or a bad value is a 400 that names it."""
    assert word in error(path, {"inputs": TEXT, "parameters": parameters})


def test_empty_text_has_no_summary():
    """Nothing to summarise is the caller's to mend, so it is a 400."""
    assert error("/summarization", {"inputs": "  "})


def test_parameters_without_effect_are_accepted_and_named():
    """What an extractive engine cannot use passes, and a reply header owns up to it."""
    parameters = {"num_beams": 4, "do_sample": False, "max_length": 60, "truncation": "only_first"}
    reply = respond(post("/summarization", {"inputs": TEXT, "parameters": parameters}))
    assert reply.status == 200
    assert reply.headers["x-workbench-ignored"] == "num_beams, do_sample, truncation"
    plain = respond(post("/summarization", {"inputs": TEXT, "parameters": {"max_length": 60}}))
    assert "x-workbench-ignored" not in plain.headers
    assert plain.body == reply.body


def test_lengths_reach_the_summarizer(monkeypatch):
    """Lengths arrive as asked, and new tokens go before length as in transformers."""
    from workbench.engines.embedded import summarizer

    asked = []
    monkeypatch.setattr(summarizer, "summarize", lambda _, **lengths: asked.append(lengths) or "s")
    for parameters in (
        {},
        {"min_length": 2, "max_length": 9},
        {"min_length": 2, "min_new_tokens": 3, "max_new_tokens": 8},
    ):
        assert ask("/summarization", {"inputs": TEXT, "parameters": parameters})[0] == 200
    assert [tuple(lengths.values()) for lengths in asked] == [(None, None), (2, 9), (3, 8)]
    assert list(asked[0]) == ["min_length", "max_length"]


@pytest.mark.parametrize(
    ("query", "parameters"),
    [
        ({"aggregation_strategy": "simple"}, {"aggregation_strategy": "simple"}),
        ({"a": "3", "b": "-3", "c": "0.5", "d": "-0.5"}, {"a": 3, "b": -3, "c": 0.5, "d": -0.5}),
        ({"a": "true", "b": "False"}, {"a": True, "b": False}),
        (
            {"a": "nan", "b": "1e5", "c": "", "d": "1_0"},
            {"a": "nan", "b": "1e5", "c": "", "d": "1_0"},
        ),
    ],
)
def test_query_gives_the_parameters(query, parameters, monkeypatch):
    """Query values become whole numbers, decimals, booleans or stay text."""
    seen = []

    def handler(call):
        seen.append(call.parameters)
        return answers.Answer([], "fake", 0)

    monkeypatch.setattr(routing, "HANDLERS", {"ner": handler})
    assert ask("/ner", {"inputs": "x"}, query)[0] == 200
    assert seen == [parameters]
    assert [type(value) for value in seen[0].values()] == [
        type(value) for value in parameters.values()
    ]


def test_query_gives_way_to_the_body():
    """Parameters in the body, even none, silence the query."""
    query = {"aggregation_strategy": "simple"}
    grouped = ask("/ner", {"inputs": TEXT}, query)[1]
    raw = ask("/ner", {"inputs": TEXT, "parameters": {}}, query)[1]
    assert "entity_group" in grouped[0]
    assert "entity" in raw[0]


def test_headers_say_which_engine_answered():
    """A result carries the container's headers and the name of the engine behind it."""
    from workbench.engines.embedded.tagger import NAME

    headers = respond(post("/ner", {"inputs": [TEXT, "x"]})).headers
    assert headers["content-type"] == "application/json"
    assert headers["x-compute-type"] == "cpu"
    assert 0 <= float(headers["x-compute-time"]) < 60
    assert headers["x-compute-characters"] == str(len(TEXT) + 1)
    assert headers["x-workbench-engine"] == f"embedded; {NAME}"


@pytest.mark.parametrize("name", ["X-Amzn-Trace-Id", "x-request-id"])
def test_request_id_of_the_caller_is_kept(name):
    """A sane id comes back on results, errors and routes alike."""
    for path in ("/ner", "/predict", "/models/gpt2"):
        headers = Headers({name: "Root=1-6;a-b", "content-type": "application/json"})
        reply = respond(Request("POST", path, {}, headers, b'{"inputs": "x"}'))
        assert reply.headers["x-request-id"] == "Root=1-6;a-b"


@pytest.mark.parametrize("sent", ["", "a b", "a\r\nset-cookie: x", "é", "x" * 201])
def test_request_id_is_new_otherwise(sent):
    """An id that is missing, long or could forge a header is replaced by a fresh one."""
    reply = respond(Request("GET", "/health", {}, Headers({"x-request-id": sent})))
    assert str(uuid.UUID(reply.headers["x-request-id"])) == reply.headers["x-request-id"]


def test_a_bug_is_a_500_and_logged(monkeypatch, caplog):
    """A task that breaks answers 500 without its inner words; the log has them and the id."""

    def broken(_):
        raise ValueError("inner words")

    monkeypatch.setattr(routing, "HANDLERS", {"ner": broken})
    with caplog.at_level(logging.ERROR):
        reply = respond(post("/ner", {"inputs": "secret text"}, x_request_id="id-7"))
    assert reply.status == 500
    assert b"id-7" in reply.body
    assert b"inner words" not in reply.body
    assert "inner words" in caplog.text
    assert "id-7" in caplog.text
    assert "secret text" not in caplog.text


def test_tasks_are_loaded_when_asked():
    """Importing the engine loads neither the tagger's tables nor the summarizer."""
    code = (
        "import sys, workbench.engines.embedded;"
        "print([m for m in sys.modules if 'tagger' in m or 'summarizer' in m])"
    )
    out = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert out.stdout.strip() == "[]"


def test_tables_cannot_be_changed():
    """The registry and the names of pipelines are read-only and agree with each other."""
    assert isinstance(answers.HANDLERS, types.MappingProxyType)
    assert set(PIPELINES.values()) == set(answers.HANDLERS)


def test_secrets_stay_out_of_reprs():
    """Neither the Authorization header nor the body shows when a request is printed."""
    request = post("/ner", {"inputs": "private"}, authorization="Bearer hf_secret")
    assert "hf_secret" not in repr(request)
    assert "private" not in repr(request)
    assert request.headers["Authorization"] == "Bearer hf_secret"


def test_json_replies_hold_no_nan():
    """JSON that others could not read is never sent."""
    with pytest.raises(ValueError, match="JSON compliant"):
        json_reply(200, [float("nan")])


def test_no_minimum_may_be_said_as_zero():
    """Hosted callers send a min_length of 0 for none; it is not refused."""
    status, value = ask("/summarization", {"inputs": TEXT, "parameters": {"min_length": 0}})
    assert (status, bool(value[0]["summary_text"])) == (200, True)
