"""Notebooks that run a model by themselves get the one on this machine, by our engine."""

from __future__ import annotations

from PIL import Image

from workbench.course import diffusion
from workbench.course.pipelines import pipeline_over

RED = Image.new("RGB", (64, 48), "red")


def test_texts_and_pictures(models):
    """`pipeline` is answered by weights in a folder, in the shapes of transformers."""
    said = []
    pipeline = pipeline_over(None, said.append)
    found = pipeline("ner", model=str(models("tagger")))("Ada Lovelace lived in London.")
    assert set(found[0]) == {"entity", "score", "index", "word", "start", "end"}
    summary = pipeline("summarization", model=str(models("bart")))("A long text.", max_length=8)
    assert list(summary[0]) == ["summary_text"]
    caption = pipeline("image-to-text", model=str(models("blip")))(RED, max_new_tokens=5)
    assert list(caption[0]) == ["generated_text"]
    assert len(said) == 3
    assert all("answers in this process" in sentence for sentence in said)


def test_painting(models, monkeypatch):
    """`DiffusionPipeline` too, which our engine itself loads by; a seed makes a picture again."""
    import diffusers

    said = []
    real = vars(diffusers.DiffusionPipeline)["from_pretrained"]
    monkeypatch.setattr(diffusers.DiffusionPipeline, "from_pretrained", real)
    diffusion._take_over(diffusers, said.append)
    painter = diffusers.DiffusionPipeline.from_pretrained(str(models("painter"))).to("cpu")
    assert "answers in this process" in said[0]
    options = {"num_inference_steps": 2, "width": 64, "height": 64}
    first, again = (painter("a boat", generator=_Seeded(7), **options).images[0] for _ in "ab")
    assert first.size == (64, 64)
    assert first.tobytes() == again.tobytes()


class _Seeded:
    def __init__(self, seed):
        self._seed = seed

    def initial_seed(self):
        return self._seed
