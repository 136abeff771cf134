"""`pipeline` and `DiffusionPipeline` in a notebook: with transformers and without it."""

from __future__ import annotations

import base64
import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest
from PIL import Image

from workbench import errors
from workbench.course import diffusion, modules
from workbench.course.pipelines import pipeline_over

TEXTS = ["Ada Lovelace lived in London.", "Bob lives in Paris."]
RED = Image.new("RGB", (64, 48), "red")
HIDE = """
import sys
from importlib.machinery import PathFinder
class Hiding(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name.split(".")[0] in {hidden!r} else super().find_spec(name, path, target)
sys.meta_path[sys.meta_path.index(PathFinder)] = Hiding
"""
"""Packages are not installed for a Python that begins so."""


@pytest.fixture
def said():
    """What was announced."""
    return []


@pytest.fixture
def pipeline(said):
    """`pipeline` where transformers is missing."""
    return pipeline_over(None, said.append)


def test_summaries(pipeline):
    """A text gives a list of one object, a list one for each; options of transformers are taken."""
    summarize = pipeline("summarization", model="shleifer/distilbart-cnn-12-6", min_length=2)
    assert summarize(TEXTS[0], max_length=20, do_sample=False, truncation=True, unknown=1) == [
        {"summary_text": TEXTS[0]}
    ]
    assert [list(each) for each in summarize(TEXTS)] == [["summary_text"]] * 2


def test_tokens_and_entities(pipeline):
    """Tokens are raw unless they are to be grouped, here or at the call; a list gives lists."""
    ner = pipeline("ner", model="dslim/bert-base-NER")
    tokens = ner(TEXTS[0])
    assert set(tokens[0]) == {"entity", "score", "index", "word", "start", "end"}
    assert [len(each) > 0 for each in ner(TEXTS)] == [True, True]
    for entities in (
        ner(TEXTS[0], aggregation_strategy="simple"),
        pipeline("token-classification", grouped_entities=True)(TEXTS[0]),
    ):
        assert [entity["entity_group"] for entity in entities] == ["PER", "LOC"]


def test_captions(pipeline, tmp_path):
    """A picture may be an image, a path or base64; a list gives a list for each."""
    caption = pipeline("image-to-text", model="Salesforce/blip-image-captioning-base")
    path = tmp_path / "red.png"
    RED.save(path)
    expected = caption(RED)
    assert "red" in expected[0]["generated_text"]
    assert caption(str(path)) == expected
    assert caption(base64.b64encode(path.read_bytes()).decode()) == expected
    assert caption([RED, RED]) == [expected, expected]
    shorter = caption(RED, generate_kwargs={"max_new_tokens": 2})
    assert len(shorter[0]["generated_text"]) < len(expected[0]["generated_text"])


def test_an_address_out_of_reach(pipeline, said):
    """Without a network a picture of ours is captioned instead, and this is said."""
    caption = pipeline("image-to-text")
    assert "dog" in caption("http://no-such-host.invalid/dog.jpg")[0]["generated_text"]
    assert "no-such-host.invalid" in said[-1]
    with pytest.raises(errors.InvalidInputError, match="nowhere"):
        caption("nowhere.png")


def test_it_is_said_who_answers(pipeline, said):
    """One sentence for a pipeline: not the model but embedded, why, and how to get the model."""
    made = pipeline("summarization", model="shleifer/distilbart-cnn-12-6")
    assert "embedded" in repr(made)
    (sentence,) = said
    assert "sshleifer/distilbart-cnn-12-6" in sentence
    assert "embedded engine" in sentence
    assert "`workbench local fetch sshleifer/distilbart-cnn-12-6`" in sentence


def test_other_tasks_are_left_alone(pipeline, said):
    """They go to transformers as they came; without it, this is said."""
    calls = []
    over = pipeline_over(lambda *given, **options: calls.append((given, options)), said.append)
    over("sentiment-analysis", "org/model", device=0)
    model = object()
    over("ner", model=model)
    assert calls == [(("sentiment-analysis", "org/model"), {"device": 0}), (("ner", model), {})]
    assert said == []
    with pytest.raises(errors.ConfigurationError, match="sentiment-analysis") as caught:
        pipeline("sentiment-analysis")
    assert "pip install" in caught.value.hint


def test_a_model_tells_its_task(pipeline):
    """Without a task, a model that is known says it."""
    assert pipeline(model="dslim/bert-base-NER").task == "ner"


def test_painting(client):
    """Several prompts and pictures each give an image; what concerns memory does nothing."""
    painter = diffusion.Painter(client.using("embedded"))
    painter.enable_attention_slicing()
    painter.set_progress_bar_config(disable=True)
    made = painter.to("cuda")(["a dog", "a cat"], num_images_per_prompt=2, width=64, height=96)
    assert [image.size for image in made.images] == [(64, 96)] * 4
    assert made[0] is made.images
    with pytest.raises(AttributeError, match="scheduler"):
        print(painter.scheduler)


NOTEBOOK = """
from workbench.course.pipelines import install
install()
assert not {"transformers", "diffusers", "torch"} & set(sys.modules)
from transformers import pipeline
get_completion = pipeline("summarization", model="shleifer/distilbart-cnn-12-6")
print(get_completion("It rains.")[0]["summary_text"])
assert "torch" not in sys.modules
"""
PICTURES = """
from diffusers import DiffusionPipeline
pipeline = DiffusionPipeline.from_pretrained("runwayml/stable-diffusion-v1-5", torch_dtype="auto")
print(pipeline("a dog", width=64, height=64).images[0].size)
try:
    from transformers import AutoTokenizer
except ImportError as error:
    print(error)
"""


def run(code, hidden=()):
    """What a Python prints that runs *code*, with the packages in *hidden* not installed."""
    command = [sys.executable, "-W", "error", "-c", HIDE.format(hidden=set(hidden)) + code]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_without_the_packages():
    """The cells run where neither is installed; another name of theirs is said to be missing."""
    told = run(NOTEBOOK + PICTURES, hidden=("transformers", "diffusers", "torch"))
    assert "It rains.\n" in told
    assert "(64, 64)" in told
    assert "need transformers, which is not installed" in told
    assert "For AutoTokenizer, run: pip install transformers" in told


@pytest.mark.skipif(find_spec("transformers") is None, reason="transformers is not installed")
def test_with_transformers():
    """Where it is installed ours stands before it, torch is not loaded, and the rest is theirs."""
    theirs = "from transformers import AutoConfig\nassert 'transformers.' in AutoConfig.__module__"
    assert run(NOTEBOOK + theirs).endswith("It rains.\n")


def test_with_diffusers(said):
    """Where it is installed a name is answered by ours; paths and other classes are its own."""

    class DiffusionPipeline:
        @classmethod
        def from_pretrained(cls, model, **options):
            return cls.__name__, model, options

    class VideoPipeline(DiffusionPipeline):
        pass

    module = modules.stand_in("diffusers", {"DiffusionPipeline": DiffusionPipeline})
    diffusion._take_over(module, said.append)
    painter = DiffusionPipeline.from_pretrained("runwayml/stable-diffusion-v1-5", variant="fp16")
    assert painter("a dog", width=64, height=64).images[0].size == (64, 64)
    assert "runwayml/stable-diffusion-v1-5" in said[0]
    folder = Path("folder")
    assert DiffusionPipeline.from_pretrained(folder, a=1) == ("DiffusionPipeline", folder, {"a": 1})
    assert VideoPipeline.from_pretrained("org/video") == ("VideoPipeline", "org/video", {})


def test_modules_are_taken_back():
    """What was provided is imported no more."""
    name = "no_such_package"
    modules.provide(name, lambda: modules.stand_in(name, {"x": 1}))
    assert import_module(name).x == 1
    assert modules.is_provided(name)
    modules.withdraw(name)
    with pytest.raises(ModuleNotFoundError):
        import_module(name)
