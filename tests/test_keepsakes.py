"""Contact sheets and animations: opened again, with captions of any kind."""

from __future__ import annotations

import io
from types import SimpleNamespace

import pytest
from PIL import Image

from workbench import lettering
from workbench.errors import InvalidInputError
from workbench.images import png_text
from workbench.keepsakes import FRAME_MS, LAST_FRAME_MS, animation, contact_sheet
from workbench.lettering import UNKNOWN, clean, find_font, has_all, load_font, wrap

PLAIN = "a brown dog on a green field"
CAPTIONS = {
    "plain": PLAIN,
    "accents": "a café in Paris — “l’été”, 20 °C",
    "cyrillic": "собака сидит на поле",
    "chinese": "一只棕色的狗坐在绿色的田野上" * 5,
    "arabic": "كلب بني يجلس على حقل أخضر",
    "hindi": "एक भूरा कुत्ता",
    "emoji": "a happy 😀 face ✈️",
    "private": "\ue000\ue001 lost",
    "controls": "one\x00two\n\n\tthree\u202eruof\ud800",
    "one-word": "x" * 400,
    "long": "word " * 900,
    "blank": "  ",
    "zalgo": "a" + "\u0301" * 300,
}


def game(count, captions=(PLAIN,), sizes=((96, 64), (50, 120), (64, 64))):
    """Rounds with pictures of different colours and shapes."""

    def picture(number):
        return Image.new("RGB", sizes[number % len(sizes)], (number * 20, 90, 200 - number * 15))

    return [
        SimpleNamespace(
            number=number,
            before=picture(number - 1),
            caption=captions[number % len(captions)],
            image=picture(number),
            drift=number / 16,
        )
        for number in range(1, count + 1)
    ]


def opened(data):
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def has_colour(image, colour):
    return any(pixel == colour for _, pixel in image.getcolors(1 << 20))


@pytest.mark.parametrize("count", [1, 2, 10])
def test_sheet_has_every_picture(count):
    """A sheet holds the first picture and that of each round, and the captions as text."""
    rounds = game(count)
    data = contact_sheet(rounds)
    sheet = opened(data)
    assert sheet.format == "PNG"
    for picture in [rounds[0].before, *(made.image for made in rounds)]:
        assert has_colour(sheet, picture.getpixel((1, 1)))
    lines = png_text(data)["Description"].splitlines()
    assert lines == [f"{number}. {PLAIN}" for number in range(1, count + 1)]


@pytest.mark.parametrize("kind", ["gif", "webp"])
@pytest.mark.parametrize("count", [1, 10])
def test_animation_shows_each_picture_in_turn(kind, count):
    """Frames of one size, one more than rounds, each long enough to read, without end."""
    rounds = game(count)
    moving = opened(animation(rounds, kind))
    assert moving.format == kind.upper()
    assert moving.n_frames == count + 1
    assert moving.info["loop"] == 0
    durations = []
    for number in range(moving.n_frames):
        moving.seek(number)
        frame = moving.convert("RGB")
        durations.append(moving.info["duration"])
        wanted = (rounds[0].before if number == 0 else rounds[number - 1].image).getpixel((1, 1))
        middle = frame.getpixel((frame.width // 2, 28 + 256))
        assert max(abs(a - b) for a, b in zip(middle, wanted, strict=True)) < 12
    assert durations == [FRAME_MS] * count + [LAST_FRAME_MS]


def test_rounds_that_look_alike_are_frames_of_their_own():
    """The same picture and caption twice is still two rounds."""
    rounds = game(3, sizes=((64, 64),))
    for made in rounds:
        made.image, made.drift = rounds[0].image, 0.5
    assert opened(animation(rounds, "gif")).n_frames == 4


@pytest.mark.parametrize("caption", CAPTIONS.values(), ids=CAPTIONS)
def test_any_caption(caption):
    """No caption breaks a keepsake, and the sheet's text has it whole."""
    rounds = game(2, captions=(caption,))
    data = contact_sheet(rounds)
    assert opened(data).height < 2000
    whole = caption.encode("utf-8", "replace").decode()
    assert png_text(data).get("Description") == f"1. {whole}\n2. {whole}"
    assert opened(animation(rounds, "webp")).n_frames == 3


def test_going_on_from_the_middle():
    """Rounds that begin later than the first make a sheet too."""
    assert opened(contact_sheet(game(4)[2:])).format == "PNG"


def test_what_is_no_game():
    """Without rounds, or as a kind of file we don't write, there is nothing to keep."""
    with pytest.raises(ValueError, match="needs a round"):
        contact_sheet([])
    with pytest.raises(ValueError, match="needs a round"):
        animation([], "gif")
    with pytest.raises(InvalidInputError, match="kind is one of gif, webp"):
        animation(game(1), "mp4")


@pytest.mark.parametrize("text", CAPTIONS.values(), ids=CAPTIONS)
@pytest.mark.parametrize("width", [30, 360])
def test_lines_fit(text, width):
    """No line is wider than it may be, and no more are written than allowed."""
    text = clean(text)
    name = find_font(text)
    lines = wrap(text, name, 18, width, 4)
    assert len(lines) <= 4
    widest = max((load_font(name, 18).getlength(line) for line in lines), default=0)
    assert widest <= max(width, load_font(name, 18).getlength("W" + UNKNOWN))


def test_all_words_are_there():
    """Wrapping loses no word; what doesn't fit ends in an ellipsis."""
    text = "the quick brown fox jumps over the lazy dog by the river"
    assert " ".join(wrap(text, "", 18, 150, 99)) == text
    assert wrap(text, "", 18, 150, 2)[-1].endswith("…")


def test_unknown_letters_are_said(monkeypatch):
    """Where only Pillow's own font is there, what it lacks is written [?], never a wrong letter."""
    monkeypatch.setattr(lettering, "_FONTS", ("",))
    assert find_font("собака and 狗") == ""
    assert not has_all("狗", "")
    assert wrap("собака and 狗狗", "", 18, 900, 1) == [f"{UNKNOWN} and {UNKNOWN}"]
    with_note = opened(contact_sheet(game(1, captions=("狗",))))
    without = opened(contact_sheet(game(1)))
    assert with_note.height > without.height


def test_joined_scripts_need_a_shaping_library(monkeypatch):
    """Arabic set letter by letter would be wrong, so a font without shaping doesn't have it."""
    name = find_font("كلب")
    if not has_all("كلب", name):
        pytest.skip("no font with Arabic letters on this machine")
    plain = lettering.ImageFont.Layout.BASIC
    basic = lettering.ImageFont.truetype(name, 16, layout_engine=plain)
    monkeypatch.setattr(lettering, "_has", lettering._has.__wrapped__)
    monkeypatch.setattr(lettering, "_found", lambda _: basic)
    assert has_all("dog", name)
    assert not has_all("كلب", name)
