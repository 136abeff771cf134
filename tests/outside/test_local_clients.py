"""Somebody else's clients against models on this machine: three packages, unchanged."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import warnings
from pathlib import Path

import launching
import openai
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "local"))
THERE = all(map(importlib.util.find_spec, ("torch", "transformers", "diffusers")))
pytestmark = [
    pytest.mark.server,
    pytest.mark.local,
    pytest.mark.timeout(400),
    pytest.mark.skipif(
        not THERE and "CI" not in os.environ, reason="the extra `local` is not installed"
    ),
]
TEXT = "Ada Lovelace lived in London and wrote programs for Charles Babbage in São Paulo."
HELLO = [{"role": "user", "content": "Hello there, friend."}]
STRATEGIES = ("none", "simple", "first", "average", "max")


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    """Where `workbench serve --engine local` answers, with a tiny model for each task."""
    import tiny_pictures
    import tiny_speech
    import tiny_text

    built = {
        "ner": tiny_text.tiny_bert_ner,
        "summarization": tiny_text.tiny_bart,
        "captioning": tiny_pictures.tiny_blip,
        "text-to-image": tiny_pictures.tiny_diffusion,
        "chat": tiny_speech.tiny_llama,
    }
    models = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what libraries say of models this small
        for task, build in built.items():
            models += ["--model", f"{task}={build(tmp_path_factory.mktemp('models') / task)}"]
    env = {"OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}
    with launching.running("serve", "--engine", "local", "--port", "0", *models, env=env) as url:
        yield url


@pytest.fixture
def client(base):
    """The package of OpenAI, aimed here; it tries once."""
    with openai.OpenAI(base_url=f"{base}/v1", api_key="any", max_retries=0) as client:
        yield client


def test_openai_lists_models(client):
    """The model that chats is listed by the name it was served under."""
    (model,) = client.models.list()
    assert model.id == "chat"


def test_openai_chat(client):
    """The same seed gives the same reply, another seed another; the usage adds up."""

    def ask(seed):
        return client.chat.completions.create(
            model="any", messages=HELLO, max_tokens=12, seed=seed, temperature=1.5
        )

    first, again, other = ask(3), ask(3), ask(4)
    said = [answer.choices[0].message.content for answer in (first, again, other)]
    assert said[0] == said[1] != said[2]
    assert first.usage.total_tokens == first.usage.prompt_tokens + first.usage.completion_tokens
    assert (first.choices[0].finish_reason, first.usage.completion_tokens) == ("length", 12)
    assert first.usage.prompt_tokens > 5


def test_openai_stream(client):
    """In pieces comes what comes whole, then the reason, then the usage."""
    options = {"model": "any", "messages": HELLO, "max_tokens": 20, "temperature": 0}
    whole = client.chat.completions.create(**options)
    with client.chat.completions.create(
        **options, stream=True, stream_options={"include_usage": True}
    ) as stream:
        *chunks, usage = stream
    pieces = [chunk.choices[0].delta.content for chunk in chunks]
    assert len(pieces) > 5
    assert "".join(pieces) == whole.choices[0].message.content
    assert chunks[-1].choices[0].finish_reason == whole.choices[0].finish_reason
    assert usage.usage == whole.usage


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_openai_stop(client, stream):
    """A stop string ends the reply and isn't in it."""
    options = {"model": "any", "messages": HELLO, "max_tokens": 40, "temperature": 0}
    whole = client.chat.completions.create(**options).choices[0].message.content
    stop = whole[6:8]
    answer = client.chat.completions.create(**options, stop=[stop], stream=stream)
    if stream:
        choices = [chunk.choices[0] for chunk in answer]
        said, reason = "".join(each.delta.content for each in choices), choices[-1].finish_reason
    else:
        said, reason = answer.choices[0].message.content, answer.choices[0].finish_reason
    assert (said, reason) == (whole[: whole.index(stop)], "stop")


def test_openai_completions(client):
    """A prompt is continued, whole and in pieces."""
    options = {"model": "any", "prompt": "Once upon", "max_tokens": 12}
    whole = client.completions.create(**options)
    pieces = [chunk.choices[0].text for chunk in client.completions.create(**options, stream=True)]
    assert whole.usage.completion_tokens == 12
    assert len(pieces) > 5
    assert "".join(pieces) == whole.choices[0].text


def test_openai_errors(client):
    """What doesn't fit and what can't be seen are the package's own errors, with our words."""
    long = [{"role": "user", "content": TEXT * 50}]
    with pytest.raises(openai.UnprocessableEntityError, match="less than 512 tokens"):
        client.chat.completions.create(model="any", messages=long)
    with pytest.raises(openai.UnprocessableEntityError, match="less than 512 tokens"):
        client.chat.completions.create(model="any", messages=long, stream=True)
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}
    with pytest.raises(openai.APIStatusError, match="see") as caught:
        client.chat.completions.create(
            model="any", messages=[{"role": "user", "content": [picture]}]
        )
    assert caught.value.status_code in (400, 422)
    with pytest.raises(openai.NotFoundError):
        client.embeddings.create(model="any", input="x")


HUB = """
import json, sys
from huggingface_hub import InferenceClient
from huggingface_hub.errors import HfHubHTTPError

base, text, strategies = sys.argv[1], sys.argv[2], sys.argv[3:]

def client(path=""):
    return InferenceClient(model=base + path, timeout=60)

def error(call):
    try:
        call()
    except HfHubHTTPError as exc:
        return [exc.response.status_code, str(exc)]

hello = [{"role": "user", "content": "Hello there"}]
ner, paint, talk = client("/ner"), client("/text-to-image"), client()
options = {"width": 64, "height": 64, "num_inference_steps": 2, "seed": 3}
boat, again = (paint.text_to_image("a boat", **options) for _ in range(2))
boat.save("boat.png")
stream = talk.chat_completion(hello, max_tokens=12, temperature=0.01, stream=True)
json.dump({
    "summary": client("/summarization").summarization(text).summary_text,
    "tagged": {
        each: ner.token_classification(text, aggregation_strategy=each) for each in strategies
    },
    "plain": ner.token_classification(text),
    "size": list(boat.size),
    "same": boat.tobytes() == again.tobytes(),
    "caption": client("/captioning").image_to_text("boat.png").generated_text,
    "said": talk.chat_completion(hello, max_tokens=12, temperature=0.01)
        .choices[0].message.content,
    "pieces": [chunk.choices[0].delta.content for chunk in stream],
    "written": talk.text_generation("Once upon", max_new_tokens=12),
    "tokens": [*talk.text_generation("Once upon", max_new_tokens=12, stream=True)],
    "details": talk.text_generation("Once upon", max_new_tokens=12, details=True)
        .details.finish_reason,
    "wrong": error(lambda: ner.token_classification(text, aggregation_strategy="best")),
    "side": error(lambda: paint.text_to_image("a boat", width=65, height=64)),
    "long": error(lambda: client("/v1/chat/completions").chat_completion(
        [{"role": "user", "content": text * 50}])),
}, sys.stdout)
"""


@pytest.fixture(scope="module")
def hub(base, tmp_path_factory):
    """What `huggingface_hub.InferenceClient` made of each answer; it reads its environment."""
    done = subprocess.run(
        [sys.executable, "-c", HUB, base, TEXT, *STRATEGIES],
        env={
            "PATH": os.environ["PATH"],
            "HF_HOME": str(tmp_path_factory.mktemp("hf")),
            "HF_HUB_DISABLE_TELEMETRY": "1",
        },
        cwd=tmp_path_factory.mktemp("pictures"),
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_hub_texts(hub):
    """A summary comes, and every strategy gives tokens or groups whose offsets fit the text."""
    assert hub["summary"]
    assert hub["tagged"]["none"] == hub["plain"]
    for strategy in STRATEGIES:
        assert hub["tagged"][strategy]
        for found in hub["tagged"][strategy]:
            place = TEXT[found["start"] : found["end"]]
            assert place == found["word"].removeprefix("##")
            assert found["entity" if strategy == "none" else "entity_group"]
    assert len({json.dumps(hub["tagged"][each]) for each in STRATEGIES}) > 3


def test_hub_pictures(hub):
    """A picture has the size asked for, is the same for a seed, and is captioned."""
    assert hub["size"] == [64, 64]
    assert hub["same"]
    assert hub["caption"]


def test_hub_speech(hub):
    """What comes in pieces is what comes whole, in chat and in completion."""
    assert len([piece for piece in hub["pieces"] if piece]) > 3
    assert "".join(filter(None, hub["pieces"])) == hub["said"]
    assert len(hub["tokens"]) == 12
    assert "Once upon" + "".join(hub["tokens"]) == hub["written"]  # whole, the root gives both
    assert hub["details"] == "length"


def test_hub_errors(hub):
    """Refusals are that client's errors, with what would do."""
    for name, status, told in (
        ("wrong", 400, "aggregation_strategy"),
        ("side", 400, "multiple of"),
        ("long", 422, "less than 512 tokens"),
    ):
        assert hub[name][0] == status
        assert told in hub[name][1]


TGI = r"""
import json, sys
from text_generation import Client

client, once = Client(sys.argv[1], timeout=60), "Once upon"

def error(call):
    try:
        list(call())
    except Exception as exc:
        return [type(exc).__name__, str(exc)]

whole = client.generate(once, max_new_tokens=20)
*events, last = client.generate_stream(once, max_new_tokens=20)
sampled = [
    client.generate(once, max_new_tokens=20, do_sample=True, temperature=1.5, seed=seed)
    for seed in (7, 7, 8)
]
stop = whole.generated_text[4:6]
json.dump({
    "whole": whole.generated_text,
    "count": whole.details.generated_tokens,
    "reason": whole.details.finish_reason.value,
    "whole tokens": [[token.id, token.text, token.special] for token in whole.details.tokens],
    "stream tokens": [
        [event.token.id, event.token.text, event.token.special] for event in [*events, last]
    ],
    "early": [event.generated_text or event.details for event in events],
    "last": [last.generated_text, last.details.finish_reason.value, last.details.generated_tokens],
    "sampled": [[each.generated_text, each.details.seed] for each in sampled],
    "full": client.generate(once, max_new_tokens=3, return_full_text=True).generated_text,
    "stop": stop,
    "stopped": client.generate(once, max_new_tokens=20, stop_sequences=[stop]).generated_text,
    "options": client.generate(
        once, max_new_tokens=2, do_sample=True, temperature=0.7, top_k=5, top_p=0.9,
        typical_p=0.5, repetition_penalty=1.2, truncate=100, watermark=True,
    ).details.generated_tokens,
    "long": error(lambda: client.generate("word " * 900, max_new_tokens=3)),
    "long stream": error(lambda: client.generate_stream("word " * 900, max_new_tokens=3)),
}, sys.stdout)
"""


@pytest.fixture(scope="module")
def tgi(environment, base):
    """What `text_generation.Client` made of each answer, in an environment of its own."""
    done = subprocess.run(
        [environment("text-generation==0.7.0"), "-c", TGI, base],
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.clients
@pytest.mark.skipif(not os.environ.get("CI"), reason="needs a package index; set CI=1")
class TestTextGeneration:
    """The package needs a `huggingface_hub` before 1.0, so it can't be installed beside us."""

    def test_whole_and_in_pieces(self, tgi):
        """Both give the same tokens with their facts; the last event alone has the whole text."""
        assert (tgi["count"], tgi["reason"]) == (20, "length")
        assert tgi["whole tokens"] == tgi["stream tokens"]
        assert len(tgi["stream tokens"]) == 20
        assert tgi["early"] == [None] * 19
        assert tgi["last"] == [tgi["whole"], "length", 20]
        shown = [text for _, text, special in tgi["whole tokens"] if not special]
        assert "".join(shown) == tgi["whole"]

    def test_seed(self, tgi):
        """The same seed draws the same text, and is told."""
        first, again, other = tgi["sampled"]
        assert first == again
        assert (first[1], other[1]) == (7, 8)
        assert first[0] != other[0]

    def test_options(self, tgi):
        """The prompt comes back where wanted, a stop sequence ends the text, the rest is taken."""
        assert tgi["full"].startswith("Once upon")
        assert tgi["stopped"] == tgi["whole"][: tgi["whole"].index(tgi["stop"]) + 2]
        assert tgi["options"] == 2

    def test_too_long(self, tgi):
        """A prompt without room is the client's own error, in a stream too."""
        for name in ("long", "long stream"):
            kind, told = tgi[name]
            assert kind == "ValidationError"
            assert "less than 512 tokens" in told
