"""The embedded painter: what it understands of a prompt, and that each option shows."""

from __future__ import annotations

import hashlib
from itertools import combinations

import pytest

from workbench.engines.embedded.painter import NAME, paint
from workbench.engines.embedded.painter.backdrop import paint_backdrop
from workbench.engines.embedded.painter.boxes import Box
from workbench.engines.embedded.painter.composition import compose
from workbench.engines.embedded.painter.drawings import DRAWINGS
from workbench.engines.embedded.painter.freedom import colors_of, fill_in
from workbench.engines.embedded.painter.grounds import GROUNDS
from workbench.engines.embedded.painter.lexicon import GROUPS, NOUNS
from workbench.engines.embedded.painter.scene import MOST_ITEMS, Scene, Setting, read_scene
from workbench.engines.embedded.painter.vocabulary import prompts
from workbench.engines.embedded.painter.words import synonyms

PROMPT = "a red car and a yellow bus on a road at sunset"


def things(prompt: str) -> list[tuple[int, str, str]]:
    """How many, in what colours, of what."""
    return [(i.count, "/".join(i.colors), i.noun) for i in read_scene(prompt).items]


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("a dog in a park", [(1, "", "dog"), (1, "", "tree")]),
        ("a puppy and a kitten", [(1, "", "dog"), (1, "", "cat")]),
        ("two skyscrapers", [(2, "", "building")]),
        ("three white sheep", [(3, "white", "sheep")]),
        ("men, women and children", [(3, "", "man"), (3, "", "woman"), (3, "", "child")]),
        ("a few wolves", [(3, "", "dog")]),
        ("5 butterflies", [(5, "", "butterfly")]),
        ("a hot-air balloon", [(1, "", "balloon")]),
        ("the dog is red", [(1, "red", "dog")]),
        ("a dog that is big and brown", [(1, "brown", "dog")]),
        ("the house is painted bright red", [(1, "red", "house")]),
        ("a dog. The dog is red and the cat is blue", [(1, "red", "dog"), (1, "blue", "cat")]),
        ("red and blue balloons", [(3, "red/blue", "balloon")]),
        ("a red car and a blue car", [(1, "red", "car"), (1, "blue", "car")]),
        ("purple cat with a green hat", [(1, "purple", "cat"), (1, "green", "hat")]),
        ("a cat with green eyes and a dog", [(1, "", "cat"), (1, "", "dog")]),
        ("a woman in red", [(1, "red", "woman")]),
        ("a man in a blue coat", [(1, "blue", "man")]),
        ("a crimson rose", [(1, "red", "flower")]),
        ("a house without trees", [(1, "", "house")]),
        ("a city with no cars or people, only a bus", [(1, "", "bus")]),
        ("the style of Van Gogh", []),
        ("一只猫在树下", [(1, "", "cat"), (1, "", "tree")]),
        ("🐶🌳", [(1, "", "dog"), (1, "", "tree")]),
        ("melancholy", []),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_things_are_read(prompt, expected):
    """Nouns come with their own number and colours, and only those that are wanted."""
    assert things(prompt) == expected


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("a green field under a blue sky", {"ground_color": "green", "sky_color": "blue"}),
        ("the sky is pink over a calm ocean", {"ground": "sea", "sky_color": "pink"}),
        ("a lighthouse by the sea at night", {"ground": "beach", "time": "night"}),
        ("a cat on a table", {"ground": "table"}),
        ("a table and a chair", {"ground": "room"}),
        ("a cup and a book", {"ground": "table"}),
        ("a house next to a cup", {"ground": "field"}),
        ("a ship", {"ground": "sea"}),
        ("three sheep on a hill", {"ground": "hill"}),
        ("a village in the hills", {"ground": "field", "far": (("hill", ""),)}),
        ("purple mountains at dawn", {"far": (("mountain", "purple"),), "time": "dawn"}),
        ("a beach with a city far away", {"ground": "beach", "far": (("skyline", ""),)}),
        ("snowy mountain village", {"ground": "snow", "weather": "snow"}),
        ("a city in the rain", {"ground": "city", "weather": "rain"}),
        ("a foggy morning in autumn", {"weather": "fog", "time": "morning", "season": "autumn"}),
        ("a stormy, cloudy evening", {"weather": "storm", "time": "evening"}),
        ("a dog under a yellow moon", {"time": "night"}),
        ("melancholy", {"ground": "layers", "time": "evening", "weather": "rain"}),
        ("red", {"ground": "layers", "palette": ("red",)}),
        ("ein Hund", {"ground": "layers"}),
        ("sunset", {"ground": "sea", "time": "sunset"}),
        ("sunset without the sea", {"ground": "field"}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_setting_is_read(prompt, expected):
    """Ground, sky, hour, weather and season are taken from the prompt or from what is in it."""
    setting = read_scene(prompt).setting
    assert {name: getattr(setting, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("prompt", "relation", "other"),
    [
        ("a dog left of a tree", "left", "tree"),
        ("a dog to the right of a house", "right", "house"),
        ("a bird above a church", "above", "church"),
        ("a cat next to a red ball", "beside", "ball"),
        ("a house behind a fence", "behind", "fence"),
        ("a cow in front of a barn", "front", "barn"),
    ],
    ids=lambda value: str(value),
)
def test_relations_are_read_and_kept(prompt, relation, other):
    """Where a thing is said to be is where it is painted, with every seed."""
    scene = read_scene(prompt)
    assert (scene.items[0].relation, scene.items[scene.items[0].other or 0].noun) == (
        relation,
        other,
    )
    for seed in range(5):
        first, second = _boxes_by_item(scene, seed)
        assert {
            "left": first.middle < second.middle,
            "right": first.middle > second.middle,
            "above": first.foot < second.foot,
            "beside": True,
            "behind": first.foot < second.foot,
            "front": first.foot > second.foot,
        }[relation]


@pytest.mark.parametrize(
    ("spot", "low", "high"),
    [("on the left", 0, 0.45), ("in the middle", 0.3, 0.7), ("on the right", 0.55, 1)],
)
def test_spots_are_kept(spot, low, high):
    """A side named in the prompt is the side where the thing stands."""
    for seed in range(5):
        (box,) = _boxes_by_item(read_scene(f"a dog {spot}"), seed)
        assert low <= box.middle / 512 <= high


def _boxes_by_item(scene: Scene, seed: int) -> list[Box]:
    figures = compose(scene, 512, 512, seed=seed)
    return [figure.box for figure in sorted(figures, key=lambda figure: figure.item)]


@pytest.mark.parametrize(
    ("negative", "gone"),
    [
        ("dogs", "dog"),
        ("puppy, car", "dog"),
        ("trees", "tree"),
        ("people, dog", "dog"),
    ],
)
def test_negative_prompt_removes_things(negative, gone):
    """What the negative prompt names, in any of its words, is not in the scene."""
    scene = read_scene("a dog and a tree in the rain", negative_prompt=negative)
    assert gone not in [item.noun for item in scene.items]
    assert scene.items


def test_negative_prompt_removes_colors_and_weather():
    """Colours and weather can be refused as well; the thing stays, in another colour."""
    scene = read_scene("a red dog in the rain", negative_prompt="red, rain, brown")
    assert scene.setting.weather == "clear"
    (item,) = scene.items
    assert item.colors == ()
    (color,) = colors_of(item, scene, seed=1, guidance_scale=7)
    assert color != DRAWINGS["dog"].color


def test_refused_things_do_not_come_back():
    """A painter that may add things never adds one that was refused."""
    for seed in range(20):
        scene = read_scene("a meadow", negative_prompt="trees, hills, birds, clouds")
        full = fill_in(scene, seed=seed, guidance_scale=1, steps=25)
        assert not {"tree", "bird"} & {item.noun for item in full.items}
        assert "hill" not in dict(full.setting.far)


@pytest.mark.parametrize(
    "option",
    [
        {"seed": 1},
        {"num_inference_steps": 1},
        {"num_inference_steps": 12},
        {"num_inference_steps": 60},
        {"guidance_scale": 1.5},
        {"guidance_scale": 15.0},
        {"negative_prompt": "bus"},
        {"negative_prompt": "sunset"},
    ],
    ids=str,
)
def test_each_option_shows(option):
    """Every option changes the picture."""
    assert paint(PROMPT, **option).tobytes() != paint(PROMPT).tobytes()


def test_guidance_decides_about_company():
    """At low guidance the painter adds things, at high guidance nothing at all."""
    scene = read_scene("a dog")
    low = fill_in(scene, seed=3, guidance_scale=1, steps=25)
    high = fill_in(scene, seed=3, guidance_scale=12, steps=25)
    assert len(low.items) > 1
    assert (len(high.items), high.setting.far, high.setting.extras) == (1, (), 0)


@pytest.mark.parametrize(
    ("prompt", "negative"),
    [("night", "stars"), ("a field", "clouds"), ("a field", "flowers"), ("a field", "grass")],
)
def test_negative_prompt_clears_the_backdrop(prompt, negative):
    """What nobody asked for and the painter would add is left out when it is refused."""
    size = {"width": 200, "height": 200, "num_inference_steps": 60}
    assert paint(prompt, **size) != paint(prompt, negative_prompt=negative, **size)


def test_more_steps_more_detail():
    """A sketch has far fewer colours than a picture of many steps."""
    sketch, full = (
        len(paint("a field", num_inference_steps=steps).getcolors(1 << 20) or ())
        for steps in (1, 50)
    )
    assert sketch * 4 < full


# Fixed once; a change of the painter changes these on purpose.
GOLDEN = {
    "a dog in a park": "60c9f881334da136",
    "a red car and a yellow bus on a road at sunset": "7b16c70431f3f92f",
    "a lighthouse by the sea at night": "44f5a3b75e141b2e",
    "snowy mountain village": "9a2954b2065fc8f5",
    "a city in the rain": "cc7637f3b172d66d",
    "melancholy": "7586ee47f09c41d1",
    "一只猫在树下": "f01b1528fc287de5",
}


@pytest.mark.parametrize("prompt", GOLDEN)
def test_same_pixels_everywhere(prompt):
    """The same input gives the same bytes, today as on any other machine."""
    first = paint(prompt, width=160, height=120, seed=5)
    again = paint(prompt, width=160, height=120, seed=5)
    assert first.tobytes() == again.tobytes()
    assert hashlib.sha256(first.tobytes()).hexdigest()[:16] == GOLDEN[prompt]


@pytest.mark.parametrize(
    "size",
    [(64, 64), (64, 2048), (2048, 64), (65, 333), (640, 360), (100, 1000)],
    ids=str,
)
@pytest.mark.parametrize("prompt", [PROMPT, "five birds over a house and four trees", "joy"])
def test_any_size(prompt, size):
    """Every size is painted at that size, and things stay inside and apart."""
    assert paint(prompt, width=size[0], height=size[1]).size == size
    _assert_apart(read_scene(prompt), *size, seed=2)


def test_things_never_overlap():
    """Whatever the prompt and the seed, things are all there, inside, apart and not too small."""
    for number, prompt in enumerate(prompts(60)):
        scene = fill_in(read_scene(prompt.text), seed=number, guidance_scale=7, steps=25)
        boxes = _assert_apart(scene, 256, 256, seed=number)
        assert min(box.height for box in boxes) >= 0.1 * 256


@pytest.mark.parametrize("size", [(64, 64), (64, 2048), (2048, 64)], ids=str)
def test_a_crowd_fits(size):
    """The most things that one picture takes find room in the smallest pictures too."""
    crowd = read_scene("five cars, five buses and two trucks")
    assert sum(item.count for item in crowd.items) == MOST_ITEMS
    _assert_apart(crowd, *size, seed=1)


def _assert_apart(scene: Scene, width: int, height: int, *, seed: int) -> list[Box]:
    boxes = [figure.box for figure in compose(scene, width, height, seed=seed)]
    assert len(boxes) == sum(item.count for item in scene.items)
    for box in boxes:
        assert box.left >= 0
        assert box.top >= 0
        assert box.right <= width
        assert box.foot <= height
    for one, other in combinations(boxes, 2):
        assert (
            one.right < other.left
            or other.right < one.left
            or one.foot < other.top
            or other.foot < one.top
        )
    return boxes


@pytest.mark.parametrize(
    "prompt",
    [
        "dog " * 10_000,
        "red " * 10_000,
        "word" * 10_000,
        "a red dog next to " * 5_000,
        "without " * 10_000,
        "hot air " * 10_000,
        "猫" * 10_000,
        "🐶" * 10_000,
        "," * 10_000,
        "the dog is " * 5_000,
        "e\u0301" * 10_000,
        "\ud800 lone half \x00 of a pair",
        "   ",
    ],
    ids=lambda prompt: ascii(prompt[:12]),
)
def test_odd_and_long_prompts(prompt):
    """Prompts of any length and script give a picture with a bounded number of things."""
    scene = read_scene(prompt, negative_prompt="x " * 5_000)
    assert sum(item.count for item in scene.items) <= MOST_ITEMS
    colors = paint(prompt, width=64, height=64).getcolors(64 * 64)
    assert colors is None or len(colors) > 4


def test_abstract_prompts_differ():
    """Words the painter does not know still decide about the picture."""
    pictures = {
        paint(word, width=64, height=64).tobytes() for word in ("zeitgeist", "xyzzy", "éter", "ℵ")
    }
    assert len(pictures) == 4


@pytest.mark.parametrize("ground", GROUNDS)
def test_backdrop_depends_on_its_setting_alone(ground):
    """A backdrop can be painted again from its setting, and its variants and hours differ."""
    plain = paint_backdrop(Setting(ground=ground), 96, 96).tobytes()
    assert plain == paint_backdrop(Setting(ground=ground), 96, 96).tobytes()
    if not GROUNDS[ground].indoors:
        assert plain != paint_backdrop(Setting(ground=ground, sky_color="red"), 96, 96).tobytes()
        assert plain != paint_backdrop(Setting(ground=ground, variant=1), 96, 96).tobytes()


def test_lexicon_names_what_can_be_drawn():
    """Every noun of the lexicon has its drawing, every drawing its word."""
    assert set(NOUNS) == set(DRAWINGS)
    assert {noun for parts in GROUPS.values() for noun, _ in parts} <= set(DRAWINGS)
    assert set(synonyms().values()) == set(DRAWINGS)


def test_vocabulary_is_understood():
    """In 200 prompts of the vocabulary every noun and colour is read, and nothing else."""
    for prompt in prompts(200):
        scene = read_scene(prompt.text)
        assert [*(item.noun for item in scene.items), scene.setting.ground] == list(prompt.nouns)
        assert {color for item in scene.items for color in item.colors} == set(prompt.colors)


def test_engine_says_what_it_is():
    """The name shown to people says that these are simple shapes."""
    assert "simple shapes" in NAME
