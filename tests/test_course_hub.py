"""Clients of huggingface_hub that have no key ask the engine behind the notebook."""

from __future__ import annotations

import launching
import pytest
from PIL import Image

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def base():
    """Where the engine answers."""
    with launching.server() as url:
        yield url


@pytest.fixture
def told(base):
    """Clients are redirected; collects what is announced."""
    from huggingface_hub.inference import _client

    from workbench.course.gradio_old.patches import Patches
    from workbench.course.hub_client import redirect

    announced, patches = [], Patches()
    redirect(_client, base, announced.append, patches)
    yield announced
    patches.undo()


def test_each_task_is_answered(told, tmp_path):
    """Chat, completion, summary, entities, caption and picture, in the library's own types."""
    from huggingface_hub import InferenceClient

    client = InferenceClient(api_key="not-needed")
    message = {"role": "user", "content": "Has math been invented or discovered?"}
    reply = client.chat_completion([message], model="tiiuae/falcon-7b-instruct")
    assert reply.choices[0].message.content
    pieces = client.chat.completions.create(messages=[message], stream=True)
    assert "".join(piece.choices[0].delta.content for piece in pieces).strip()
    assert client.text_generation("Once upon a time", max_new_tokens=8)
    assert client.summarization("The tower is in Paris.").summary_text == "The tower is in Paris."
    assert client.token_classification("Ada lives in Paris.")[-1].word == "Paris"
    picture = client.text_to_image("a red boat on a lake")
    assert isinstance(picture, Image.Image)
    picture.save(tmp_path / "boat.png")
    assert "boat" in client.image_to_text(str(tmp_path / "boat.png")).generated_text
    assert "not tiiuae/falcon-7b-instruct" in told[0]


def test_a_key_or_an_address_is_left_alone(told, base, monkeypatch):
    """Whoever has a key means Hugging Face, and whoever names an address that one."""
    from huggingface_hub import InferenceClient

    asked = []

    def post(self, request, **kwargs):
        asked.append(request.url)
        raise ConnectionError("no network")

    monkeypatch.setattr(InferenceClient, "_inner_post", post)
    message = [{"role": "user", "content": "Hi"}]
    with pytest.raises(ConnectionError):
        InferenceClient(api_key="hf_planted").chat_completion(message, model="org/model")
    with pytest.raises(ConnectionError):
        InferenceClient("https://host.example/v1").chat_completion(message)
    assert [url.split("/")[2] for url in asked] == ["router.huggingface.co", "host.example"]
    assert told == []
