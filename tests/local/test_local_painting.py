"""Pictures made by diffusers pipelines in this process."""

from __future__ import annotations

import inspect
import threading
from dataclasses import replace
from types import SimpleNamespace

import pytest
from PIL import Image

from workbench.engines.toolkit import Call, Refusal

torch = pytest.importorskip("torch")
pytest.importorskip("diffusers")

import tiny_pictures  # noqa: E402

from workbench.engines.local.loaded import Loaded  # noqa: E402
from workbench.engines.local.painting import answer_text_to_image  # noqa: E402

PROMPT = "a red boat"
QUICK = {"num_inference_steps": 2, "seed": 7}
SMALL = {"width": 64, "height": 64}


def load(name, folder):
    """A tiny pipeline as the loader hands it over."""
    from diffusers import DiffusionPipeline

    torch.set_num_threads(1)
    pipe = DiffusionPipeline.from_pretrained(getattr(tiny_pictures, f"tiny_{name}")(folder))
    return Loaded(name=f"tiny/{name}", kind="painter", model=pipe)


@pytest.fixture(scope="session")
def sd(tmp_path_factory):
    """A tiny Stable Diffusion."""
    return load("diffusion", tmp_path_factory.mktemp("sd"))


@pytest.fixture(scope="session")
def xl(tmp_path_factory):
    """A tiny Stable Diffusion XL."""
    return load("xl_diffusion", tmp_path_factory.mktemp("xl"))


@pytest.fixture(scope="session")
def flux(tmp_path_factory):
    """A tiny FLUX."""
    return load("flux", tmp_path_factory.mktemp("flux"))


def paint(loaded, prompt=PROMPT, **parameters):
    """The picture of a prompt."""
    return answer_text_to_image(loaded, Call(prompt, {**QUICK, **parameters})).result


def pixels(loaded, prompt=PROMPT, **parameters):
    """What the picture of a prompt shows, apart from the seed it carries."""
    return paint(loaded, prompt, **parameters).tobytes()


def recorded(loaded, flags=None):
    """A pipeline like that of *loaded* which only notes how it is called, and the notes."""
    calls = []
    own = type(loaded.model)

    class Noting:
        def __getattr__(self, name):
            return getattr(loaded.model, name)

        def __call__(self, **given):
            calls.append(given)
            return SimpleNamespace(images=[Image.new("RGB", (8, 8))], nsfw_content_detected=flags)

    Noting.__call__.__signature__ = inspect.signature(own.__call__)
    return replace(loaded, model=Noting()), calls


def refusal(loaded, **parameters):
    with pytest.raises(Refusal) as caught:
        paint(loaded, **parameters)
    return caught.value


@pytest.mark.parametrize("name", ["sd", "xl", "flux"])
def test_picture_is_the_pipelines(request, name):
    """The picture is what the pipeline gives when it is called by hand, and says its seed."""
    loaded = request.getfixturevalue(name)
    sizes = SMALL if name == "flux" else {}  # whose own is large
    answer = answer_text_to_image(loaded, Call(PROMPT, QUICK | sizes))
    chance = torch.Generator("cpu").manual_seed(7)
    expected = loaded.model(PROMPT, num_inference_steps=2, generator=chance, **sizes).images[0]
    assert answer.result.tobytes() == expected.tobytes()
    assert (answer.result.size, answer.result.info["seed"]) == ((64, 64), "7")
    assert answer.engine == f"diffusers; {loaded.name} on cpu, float32"
    assert (answer.characters, answer.ignored) == (len(PROMPT), ())


@pytest.mark.parametrize(
    "other",
    [
        {"seed": 8},
        {"num_inference_steps": 3},
        {"guidance_scale": 2},
        {"negative_prompt": "people, houses"},
        {"width": 72},
        {"height": 72},
    ],
    ids=str,
)
def test_parameters_matter(sd, xl, other):
    """Same parameters, same picture; each of them has its effect."""
    for loaded in (sd, xl):
        first = pixels(loaded)
        assert pixels(loaded) == first
        assert pixels(loaded, **other) != first


def test_prompt_matters(sd):
    """Another prompt gives another picture."""
    assert pixels(sd, "two small dogs") != pixels(sd)


def test_seed_that_is_not_sent(sd):
    """Without a seed each picture is another; the seed it carries paints it again."""
    first, second = (paint(sd, seed=None) for _ in range(2))
    assert first.tobytes() != second.tobytes()
    assert pixels(sd, seed=int(second.info["seed"])) == second.tobytes()


def test_huge_seed(sd):
    """A seed beyond 64 bits is one all the same."""
    huge = 3**60
    assert huge > 2**64
    assert pixels(sd, seed=huge) == pixels(sd, seed=huge) != pixels(sd)


def test_nothing_sent_is_the_pipelines_default(sd):
    """Steps, guidance and size are left to the pipeline when nobody names them."""
    noting, calls = recorded(sd)
    answer_text_to_image(noting, Call(PROMPT, {}))
    assert set(calls[0]) == {"prompt", "generator", "callback_on_step_end"}


def test_everything_sent_arrives(sd):
    """What is sent reaches the pipeline under the names it has there."""
    noting, calls = recorded(sd)
    sent = {
        "negative_prompt": "fog",
        "target_size": {"width": 128, "height": 96},
        "num_inference_steps": 9,
        "guidance_scale": 3.5,
    }
    answer_text_to_image(noting, Call(PROMPT, {**sent, "seed": 5}))
    expected = {"prompt": PROMPT, "width": 128, "height": 96, **sent}
    del expected["target_size"]
    assert {name: calls[0][name] for name in expected} == expected
    assert calls[0]["generator"].initial_seed() == 5


@pytest.mark.parametrize("name", ["o/sd-turbo", "o/SDXL-Lightning", "./folder/FLUX.1-schnell"])
def test_distilled_models(sd, name):
    """A model distilled for few steps gets few, without guidance, unless others are sent."""
    noting, calls = recorded(replace(sd, name=name))
    answer_text_to_image(noting, Call(PROMPT, {}))
    answer_text_to_image(noting, Call(PROMPT, {"num_inference_steps": 1, "guidance_scale": 1}))
    names = ("num_inference_steps", "guidance_scale")
    assert [tuple(call[name] for name in names) for call in calls] == [(4, 0.0), (1, 1)]


def test_folder_above_is_no_name(sd):
    """The folder that a model lies in says nothing about it."""
    noting, calls = recorded(replace(sd, name="./turbo/plain"))
    answer_text_to_image(noting, Call(PROMPT, {}))
    assert "num_inference_steps" not in calls[0]


@pytest.mark.parametrize("name", ["width", "height"])
def test_one_side(sd, xl, name):
    """One side alone counts, and the other is the model's own."""
    other = {"width": "height", "height": "width"}[name]
    for loaded in (sd, xl):
        image = paint(loaded, **{name: 96})
        assert {name: getattr(image, name), other: getattr(image, other)} == {name: 96, other: 64}


@pytest.mark.parametrize(
    ("sides", "told"),
    [
        ({"width": 500}, "`width` must be a multiple of 8 for this model: 496 and 504 do."),
        ({"height": 65}, "`height` must be a multiple of 8 for this model: 64 and 72 do."),
        ({"target_size": {"width": 64, "height": 71}}, "64 and 72"),
        ({"width": 60}, "from 64 to 2048"),
    ],
)
def test_sides_that_do_not_fit(sd, sides, told):
    """A side that the model can't paint is refused with the nearest that it can."""
    error = refusal(sd, **sides)
    assert told in str(error)
    assert error.status == 400


def test_sides_of_patches(flux):
    """A model that works in patches needs sides of whole patches."""
    assert "64 and 80 do" in str(refusal(flux, width=72))
    assert paint(flux, width=80, height=64).size == (80, 64)


@pytest.mark.parametrize(
    ("parameters", "told"),
    [
        ({"num_inference_steps": 1001}, "at most 1000"),
        ({"num_inference_steps": 10**90}, "at most 1000"),
        ({"guidance_scale": 101}, "at most 100"),
        ({"strength": 1}, "strength"),
        ({"seed": -1}, "seed"),
    ],
    ids=str,
)
def test_bad_parameter_is_named(sd, parameters, told):
    """A value that makes no picture is refused by name."""
    assert told in str(refusal(sd, **parameters))


@pytest.mark.parametrize("prompt", ["", "  ", None, ["a", "b"], "\ud800"])
def test_prompt_must_be_a_text(sd, prompt):
    """Nothing, a list and half a character are no prompt."""
    with pytest.raises(Refusal, match="inputs"):
        paint(sd, prompt)


def test_what_the_pipeline_refuses(sd, monkeypatch):
    """The pipeline's own check is told as a refusal."""

    def check(*_, **__):
        raise ValueError("`prompt` is odd")

    monkeypatch.setattr(type(sd.model), "check_inputs", check)
    error = refusal(sd)
    assert (error.kind, "`prompt` is odd" in str(error)) == ("invalid-input", True)


def test_scheduler(sd):
    """A fitting scheduler is used for one picture, and the model's own again for the next."""
    own, first = sd.model.scheduler, pixels(sd)
    seen = []
    watch = sd.model.unet.register_forward_pre_hook(
        lambda *_: seen.append(type(sd.model.scheduler).__name__)
    )
    other = pixels(sd, scheduler="DDIMScheduler")
    watch.remove()
    assert set(seen) == {"DDIMScheduler"}
    assert other != first
    assert sd.model.scheduler is own
    assert pixels(sd) == first


@pytest.mark.parametrize(
    "name", ["NoSuchScheduler", "FlowMatchEulerDiscreteScheduler", "__class__"]
)
def test_scheduler_that_does_not_fit(sd, name):
    """One that the model can't use is named among what had no effect, as are more pictures."""
    given = {**QUICK, "scheduler": name, "num_images_per_prompt": 3}
    answer = answer_text_to_image(sd, Call(PROMPT, given))
    assert answer.ignored == ("scheduler", "num_images_per_prompt")
    assert answer.result.tobytes() == pixels(sd)


def test_negative_prompt_without_effect(flux):
    """A pipeline that makes nothing of a negative prompt has it named."""
    given = {**QUICK, **SMALL, "negative_prompt": "fog"}
    answer = answer_text_to_image(flux, Call(PROMPT, given))
    assert answer.ignored == ("negative_prompt",)
    assert answer.result.tobytes() == pixels(flux, **SMALL)


def test_steps_are_told(xl):
    """Each step is told as it ends."""
    told = []
    answer_text_to_image(xl, Call(PROMPT, {"num_inference_steps": 3}, tell=told.append))
    assert told == ["step 1 of 3", "step 2 of 3", "step 3 of 3"]


@pytest.mark.parametrize("name", ["sd", "xl", "flux"])
def test_caller_who_leaves(request, name):
    """The work ends with the step in which the caller leaves, and the pipeline works on."""
    loaded = request.getfixturevalue(name)
    gone, steps = threading.Event(), []

    def tell(text):
        steps.append(text)
        gone.set()

    given = {**QUICK, **SMALL}
    before = pixels(loaded, **given)
    with pytest.raises(ConnectionAbortedError):
        answer_text_to_image(loaded, Call(PROMPT, given, gone=gone, tell=tell))
    assert len(steps) == 1
    assert pixels(loaded, **given) == before


def test_scheduler_after_a_caller_who_leaves(sd):
    """The model has its own scheduler back when a picture was broken off."""
    own, gone = sd.model.scheduler, threading.Event()
    with pytest.raises(ConnectionAbortedError):
        answer_text_to_image(
            sd,
            Call(PROMPT, {"scheduler": "DDIMScheduler"}, gone=gone, tell=lambda _: gone.set()),
        )
    assert sd.model.scheduler is own


def test_caller_who_has_left(sd):
    """Nothing is painted for a caller who left before."""
    gone = threading.Event()
    gone.set()
    noting, calls = recorded(sd)
    with pytest.raises(ConnectionAbortedError):
        answer_text_to_image(noting, Call(PROMPT, {}, gone=gone))
    assert calls == []


def test_safety_checker(sd):
    """A picture that the model's own checker blacked out is refused, and said so."""
    error = refusal(recorded(sd, flags=[True])[0])
    assert (error.status, error.kind) == (400, "refused")
    assert "safety checker" in str(error)
    assert "seed" in error.hint
    assert paint(recorded(sd, flags=[False])[0]).size == (8, 8)


def test_older_pipelines(sd):
    """A pipeline with the callback of older ones is watched, and stopped, by that."""

    class Older:
        scheduler = None

        def set_progress_bar_config(self, **_):
            pass

        def __call__(self, prompt, num_inference_steps=5, callback=None):
            for number in range(num_inference_steps):
                callback(number, 0, None)
            return SimpleNamespace(images=[Image.new("RGB", (8, 8))])

    told = []
    older = replace(sd, model=Older())
    answer = answer_text_to_image(older, Call(PROMPT, {"guidance_scale": 2}, tell=told.append))
    assert (answer.ignored, told[-1]) == (("guidance_scale",), "step 5 of 5")
    gone = threading.Event()
    with pytest.raises(ConnectionAbortedError):
        answer_text_to_image(older, Call(PROMPT, {}, gone=gone, tell=lambda _: gone.set()))


def test_pipeline_without_a_prompt(sd):
    """A pipeline that takes no text is refused with what to choose instead."""

    class Faces:
        def __call__(self, batch_size=1):
            return None

    error = refusal(replace(sd, model=Faces()))
    assert (error.kind, "Faces" in str(error)) == ("configuration", True)
