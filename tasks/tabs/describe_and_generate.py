"""The tab of describe and generate: three stages, then rounds of them; its name on the API."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from functools import partial
from typing import Any, TypeAlias

import gradio as gr
from gradio import FileData

from tasks import describe_and_generate as pure
from tasks.captioning import LONGEST, caption
from tasks.tabs import form
from tasks.tabs.game import Game, begin, go_on
from tasks.tabs.game_page import SEED, Page, build_page
from tasks.tabs.made import keep
from tasks.text_to_image import make_picture
from workbench.client import EndpointClient
from workbench.errors import StoppedError, WorkbenchError
from workbench.exchanges import Recording
from workbench.inputs import require_text
from workbench.language import translate
from workbench.routes import CAPTIONING, TEXT_TO_IMAGE, Route
from workbench.ui import api, parts, pictures
from workbench.ui.runs import Runs
from workbench.ui.streams import Done, Failed, Piece, Progress, follow
from workbench.ui.targets import choose_target
from workbench.ui.words import done_text, failure_text, progress_text, request_text, status_html

QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
STOPPED = "Stopped. What is shown is kept."
Shown: TypeAlias = tuple[str, dict[Any, Any]]
"""What is being done, and new values for components of the page."""


def lay_out(client: EndpointClient, *, targets: Sequence[str] | None = None) -> None:
    """Lay out the tab inside the caller's Blocks; visitors may choose among *targets*, if any."""
    page = build_page(client, targets)
    pictures.wire_picture(page.box, client, page.status)
    _wire(page, client, targets)
    api.offer(_api(client, targets), "describe_and_generate")


def _wire(page: Page, client: EndpointClient, allowed: Sequence[str] | None) -> None:
    def settle(settings: Sequence[Any]) -> tuple[EndpointClient, dict[str, Any], dict[str, Any]]:
        """The client at both targets, the options of captions, and those of pictures."""
        question, *drawn, captions, images = settings
        aimed = _aim(client, {CAPTIONING: captions, TEXT_TO_IMAGE: images}, allowed)
        asked = {"prompt": (question or "").strip() or None}
        return aimed, asked, form.read_form("", *drawn).parameters()

    def describe(given: object, *settings: Any) -> Iterator[Shown]:
        aimed, asked, _ = settle(settings)
        yield "Describing the picture", {page.caption: gr.update(interactive=False)}
        picture = pictures.read_picture(given, aimed, longest=LONGEST)
        yield "", {page.caption: caption(picture, client=aimed, **asked)}

    def generate(text: str | None, *settings: Any) -> Iterator[Shown]:
        aimed, _, options = settle(settings)
        require_text(text or "", "caption")
        yield "Making the picture", {}
        yield "", page.painted(keep(make_picture(text or "", client=aimed, **options)))

    def both(given: object, *settings: Any) -> Iterator[Shown]:
        aimed, asked, options = settle(settings)
        yield "Describing the picture", {page.caption: gr.update(interactive=False)}
        picture = pictures.read_picture(given, aimed, longest=LONGEST)
        text = caption(picture, client=aimed, **asked)
        yield "Making the picture", {page.caption: text}
        yield "", page.painted(keep(make_picture(text, client=aimed, **options)))

    def play(given: object, total: float, *settings: Any) -> Iterator[Shown]:
        picture = pictures.read_picture(given, client, longest=LONGEST)
        picture.thumbnail((LONGEST, LONGEST))
        game = begin(picture)
        yield "Beginning", page.played(game)
        yield from more(game, total, *settings)

    def more(game: Game | None, total: float, *settings: Any) -> Iterator[Shown]:
        aimed, asked, options = settle(settings)
        if not (settings[SEED] or "").strip():
            del options["seed"]
        yield "Describing the picture", page.unsaved()
        try:
            for now in go_on(game, total, client=aimed, options={**asked, **options}):
                game = now
                yield now.doing(int(total)), page.played(now)
        except StoppedError:
            raise
        except WorkbenchError:
            yield "", page.saved(game)
            raise
        yield "", page.saved(game)

    picture, settings = page.box.image, page.settings
    works: list[tuple[Callable[..., Iterator[Shown]], list[gr.Component]]] = [
        (describe, [picture, *settings]),
        (generate, [page.caption, *settings]),
        (both, [picture, *settings]),
        (play, [picture, page.rounds, *settings]),
        (more, [page.game, page.rounds, *settings]),
    ]
    runs = Runs()

    def stop(request: gr.Request, shown: str) -> dict[Any, Any]:
        runs.stop(request)
        return {page.status: parts.stopped(shown, STOPPED), **page.ready(True)}

    def clear(request: gr.Request) -> dict[Any, Any]:
        runs.stop(request)
        return _cleared(page)

    running: list[Any] = [
        button.click(
            _handler(page, work, runs),
            inputs,
            page.outputs,
            preprocess=False,
            concurrency_limit=None,
            **QUIET,
        )
        for button, (work, inputs) in zip(page.runs, works, strict=True)
    ]
    for on in (page.stop.click, picture.change):
        on(
            stop,
            page.status,
            page.outputs,
            cancels=running,  # what was begun for another picture would end beside this one
            queue=False,
            **QUIET,
        ).then(page.saved, page.game, [page.game, *page.files], queue=False, **QUIET)
    page.clear.click(clear, None, page.outputs, cancels=running, queue=False, **QUIET)


def _handler(
    page: Page, work: Callable[..., Iterator[Shown]], runs: Runs
) -> Callable[..., AsyncIterator[dict[Any, Any]]]:
    """The event that shows each thing that *work* does as soon as it is done."""

    async def run(request: gr.Request, *values: object) -> AsyncIterator[dict[Any, Any]]:
        doing = ""
        yield {page.status: status_html("Working", "busy"), **page.ready(False)}
        try:
            with runs.recording(request) as recording:
                async for news in follow(partial(work, *values), recording=recording):
                    if isinstance(news, Progress):
                        told = progress_text(news.elapsed_s, news.waiting)
                        line = " · ".join(filter(None, (doing, told)))
                        yield {page.status: status_html(line, "busy")}
                    if isinstance(news, Piece):
                        doing, shown = news.item
                        yield {page.status: status_html(doing or "Working", "busy"), **shown}
                    if isinstance(news, Failed | Done):
                        yield {**_ended(page, news), **page.ready(True)}
                    if isinstance(news, Failed) and not recording.stopped:
                        raise parts.shown(news.error) from news.error
        except gr.Error:
            raise
        except Exception as error:
            yield {page.status: status_html(parts.FAULT, "failed"), **page.ready(True)}
            raise gr.Error(translate(parts.FAULT)) from error

    return run


def _ended(page: Page, news: Failed | Done[Any]) -> dict[Any, Any]:
    """How it ended, and its exact request."""
    if isinstance(news, Done):
        line = status_html(done_text(news.recording), "done")
    elif news.recording.stopped:
        return {page.status: status_html(STOPPED)}
    else:
        line = status_html(failure_text(news.error), "failed")
    return {page.status: line, **_request(page, news.recording)}


def _request(page: Page, recording: Recording) -> dict[Any, Any]:
    """The exact request of the last call, if there was one."""
    return {page.request: request_text(recording)} if len(recording) else {}


def _cleared(page: Page) -> dict[Any, Any]:
    return {
        **page.ready(True),
        page.box.image: None,
        page.caption: gr.update(value="", interactive=True),
        **page.painted(None),
        **page.played(None),
        **page.unsaved(),
        page.request: "",
        page.status: status_html("Ready."),
    }


def _aim(
    client: EndpointClient, wanted: dict[Route, str | None], allowed: Sequence[str] | None
) -> EndpointClient:
    """*client* at a target for each task. Raises ConfigurationError."""
    for route, target in wanted.items():
        chosen = choose_target(client, target, allowed)
        if chosen is not client:
            client = client.using(chosen.target, task=route.task)
    return client


def _told(made: pure.Round) -> dict[str, Any]:
    """A round as the API carries it."""
    return {
        "number": made.number,
        "caption": made.caption,
        "drift": made.drift,
        "notes": list(made.picture.notes),
        "image": FileData(path=keep(made.picture).path).model_dump(),
    }


def _api(client: EndpointClient, allowed: Sequence[str] | None) -> Any:
    def played(
        image: object,
        rounds: int,
        seed: int | None,
        wanted: dict[Route, str | None],
        *,
        client: EndpointClient,
    ) -> list[dict[str, Any]]:
        aimed = _aim(client, wanted, allowed)
        picture = pictures.read_picture(image, aimed, longest=LONGEST)
        told: list[dict[str, Any]] = []
        try:
            game = pure.describe_and_generate(picture, client=aimed, rounds=rounds, seed=seed)
            for made in game:
                told.append(_told(made))
        except StoppedError:
            raise
        except WorkbenchError as error:
            if not told:
                raise
            told.append({"number": len(told) + 1, "error": error.as_dict()})
        return told

    async def describe_and_generate(
        image: FileData | str,
        rounds: int = 1,
        seed: int | None = None,
        caption_target: str | None = None,
        image_target: str | None = None,
    ) -> list[dict[str, Any]]:
        """Describe a picture, make a picture of the caption, and so on, for 1 to 10 rounds.

        A round that fails ends the list, as an item with its error.
        """
        wanted = {CAPTIONING: caption_target, TEXT_TO_IMAGE: image_target}
        call = partial(played, image, rounds, seed, wanted)
        result: list[dict[str, Any]] = await api.answer(client, allowed, None, call)
        return result

    return describe_and_generate
