"""A game of describe and generate as the page shows it: a film, a plot, files to keep."""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import dataclass, replace

from PIL.Image import Image

from tasks.describe_and_generate import Caption, Round, play, require_rounds
from tasks.tabs.form import new_seed
from workbench import drift, keepsakes
from workbench.client import EndpointClient
from workbench.errors import InvalidInputError
from workbench.images import encode_image
from workbench.language import translate
from workbench.ui.pictures import keep_file

_THUMB = 320
EMPTY = "The pictures appear here one after another, each with its caption."


@dataclass(frozen=True, eq=False, kw_only=True)
class Game:
    """What was played so far; *heard* is the caption of a round whose picture isn't there yet."""

    first: Image
    rounds: tuple[Round, ...] = ()
    heard: Caption | None = None
    thumbs: tuple[str, ...] = ()
    """As data URIs: of the first picture, and of each round."""
    saved: bool = False
    """Whether the page has the files of exactly these rounds."""

    def doing(self, total: int) -> str:
        """What comes next in a game of *total* rounds, in the current language.

        Nothing after the last.
        """
        number = len(self.rounds) + 1
        if number > total:
            return ""
        step = "making the picture" if self.heard else "describing"
        return f"{translate(f'Round {number} of {total}')} · {translate(step)}"


def begin(picture: Image) -> Game:
    """A game with nothing played."""
    return Game(first=picture, thumbs=(_thumb(picture),))


def go_on(
    game: Game | None, total: object, *, client: EndpointClient, options: dict[str, object]
) -> Iterator[Game]:
    """The game after each caption and each picture, up to round *total*; *options* as in `play`.

    Without a seed each round has one of its own, or an engine that paints equal captions alike
    would soon repeat itself. Raises InvalidInputError when there is nothing left to play, and
    what `play` raises.
    """
    if game is None:
        raise InvalidInputError("there is no game yet", hint="Play rounds first.")
    done = len(game.rounds)
    rounds = require_rounds(total)
    if done >= rounds:
        raise InvalidInputError(
            f"all {done} rounds are played", hint="Choose more rounds, or play anew."
        )
    for number in range(done + 1, rounds + 1):
        steps = play(
            game.rounds[-1].image if game.rounds else game.first,
            client=client,
            number=number,
            first=game.first,
            caption=game.heard.text if game.heard else None,
            **{"seed": int(new_seed()), **options},  # type: ignore[arg-type]
        )
        for step in steps:
            game = _after(game, step)
            yield game


def _after(game: Game, step: Caption | Round) -> Game:
    if isinstance(step, Caption):
        return replace(game, heard=step, saved=False)
    thumbs = (*game.thumbs, _thumb(step.image))
    return replace(game, rounds=(*game.rounds, step), heard=None, thumbs=thumbs, saved=False)


def film_html(game: Game | None) -> str:
    """The pictures side by side as HTML; captions come from anywhere and are escaped."""
    if game is None:
        return f'<p class="wb-empty">{translate(EMPTY)}</p>'
    first = translate("The first picture")
    frames = [_frame(first, "", _img(game.thumbs[0], first))]
    for made, thumb in zip(game.rounds, game.thumbs[1:], strict=True):
        picture = _img(thumb, translate("Made from: {}").format(made.caption))
        head = f"{translate(f'Round {made.number}')} · {translate(f'drift {made.drift:.2f}')}"
        frames.append(_frame(head, made.caption, picture))
    if game.heard is not None:
        blank = f'<div class="wb-blank">{translate("No picture yet")}</div>'
        head = translate(f"Round {game.heard.number}")
        frames.append(_frame(head, game.heard.text, blank))
    film, called = "".join(frames), translate("Pictures of the game")
    return f'<ol class="wb-film" tabindex="0" aria-label="{called}">{film}</ol>'


def plot_html(game: Game | None) -> str:
    """The plot of drift over rounds, from the first round on."""
    drawn = drift.plot([made.drift for made in game.rounds] if game else [])
    if not drawn:
        return ""
    told = "Drift from the first picture: 0 is the same layout, 0.5 as good as unrelated."
    return f'<p class="wb-heading">{translate(told)}</p>{drawn}'


def keep_files(game: Game) -> tuple[str, str, str]:
    """A contact sheet, a GIF and a WebP of what was played, where the page can have them."""
    return (
        keep_file(keepsakes.contact_sheet(game.rounds), "contact-sheet.png"),
        keep_file(keepsakes.animation(game.rounds, "gif"), "rounds.gif"),
        keep_file(keepsakes.animation(game.rounds, "webp"), "rounds.webp"),
    )


def _frame(head: str, caption: str, picture: str) -> str:
    told = f'<p dir="auto">{html.escape(caption)}</p>' if caption else ""
    return f"<li><figure>{picture}<figcaption><b>{head}</b>{told}</figcaption></figure></li>"


def _img(source: str, alt: str) -> str:
    return f'<img src="{source}" alt="{html.escape(alt)}">'


def _thumb(picture: Image) -> str:
    return encode_image(picture, longest=_THUMB).data_uri
