"""LangChain's chat models behind the wire of a chat: streamed, stopped, and their errors told."""

from __future__ import annotations

import sys
import threading
import types

import pytest

from tasks.chat import respond
from workbench.chat import Message
from workbench.client import EndpointClient
from workbench.errors import FailedError, WorkbenchError
from workbench.settings import Settings

langchain_core = pytest.importorskip("langchain_core")
from langchain_core.language_models.chat_models import BaseChatModel  # noqa: E402
from langchain_core.language_models.fake_chat_models import (  # noqa: E402
    FakeListChatModel,
    GenericFakeChatModel,
)
from langchain_core.messages import AIMessage, AIMessageChunk  # noqa: E402
from langchain_core.outputs import ChatGenerationChunk  # noqa: E402


class Scripted(BaseChatModel):
    """Says its pieces, or raises those that are errors; keeps what it was asked."""

    pieces: list
    temperature: float | None = None
    max_tokens: int | None = None
    asked: list
    closed: object = None

    @property
    def _llm_type(self):
        return "scripted"

    def _generate(self, *args, **kwargs):
        raise NotImplementedError

    def _stream(self, messages, stop=None, run_manager=None, **options):
        self.asked.append((messages, stop, options))
        try:
            for piece in self.pieces:
                if isinstance(piece, Exception):
                    raise piece
                yield ChatGenerationChunk(message=AIMessageChunk(content=piece))
        finally:
            if self.closed:
                self.closed.set()


@pytest.fixture
def place(monkeypatch):
    """A module that models can be imported from."""
    module = types.ModuleType("models_of_a_person")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    return module


def client_of(import_path, **options):
    """A client whose chat is the LangChain model at *import_path*."""
    table = {"import": import_path, "options": options}
    settings = Settings.from_env({}, {"chat": {"models": {"chain": table}}})
    return EndpointClient(settings).using("chain")


def scripted(place, *pieces, **more):
    """A client that talks to a scripted model, and the model."""
    place.model = Scripted(pieces=list(pieces), asked=[], **more)
    return client_of("models_of_a_person:model"), place.model


def test_pieces_as_they_come(place):
    """Each piece of the model is one of the reply, the facts after them."""
    client, _ = scripted(place, "A ", "dog", " \u2028é🎉")
    with client.recording() as exchanges:
        response = respond("What?", client=client)
        pieces = []
        for piece in response:
            pieces.append(piece)
    assert "".join(pieces) == response.text == "A dog \u2028é🎉"
    assert response.reply.finish_reason == "stop"
    assert exchanges[0].engine == "langchain; models_of_a_person:model"
    assert exchanges[0].model == "chain"


def test_a_class_is_made_once(place):
    """A class is called with its options at the first use, and kept."""
    made = []

    class Listed(FakeListChatModel):
        def __init__(self, **options):
            made.append(options)
            super().__init__(**options)

    place.Listed = Listed
    client = client_of("models_of_a_person:Listed", responses=["One.", "Two."])
    assert ["".join(respond("Hi", client=client)) for _ in range(2)] == ["One.", "Two."]
    assert made == [{"responses": ["One.", "Two."]}]


def test_a_function_makes_one(place):
    """So does a function that returns a model."""
    place.make = lambda: GenericFakeChatModel(messages=iter([AIMessage("Hi there")]))
    assert "".join(respond("Hi", client=client_of("models_of_a_person:make"))) == "Hi there"


def test_conversation_as_langchain_has_it(place):
    """Roles get LangChain's names, system message and history included."""
    client, model = scripted(place, "Yes.")
    talk = [Message("user", "Hi"), Message("assistant", "Hello!")]
    list(respond("Why?", talk, client=client, system="Be kind."))
    ((messages, _, _),) = model.asked
    said = [("system", "Be kind."), ("human", "Hi"), ("ai", "Hello!"), ("human", "Why?")]
    assert [(each.type, each.content) for each in messages] == said


def test_options_that_it_takes(place):
    """Options that the model has are handed on, with the stops; others are left out."""
    client, model = scripted(place, "Yes.")
    list(respond("Hi", client=client, temperature=0, max_new_tokens=9, seed=7, stop=["#"]))
    ((_, stop, options),) = model.asked
    assert stop == ["#"]
    assert options == {"temperature": 0, "max_tokens": 9}


def test_content_in_parts(place):
    """Parts of text are joined; a picture or a thought among them is passed over."""
    parts = ["A ", {"type": "text", "text": "dog"}, {"type": "image_url", "image_url": "x"}]
    client, _ = scripted(place, parts, [{"type": "text", "text": None}, "."])
    assert "".join(respond("Hi", client=client)) == "A dog."


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("no_such_place.x:Model", "Install the package no_such_place"),
        ("models_of_a_person:Missing", "AttributeError"),
        ("models_of_a_person.deeper:Model", "ModuleNotFoundError"),
        ("models_of_a_person:fails", "ValueError: no key"),
    ],
)
def test_import_errors_are_told(place, path, told):
    """A model that can't be imported or made says why."""

    def fails():
        raise ValueError("no key")

    place.fails = fails
    client = client_of(path)
    with pytest.raises(WorkbenchError) as caught:
        list(respond("Hi", client=client))
    assert told in f"{caught.value} {caught.value.hint}"


def test_made_anew_after_a_failure(place):
    """A model that couldn't be made is tried again with the next message."""
    client = client_of("models_of_a_person:model")
    with pytest.raises(WorkbenchError):
        list(respond("Hi", client=client))
    place.model = Scripted(pieces=["Now."], asked=[])
    assert "".join(respond("Hi", client=client)) == "Now."


def test_raising_before_the_first_piece(place):
    """What a model raises at once is the error, with its words."""
    client, _ = scripted(place, ValueError("quota used up"))
    with pytest.raises(WorkbenchError, match="ValueError: quota used up"):
        list(respond("Hi", client=client))


def test_raising_midway(place):
    """What came before is kept, and the error says what happened."""
    client, _ = scripted(place, "A ", "dog", ValueError("line lost"))
    response = respond("Hi", client=client)
    with pytest.raises(FailedError, match="ValueError: line lost"):
        list(response)
    assert response.text == "A dog"


def test_long_errors_are_cut(place):
    """An error of any length fits a line."""
    client, _ = scripted(place, ValueError("x" * 10_000))
    with pytest.raises(WorkbenchError) as caught:
        list(respond("Hi", client=client))
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize("pieces", [[], [""], ["", " "]])
def test_silent_model(place, pieces):
    """A model without a word is an error, never an empty reply."""
    client, _ = scripted(place, *pieces)
    with pytest.raises(WorkbenchError):
        list(respond("Hi", client=client))


def test_stop_closes_the_model(place):
    """A reply that is closed midway ends the model's own generator."""
    closed = threading.Event()
    client, _ = scripted(place, "A ", *["dog "] * 1000, closed=closed)
    response = respond("Hi", client=client)
    assert next(response)
    response.close()
    assert closed.wait(5)
    assert len(response.text) < 4000


def test_stop_string_closes_the_model(place):
    """What is cut is not waited for."""
    closed = threading.Event()
    client, _ = scripted(place, "A dog", ".", " And", *[" more"] * 10_000, closed=closed)
    assert "".join(respond("Hi", client=client, stop=[" And"])) == "A dog."
    assert closed.wait(5)


def test_many_at_once(place):
    """Threads that ask a model for the first time together get the one that is made."""
    made, at_once = [], threading.Barrier(8)

    def make():
        made.append(1)
        return Scripted(pieces=["Yes."], asked=[])

    place.make = make
    client, texts = client_of("models_of_a_person:make"), []

    def ask():
        at_once.wait(5)
        texts.append("".join(respond("Hi", client=client)))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert (texts, made) == (["Yes."] * 8, [1])
