"""Describe and generate: a picture is put into words, the words into a picture, and so on."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import TYPE_CHECKING

from tasks import captioning, text_to_image
from tasks.captioning import LONGEST, PICTURES
from tasks.rounds import Caption, Game, Round, Rounds
from tasks.text_to_image import Picture, make_picture
from workbench import drift, keepsakes
from workbench.errors import InvalidInputError, WorkbenchError
from workbench.images import Source
from workbench.inputs import require_text, require_whole
from workbench.notebook.tabs import alone
from workbench.routes import CAPTIONING, TEXT_TO_IMAGE
from workbench.task import Parameter, Task

if TYPE_CHECKING:
    from PIL.Image import Image

    from workbench.client import EndpointClient

MOST_ROUNDS = 10


def describe_and_generate(
    image: Source,
    *,
    client: EndpointClient,
    rounds: int = 1,
    on_caption: Callable[[Caption], object] | None = None,
    **options: object,
) -> Game:
    """Caption a picture and generate the next from its caption, *rounds* times (1 to 10).

    Each round is handed out when it is done, and *on_caption* is told each caption as soon as it
    is there. When a round fails, those before it are had already, and the game can go on from
    the last of them, with a caption that was there:

        describe_and_generate(last.image, client=client, rounds=left, number=last.number + 1,
                              first=picture, caption=heard.text)

    *options* are those of `play`: of both tasks, *number*, *first* and *caption*. Raises what
    `play` raises.

    >>> from workbench.client import EndpointClient
    >>> from workbench.settings import Settings
    >>> client = EndpointClient(Settings())
    >>> for round in describe_and_generate(PICTURES[0], client=client, rounds=2, width=96):
    ...     print(round.number, round.image.width)
    1 96
    2 96
    """
    steps = play(image, client=client, rounds=rounds, **options)  # type: ignore[arg-type]
    return Game(steps, on_caption)


def require_rounds(rounds: object) -> int:
    """How many rounds are asked for. Raises InvalidInputError for what is no such number.

    >>> require_rounds(10)
    10
    """
    require_whole("rounds", rounds, at_least=1)
    if not isinstance(rounds, int) or rounds > MOST_ROUNDS:
        raise InvalidInputError(
            f"a game has 1 to {MOST_ROUNDS} rounds, not {rounds}",
            hint="Go on from its last picture afterwards.",
        )
    return rounds


def play(
    image: Source,
    *,
    client: EndpointClient,
    rounds: int = 1,
    number: int = 1,
    first: Source | None = None,
    caption: str | None = None,
    prompt: str | None = None,
    max_new_tokens: int | None = None,
    negative_prompt: str | None = None,
    num_inference_steps: int | None = None,
    guidance_scale: float | None = None,
    width: int | None = None,
    height: int | None = None,
    seed: int | None = None,
) -> Generator[Caption | Round, None, None]:
    """Every step of the game as it comes: a Caption, then the Round that it belongs to.

    *number* is that of the round to begin with, *first* the picture that drift is measured from
    (*image* unless given), *caption* what *image* shows where that is known already; the others
    go to `caption` and `make_picture`, the same in every round. Raises InvalidInputError at once
    for what is no picture or no number of rounds, later what the calls raise.
    """
    require_rounds(rounds)
    require_whole("number", number, at_least=1)
    if caption is not None:
        require_text(caption, "caption")
    before = _small(image, client)
    return _steps(
        before,
        first=before if first is None else _small(first, client),
        numbers=range(number, number + rounds),
        known=caption,
        describe=lambda picture: str(
            captioning.caption(picture, client=client, prompt=prompt, max_new_tokens=max_new_tokens)
        ),
        generate=lambda text: make_picture(
            text,
            client=client,
            negative_prompt=negative_prompt,
            num_inference_steps=num_inference_steps,
            guidance_scale=guidance_scale,
            width=width,
            height=height,
            seed=seed,
        ),
    )


def _steps(
    before: Image,
    *,
    first: Image,
    numbers: Sequence[int],
    known: str | None,
    describe: Callable[[Image], str],
    generate: Callable[[str], Picture],
) -> Generator[Caption | Round, None, None]:
    for number in numbers:
        text = known or describe(before)
        known = None
        yield Caption(number, before, text)
        picture = generate(text)
        yield Round(number, before, text, picture, drift.drift(first, picture.image))
        before = picture.image


def _small(image: Source, client: EndpointClient) -> Image:
    """A picture of the size that is sent, so that ten rounds fit into memory."""
    picture = client.open_image(image, longest=LONGEST)
    picture.thumbnail((LONGEST, LONGEST))
    return picture


def run(image: Source, **options: object) -> Rounds:
    """All rounds of `describe_and_generate`.

    An error, Stop and Ctrl+C keep the rounds before them as `partial`; the caption of a round that
    got no picture is told in the hint.
    """
    rounds = Rounds()
    heard: list[Caption] = []
    try:
        rounds.extend(
            describe_and_generate(image, on_caption=heard.append, **options)  # type: ignore[arg-type]
        )
    except (WorkbenchError, KeyboardInterrupt) as error:
        if rounds:
            error.partial = rounds  # type: ignore[union-attr]
        if isinstance(error, WorkbenchError) and len(heard) > len(rounds):
            error.hint = f"{error.hint} The caption was: {heard[-1].text}".strip()
        raise
    return rounds


def show(result: object) -> str:
    """A line for each round: its number, its drift, its caption."""
    return "\n".join(map(str, _game(result)))


def facts(result: object) -> list[dict[str, object]]:
    """The rounds as JSON-ready facts, each picture as PNG in base64."""
    return [
        {
            "number": made.number,
            "caption": made.caption,
            "drift": made.drift,
            **text_to_image.facts(made.picture),  # type: ignore[dict-item]
        }
        for made in _game(result)
    ]


def draw(result: object, suffix: str) -> bytes:
    """The game as a file: a contact sheet for .png, for .gif and .webp an animation."""
    if suffix == ".png":
        return keepsakes.contact_sheet(_game(result))
    return keepsakes.animation(_game(result), suffix.lstrip("."))


def _game(result: object) -> Sequence[Round]:
    if not isinstance(result, Sequence) or not all(isinstance(made, Round) for made in result):
        raise TypeError("these are no rounds")
    return result


@alone
def tab(client: EndpointClient, *, targets: Sequence[str] | None = None) -> None:
    """Lay out the tab inside the caller's Blocks; visitors may choose among *targets*, if any."""
    from tasks.tabs.describe_and_generate import lay_out

    lay_out(client, targets=targets)


TASK = Task(
    name="describe-and-generate",
    title="Describe & generate",
    summary="Describe a picture, make a picture of the description, and so on.",
    order=50,
    routes=(CAPTIONING, TEXT_TO_IMAGE),
    takes="image",
    run=run,
    show=show,
    facts=facts,
    draw=draw,
    suffixes=(".png", ".gif", ".webp"),
    tab=tab,
    probe=PICTURES[0],
    paid=True,
    aliases=("game", "describe_and_generate"),
    parameters=(
        Parameter(name="rounds", kind="whole number", help="1 to 10; 1 unless given."),
        Parameter(name="prompt", help="What to ask a chat model about each picture."),
        Parameter(name="max_new_tokens", kind="whole number", help="Most tokens of a caption."),
        *text_to_image.TASK.parameters,
    ),
)

__all__ = [
    "TASK",
    "Caption",
    "Game",
    "Round",
    "Rounds",
    "describe_and_generate",
    "play",
    "require_rounds",
    "show",
    "tab",
]
