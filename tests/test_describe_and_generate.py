"""The game: its order, its failures, going on after them, and what it comes to on a terminal."""

from __future__ import annotations

import base64
import io
import json
from dataclasses import replace
from itertools import pairwise

import launching
import pytest
import responses
from internet import Server
from PIL import Image
from test_app import ask

from tasks.captioning import PICTURES
from tasks.describe_and_generate import (
    MOST_ROUNDS,
    TASK,
    Caption,
    Round,
    describe_and_generate,
    play,
)
from tasks.tabs.game import begin, film_html, go_on
from workbench.client import EndpointClient
from workbench.errors import CreditsError, InvalidInputError
from workbench.images import png_text
from workbench.settings import Settings

TELL = "http://127.0.0.1:9/tell"
PAINT = "http://127.0.0.1:9/paint"
START = Image.linear_gradient("L").convert("RGB")


def png(shade):
    """A picture as a service sends it, told from others by its shade."""
    file = io.BytesIO()
    Image.new("RGB", (64, 64), (shade, shade, shade)).save(file, "PNG")
    return file.getvalue()


class Services:
    """A captioner and a painter that number what they make, and fail when told to."""

    def __init__(self, mocked):
        self.told, self.painted, self.fails = [], [], set()
        mocked.add_callback("POST", TELL, self.tell)
        mocked.add_callback("POST", PAINT, self.paint)

    def tell(self, request):
        if ("caption", len(self.told) + 1) in self.fails:
            return 402, {}, json.dumps({"error": "no credits"})
        self.told.append(request.body)
        said = [{"generated_text": f"caption {len(self.told)}"}]
        return 200, {"Content-Type": "application/json"}, json.dumps(said)

    def paint(self, request):
        if ("picture", len(self.painted) + 1) in self.fails:
            return 402, {}, json.dumps({"error": "no credits"})
        self.painted.append(json.loads(request.body))
        return 200, {"Content-Type": "image/png"}, png(len(self.painted))

    def seen(self):
        """The shade of each picture that was described."""
        shades = [Image.open(io.BytesIO(body)).convert("RGB") for body in self.told]
        return [shade.getpixel((0, 0))[0] for shade in shades]


@pytest.fixture
def services():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mocked:
        yield Services(mocked)


@pytest.fixture
def there():
    """A client whose two tasks are answered at two addresses."""
    with EndpointClient(Settings()) as client:
        yield client.using(TELL, task="captioning").using(PAINT, task="text-to-image")


def shade(image):
    return image.getpixel((0, 0))[0]


@pytest.mark.parametrize("rounds", [1, 3, MOST_ROUNDS])
def test_rounds_in_order(services, there, rounds):
    """Each round describes the picture of the one before and paints that caption."""
    made = list(describe_and_generate(START, client=there, rounds=rounds))
    assert [one.number for one in made] == list(range(1, rounds + 1))
    assert [one.caption for one in made] == [f"caption {n}" for n in range(1, rounds + 1)]
    assert [body["inputs"] for body in services.painted] == [one.caption for one in made]
    assert [shade(one.image) for one in made] == list(range(1, rounds + 1))
    assert services.seen() == list(range(rounds))
    assert all(b.before is a.image for a, b in pairwise(made))
    assert all(0 <= one.drift <= 1 for one in made)


def test_one_round_unless_asked_for_more(services, there):
    """A game is one round long by default."""
    assert len(list(describe_and_generate(START, client=there))) == 1


def test_steps_come_one_by_one(services, there):
    """A caption is there before its picture is asked for, a round before the next caption is."""
    game = play(START, client=there, rounds=2)
    told = []
    for step in game:
        told.append((type(step), len(services.told), len(services.painted)))
    assert told == [(Caption, 1, 0), (Round, 1, 1), (Caption, 2, 1), (Round, 2, 2)]


def test_stopping_between_rounds_asks_no_more(services, there):
    """A game that nobody goes on with makes no further call."""
    game = describe_and_generate(START, client=there, rounds=5)
    next(game)
    next(game)
    game.close()
    assert (len(services.told), len(services.painted)) == (2, 2)


def test_options_reach_both_tasks(services, there):
    """Tokens go to the captioner, the settings of a picture to the painter, in every round."""
    options = {"seed": 7, "width": 64, "height": 64, "num_inference_steps": 3}
    options |= {"guidance_scale": 2.5, "negative_prompt": "fog"}
    list(describe_and_generate(START, client=there, rounds=2, max_new_tokens=9, **options))
    for body in services.painted:
        assert body["parameters"] == options
    for body in services.told:
        assert json.loads(body)["parameters"] == {"max_new_tokens": 9}


@pytest.mark.parametrize("fails", ["caption", "picture"])
def test_going_on_after_a_failure(services, there, fails):
    """Rounds before a failure are kept, its caption too; the rest is as if nothing had been."""
    services.fails = {(fails, 3)}
    made, heard = [], []
    game = describe_and_generate(START, client=there, rounds=5, on_caption=heard.append)
    with pytest.raises(CreditsError) as caught:
        made.extend(game)
    assert caught.value.task == {"caption": "captioning", "picture": "text-to-image"}[fails]
    assert [one.number for one in made] == [1, 2]
    assert len(heard) == (2 if fails == "caption" else 3)

    services.fails = set()
    last = made[-1]
    known = heard[-1].text if len(heard) > len(made) else None
    made += describe_and_generate(
        last.image,
        client=there,
        rounds=5 - last.number,
        number=last.number + 1,
        first=START,
        caption=known,
    )
    assert [one.number for one in made] == [1, 2, 3, 4, 5]
    assert [one.caption for one in made] == [f"caption {n}" for n in range(1, 6)]
    assert len(services.told) == 5
    assert services.seen() == [0, 1, 2, 3, 4]


def test_drift_is_from_the_first_picture(client):
    """Going on measures from the picture that the game began with, not from where it goes on."""
    whole = list(describe_and_generate(PICTURES[0], client=client, rounds=3, width=96, height=96))
    rest = list(
        describe_and_generate(
            whole[0].image,
            client=client,
            rounds=2,
            number=2,
            first=PICTURES[0],
            width=96,
            height=96,
        )
    )
    assert [one.drift for one in rest] == [one.drift for one in whole[1:]]
    assert [one.caption for one in rest] == [one.caption for one in whole[1:]]


@pytest.mark.parametrize(
    ("options", "cause"),
    [
        ({"rounds": 0}, "rounds is a whole number of 1 or more"),
        ({"rounds": 11}, "1 to 10 rounds, not 11"),
        ({"rounds": None}, "1 to 10 rounds, not None"),
        ({"rounds": 2.0}, "rounds is a whole number"),
        ({"rounds": True}, "rounds is a whole number"),
        ({"number": 0}, "number is a whole number"),
        ({"caption": " "}, "there is no caption"),
        ({"image": None}, "there is no picture"),
        ({"image": b"no picture"}, "picture"),
        ({"first": b"no picture"}, "picture"),
    ],
    ids=str,
)
def test_what_is_no_game(there, options, cause):
    """What can't be played is refused at once, before anything is sent."""
    options = {"image": START, **options}
    with pytest.raises(InvalidInputError, match=cause):
        describe_and_generate(options.pop("image"), client=there, **options)


def test_a_large_picture_is_kept_small(services, there):
    """However large the first picture is, a round keeps no more of it than is sent."""
    (made,) = describe_and_generate(Image.new("RGB", (4000, 1000)), client=there)
    assert made.before.size == (1024, 256)


def test_task_in_words_facts_and_files(services, there):
    """`run` and its faces: a line a round, JSON with every picture, a sheet and animations."""
    result = TASK.run(START, client=there, rounds=2, seed=3)
    lines = TASK.show(result).splitlines()
    assert [line.split() for line in lines] == [
        ["1", f"{result[0].drift:.2f}", "caption", "1"],
        ["2", f"{result[1].drift:.2f}", "caption", "2"],
    ]
    facts = json.loads(json.dumps(TASK.facts(result)))
    assert [fact["caption"] for fact in facts] == ["caption 1", "caption 2"]
    assert [fact["seed"] for fact in facts] == [3, 3]
    for fact, made in zip(facts, result, strict=True):
        data = base64.b64decode(fact["image"])
        assert Image.open(io.BytesIO(data)).tobytes() == made.image.tobytes()
        assert "seed" in png_text(data)["workbench"]
    for suffix in TASK.suffixes:
        assert Image.open(io.BytesIO(TASK.draw(result, suffix))).format == suffix[1:].upper()


def test_run_keeps_what_was_played(services, there):
    """The error of a game that ended early brings the rounds before it along."""
    services.fails = {("picture", 3)}
    with pytest.raises(CreditsError) as caught:
        TASK.run(START, client=there, rounds=5)
    assert [made.number for made in caught.value.partial] == [1, 2]
    services.fails = {("caption", 4)}
    with pytest.raises(CreditsError) as caught:
        TASK.run(START, client=there)
    assert not hasattr(caught.value, "partial")


def test_notes_are_told(services, there):
    """What the painter did otherwise stands below its round."""
    result = TASK.run(START, client=there, width=32, height=32)
    assert "it made 64 × 64" in TASK.show(result).splitlines()[1]


def test_parameters_are_those_of_run(client):
    """Every parameter that the command line offers is one that `run` takes."""
    values = {"whole number": 64, "number": 5.0, "text": "what is it?"}
    options = {one.name: values[one.kind] for one in TASK.parameters} | {"rounds": 1}
    (made,) = TASK.run(PICTURES[0], client=client, **options)
    assert made.image.size == (64, 64)


@pytest.mark.parametrize(("options", "seeds"), [({}, 3), ({"seed": 7}, 1)], ids=["drawn", "typed"])
def test_seeds_of_the_tab(services, there, options, seeds):
    """In the tab an empty seed is another one each round, a typed one the same in all."""
    *_, game = go_on(begin(START), 3, client=there, options=options)
    assert [made.number for made in game.rounds] == [1, 2, 3]
    assert len({body["parameters"]["seed"] for body in services.painted}) == seeds


def test_words_from_anywhere_are_text(services, there):
    """A caption can bring no markup into the film."""
    *_, game = go_on(begin(START), 1, client=there, options={})
    attack = '<img src=x onerror=alert(1)>"'
    game = replace(game, rounds=(replace(game.rounds[0], caption=attack),))
    assert film_html(game).count("<img") == 2
    assert "onerror=alert(1)&gt;&quot;" in film_html(game)


@pytest.mark.server
def test_api():
    """/describe_and_generate plays by upload and data URI, and opens no file by its name."""
    data = f"data:image/jpeg;base64,{base64.b64encode(PICTURES[0].read_bytes()).decode()}"
    with launching.app(None, "describe-and-generate") as url:
        done = ask(
            url,
            "from gradio_client import handle_file\n"
            "name = '/describe_and_generate'\n"
            "from PIL import Image\n"
            f"for given in (handle_file({str(PICTURES[0])!r}), {data!r}):\n"
            "    for made in client.predict(given, 2, 7, api_name=name):\n"
            "        size = Image.open(made['image']).size\n"
            "        print(made['number'], size, bool(made['caption']), 0 <= made['drift'] <= 1)\n"
            f"for given, rounds in (({str(PICTURES[0])!r}, 1), ({data!r}, 11)):\n"
            "    try:\n        client.predict(given, rounds, api_name=name)\n"
            "    except Exception as error:\n        print(error)",
        )
    lines = done.stdout.splitlines()
    assert lines[:4] == [f"{n} (512, 512) True True" for n in (1, 2, 1, 2)], done.stderr
    assert "files aren't opened by name" in lines[4]
    assert "1 to 10 rounds" in lines[5]


@pytest.mark.server
def test_api_keeps_rounds_before_a_failure():
    """What was made before a failure is answered, and the failure after it."""
    painter = Server()
    painter.paths["/paint"] = lambda caller: caller.answer(
        *((200, png(9)) if len(painter.requests) == 1 else (402, b'{"error": "no credits"}'))
    )
    try:
        with launching.app({"HF_API_TTI_BASE": f"{painter.url}/paint"}) as url:
            done = ask(
                url,
                "from gradio_client import handle_file\n"
                f"made = client.predict(handle_file({str(PICTURES[0])!r}), 3,\n"
                "    caption_target='embedded', api_name='/describe_and_generate')\n"
                "print([one['number'] for one in made], 'image' in made[0])\n"
                "print(made[-1]['error']['kind'])",
            )
    finally:
        painter.close()
    assert done.stdout.splitlines() == ["[1, 2] True", "credits"], done.stderr
