"""Every task on a model in this process, through the same functions as a hosted one."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import pytest
from PIL import Image

from tasks.captioning import caption
from tasks.chat import respond
from tasks.completion import complete
from tasks.describe_and_generate import describe_and_generate
from tasks.ner import find_entities
from tasks.summarization import summarize
from tasks.text_to_image import generate_image
from workbench import errors
from workbench.chat.conversation import Message
from workbench.client import EndpointClient
from workbench.engines.local import needs
from workbench.settings import Settings

TEXT = "Ada Lovelace lived in London and wrote programs for Charles Babbage."


@pytest.fixture
def client(options):
    """A client that finds models in folders alone."""
    with EndpointClient(Settings(local=options)) as client:
        yield client


@pytest.fixture
def at(client, models):
    """`at(name)`: the client aimed at a tiny model."""
    return lambda name: client.using(f"local:{models(name)}")


def test_texts(at):
    """A summary and entities come from the model, and the record says which one."""
    client = at("bart")
    with client.recording() as exchanges:
        assert summarize(TEXT, client=client, max_length=12)
    assert exchanges[0].engine.startswith("transformers; ")
    assert exchanges[0].engine.endswith("bart on cpu, float32")
    found = find_entities(TEXT, client=at("tagger"))
    assert found
    for entity in found:
        assert TEXT[entity["start"] : entity["end"]] == entity["word"]


def test_pictures(at):
    """A captioner and a chat model that sees tell of a picture; a painter makes one by its seed."""
    red = Image.new("RGB", (64, 48), "red")
    assert caption(red, client=at("blip"), max_new_tokens=5)
    assert caption(red, client=at("seeing"), prompt="What is it?", max_new_tokens=5)
    options = {"seed": 7, "num_inference_steps": 2, "width": 64, "height": 64}
    first, again = (generate_image("a boat", client=at("painter"), **options) for _ in range(2))
    assert first.size == (64, 64)
    assert first.tobytes() == again.tobytes()


def test_the_game_on_two_models(client, models):
    """Describe and generate goes from a local captioner to a local painter and back."""
    for task, name in (("captioning", "blip"), ("text-to-image", "painter")):
        client = client.using(f"local:{models(name)}", task=task)
    navy = Image.new("RGB", (64, 64), "navy")
    options = {"width": 64, "height": 64, "num_inference_steps": 2}
    (game,) = describe_and_generate(navy, client=client, rounds=1, **options)
    assert game.caption
    assert game.image.size == (64, 64)


@pytest.mark.parametrize("name", ["llama", "falcon", "gpt2"])
def test_words_come_one_by_one(at, name):
    """A completion and a reply stream, end at the length asked for, and count their tokens."""
    with complete("Once upon", client=at(name), max_new_tokens=12) as pieces:
        text = "".join(pieces)
    assert text
    with respond("Are you there?", client=at(name), max_new_tokens=12, temperature=0) as reply:
        said = list(reply)
    assert said


def test_the_same_seed_says_the_same(at):
    """Sampling is drawn from the seed of the call."""

    def said(seed):
        options = {"max_new_tokens": 10, "temperature": 1.5, "seed": seed}
        with respond("Hello", client=at("llama"), **options) as reply:
            return "".join(reply)

    assert said(3) == said(3) != said(4)


def test_what_was_said_before_is_read(at):
    """Earlier turns and a system prompt reach the model: another history, another reply."""

    def said(*history, system=""):
        with respond(
            "And now?",
            client=at("llama"),
            history=history,
            system=system,
            max_new_tokens=12,
            temperature=0,
        ) as reply:
            return "".join(reply)

    told = (Message("user", "Tell me of boats"), Message("assistant", "They float."))
    assert len({said(), said(*told), said(system="Be brief.")}) == 3


def test_stop_ends_the_generation(at, models):
    """A reply that is closed frees the model at once: the next caller need not wait for its end."""
    client = at("llama")
    stream = complete("Once", client=client, max_new_tokens=400)
    next(iter(stream))
    stream.close()
    started = time.monotonic()
    with complete("Once", client=client, max_new_tokens=1) as pieces:
        list(pieces)
    assert time.monotonic() - started < 5
    assert not [each for each in threading.enumerate() if each.name == "generate"]


def test_stop_ends_a_picture(at):
    """A stopped call raises StoppedError between two steps, long before the last."""
    client = at("painter")
    told = []

    def stop_at_work(waiting):
        told.append(waiting.message)
        if waiting.message.startswith("step"):
            recording.stop()

    with client.recording(stop_at_work) as recording, pytest.raises(errors.StoppedError):
        generate_image("a boat", client=client, num_inference_steps=90)
    steps = [line for line in told if line.startswith("step")]
    assert 1 <= len(steps) < 5


@pytest.mark.parametrize(
    ("target", "kind", "said"),
    [
        ("local:./nowhere", errors.ConfigurationError, "nowhere"),
        ("local:org/not-in-the-cache", errors.ConfigurationError, "not in the cache"),
        ("local:{tagger}", errors.ConfigurationError, "labels tokens"),
        ("local:{painter}", errors.ConfigurationError, "makes pictures"),
    ],
)
def test_what_cannot_be_is_told(client, models, target, kind, said):
    """A folder that isn't there, a model that isn't cached and one of another kind are named."""
    target = target.format(tagger=models("tagger"), painter=models("painter"))
    with pytest.raises(kind) as caught:
        summarize(TEXT, client=client.using(target))
    assert said in str(caught.value)
    assert caught.value.hint
    assert caught.value.status is None


def test_too_long_is_too_long(at):
    """What the model has no room for is the same error as at a host."""
    with pytest.raises(errors.TooLongError):
        list(complete("word " * 3000, client=at("llama"), max_new_tokens=5))


def test_pictures_for_who_cannot_see(at):
    """A model of texts alone says that it can't see."""
    message = Message("user", "What is it?", images=("data:image/png;base64,iVBORw0KGgo=",))
    with pytest.raises(errors.WorkbenchError, match="see"):
        list(respond(message, client=at("llama")))


def test_without_the_extra(client, monkeypatch):
    """Where torch is not installed, the error tells how to get it, before anything is sent."""
    monkeypatch.setattr(needs.util, "find_spec", lambda _: None)
    with pytest.raises(errors.ConfigurationError) as caught:
        find_entities(TEXT, client=client.using("local:dslim/bert-base-NER"))
    assert "torch" in str(caught.value)
    assert "pip install 'hf-inference-workbench[local]'" in caught.value.hint


def test_loading_is_told(options, models, tmp_path):
    """Whoever waits for a model hears of it, and no try is counted twice."""
    folder = tmp_path / "copy"
    folder.mkdir()
    for file in models("tagger").iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    told = []
    with EndpointClient(Settings(local=options)).using(f"local:{folder}") as client:
        with client.recording(told.append) as exchanges:
            find_entities(TEXT, client=client)
    assert any("loading" in waiting.message for waiting in told)
    assert not any(waiting.again for waiting in told)
    assert exchanges[0].attempts == 1


def test_clients_share_a_model(options, models):
    """Two clients use the one copy of a model that is in memory."""
    from workbench.engines.local.shelf import SHELF

    for _ in range(2):
        with EndpointClient(Settings(local=options)) as client:
            find_entities(TEXT, client=client.using(f"local:{models('tagger')}"))
    held = [each.name for each in SHELF.loaded()]
    assert held.count(str(models("tagger"))) == 1


def test_curl_names_the_server(at, models):
    """The shown request is one for `workbench serve` with the same model."""
    client = at("tagger")
    with client.recording() as exchanges:
        find_entities(TEXT, client=client)
    shown = exchanges[0].as_curl()
    assert f"workbench serve --engine local --model ner={models('tagger')}" in shown
    assert "http://127.0.0.1:8200/ner" in shown


def test_a_local_call_may_take_long():
    """Weights are fetched and pictures made for minutes: the usual deadline isn't theirs."""
    from workbench.routes import NER
    from workbench.settings import Limits

    usual = EndpointClient(Settings()).using("local:./x").endpoint(NER)
    assert usual.limits.deadline_s > Limits().deadline_s
    own = replace(Settings(), limits=Limits(deadline_s=5))
    assert EndpointClient(own).using("local:./x").endpoint(NER).limits.deadline_s == 5


def test_a_reply_is_as_long_as_there_is_room(at):
    """A chat that asks for more tokens than a small model holds gets those there are."""
    with respond("Hello", client=at("llama"), max_new_tokens=4000) as reply:
        assert "".join(reply)
    assert reply.reply.finish_reason == "length"
