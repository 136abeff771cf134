"""The chat tab: which action each part calls, and what changes on the page then."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial
from typing import Any

import gradio as gr

from tasks.tabs.talk import picker
from tasks.tabs.talk.api import offer_chat
from tasks.tabs.talk.asking import Asker, BusyError, View, state_html
from tasks.tabs.talk.desk import Desk
from tasks.tabs.talk.layout import RATINGS, SEED, lay_out_head, lay_out_options, lay_out_talk
from tasks.tabs.talk.page import RATED, SAID, SETTLED, WHOLE, Page, rating_names
from tasks.tabs.talk.place import Place
from tasks.tabs.talk.replies import Frame
from tasks.tabs.talk.talks import lay_out_talks
from workbench.client import EndpointClient
from workbench.errors import WorkbenchError
from workbench.images import encode_image
from workbench.language import translate
from workbench.ui import parts
from workbench.ui.history import owner_of
from workbench.ui.parts import FAULT
from workbench.ui.visitors import VisitorsClient
from workbench.ui.words import failure_text

# Values as the page sends and takes them: Gradio would hand each to a thread, for nothing.
_QUIET: dict[str, Any] = {
    "show_progress": "hidden",
    "api_visibility": "private",
    "preprocess": False,
    "postprocess": False,
}
_AT_ONCE: dict[str, Any] = {"queue": False, **_QUIET}
_RUN: dict[str, Any] = {"concurrency_limit": None, "trigger_mode": "multiple", **_QUIET}
_HOME = """(visitor, place, draft) => {
  const read = (box, key) => { try { return box.getItem(key) } catch { return null } };
  visitor = read(localStorage, 'wb-visitor');
  if (!visitor) {
    const bytes = crypto.getRandomValues(new Uint8Array(24));
    visitor = Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('');
    try { localStorage.setItem('wb-visitor', visitor) } catch {}
  }
  // Gradio builds the page anew when its server was away, and tells of no typing in this box.
  document.addEventListener('input', ({target}) => {
    if (!target.closest?.('.wb-message')) return;
    try { sessionStorage.setItem('wb-draft', target.value) } catch {}
  });
  draft = {text: read(sessionStorage, 'wb-draft') || '', files: []};
  return [visitor, read(sessionStorage, 'wb-place') || '', draft];
}"""
_KEEP = "place => { try { sessionStorage.setItem('wb-place', place) } catch {} }"
_SENT = """() => {
  try { sessionStorage.removeItem('wb-draft') } catch {}
  const log = document.querySelector('.wb-talk [role=log]');
  setTimeout(() => log?.scrollTo(0, log.scrollHeight), 100);
}"""


def lay_out(client: EndpointClient, *, targets: Sequence[str] | None = None) -> None:
    """Lay out the tab inside the caller's Blocks; visitors may choose among *targets*, if any."""
    desk = Desk(client, targets)
    with gr.Row(elem_classes="wb-chat"):
        talks = lay_out_talks(desk)
        with gr.Column(scale=4, min_width=320):
            head = lay_out_head(client, targets)
            talk = lay_out_talk()
            settled = lay_out_options(client)
            visitor = gr.Textbox(label="Visitor", elem_classes="wb-drop")
            place = gr.Textbox(label="Place", elem_classes="wb-drop")
            rated = gr.Textbox(label="Rated", elem_classes="wb-drop")
    page = Page(head=head, talk=talk, settled=settled, talks=talks, place=place)
    numbers = [
        *(settled.temperature, settled.max_new_tokens, settled.top_p),
        *(settled.repetition_penalty, settled.seed),
    ]
    where = [talks.search, visitor, place]
    whom = [*where, head.model, settled.system]

    def asker_of(
        request: gr.Request,
        search: str | None,
        visitor: str | None,
        place: str | None,
        model: str | None = None,
        system: str | None = None,
        *numbers: Any,
    ) -> Asker:
        return Asker(
            owner=owner_of(visitor, request),
            page=str(request.session_hash),
            place=Place.read(place),
            search=(search or "").strip(),
            model=model,
            system=(system or "").strip(),
            options=partial(_options, *numbers),
        )

    def act(
        trigger: Any,
        action: Callable[..., View],
        *also: Any,
        asked: Sequence[Any] = where,
        names: Sequence[str] = WHOLE,
        **options: Any,
    ) -> Any:
        """Have *trigger* show what `action(asker, event, *also)` changes, at once."""

        def handler(request: gr.Request, event: gr.EventData, *values: Any) -> Any:
            asker = asker_of(request, *values[: len(asked)])
            own = values[len(asked) :]
            updates = page.change(lambda: action(asker, event, *own), asker, names)
            return updates if len(names) > 1 else updates[0]

        outputs = [page.parts[name] for name in names]
        return trigger(handler, [*asked, *also], outputs, **{**_AT_ONCE, **options})

    def stream(
        trigger: Any,
        frames: Callable[[Asker], AsyncIterator[Frame | None]],
        settled: Sequence[str] = RATED,
    ) -> None:
        """Have *trigger* show the reply as it comes, and then the rest of the page."""

        async def handler(request: gr.Request, *values: Any) -> AsyncIterator[Any]:
            shown, sent = False, page.frames()
            try:
                async for frame in frames(asker_of(request, *values)):
                    shown = True
                    yield (gr.skip(), gr.skip()) if frame is None else sent(frame)
            except BusyError:  # the reply that comes says so in its own line
                shown = False
            except WorkbenchError as error:
                yield gr.skip(), state_html(failure_text(error), "failed")
            except Exception as error:
                yield gr.skip(), state_html(FAULT, "failed")
                raise gr.Error(translate(FAULT)) from error
            if not shown:
                yield gr.skip(), gr.skip()

        outputs = [talk.chat, talk.state]
        ran = trigger(handler, [*whom, *numbers], outputs, **_RUN)
        act(ran.then, lambda asker, _: desk.settle(asker), names=settled)

    def send(asker: Asker, _: gr.EventData, message: Any) -> View:
        files = [str(file["path"]) for file in (message or {}).get("files") or ()]
        text = (message or {}).get("text") or ""
        return desk.say(asker, text, partial(_encoded, client, files) if files else None)

    def example(asker: Asker, chosen: gr.EventData) -> View:
        return desk.say(asker, str(chosen.value.get("text", "")))

    def edit(asker: Asker, edited: gr.EventData) -> View:
        return desk.edit(asker, _index(edited.index), str(edited.value))

    for trigger, action, also in (
        (talk.box.submit, send, [talk.box]),
        (talk.chat.example_select, example, []),
        (talk.chat.edit, edit, []),
    ):
        said = act(trigger, action, *also, asked=whom, names=SAID, trigger_mode="multiple")
        # Only another version can be shown in the place of one that was rated.
        stream(said.success, desk.answer, RATED if action is edit else SETTLED)
        if action is send:
            said.success(None, None, None, js=_SENT)
    stream(talk.chat.retry, desk.again)
    stream(talk.go_on.click, partial(desk.again, going_on=True))

    act(talk.stop.click, lambda asker, _: desk.stop(asker), names=("state",))
    act(talks.anew.click, lambda asker, _: desk.anew(asker))
    act(talk.chat.undo, lambda asker, _: desk.undo(asker))
    act(talk.earlier.click, lambda asker, _: desk.version(asker, -1))
    act(talk.later.click, lambda asker, _: desk.version(asker, 1))
    act(settled.system.blur, lambda asker, _: desk.new_system(asker, asker.system), asked=whom)
    act(talks.list.click, lambda asker, chosen: desk.open(asker, str(chosen.talk)))
    act(talks.delete.click, lambda asker, _: desk.delete(asker))
    for trigger in (talks.rename.click, talks.title.submit):
        act(trigger, lambda asker, _, title: talks.renamed(asker, title), talks.title)
    act(talks.search.change, lambda *_: {"list": True}, names=("list",), trigger_mode="always_last")

    head.model.change(
        lambda name: picker.describe(client, name, targets), head.model, head.checked, **_AT_ONCE
    )
    head.model.input(
        lambda name: list(picker.defaults(client, name)[0].values()),
        head.model,
        numbers[:4],
        **_AT_ONCE,
    )

    def on_like(
        request: gr.Request, liked: gr.LikeData, visitor: str, place: str
    ) -> tuple[Any, str, Any]:
        asker, rating = asker_of(request, None, visitor, place), _rating(liked.liked)
        turn = desk.rate(asker, _index(liked.index), rating)
        ratings = gr.update(feedback_value=rating_names(desk.ratings(asker)))
        return gr.update(visible=bool(turn and rating)), f"{turn or ''} {rating}", ratings

    def on_comment(
        request: gr.Request, rated: str, text: str, visitor: str
    ) -> tuple[Any, str, str]:
        turn, _, rating = (rated or "").partition(" ")
        if turn.isdecimal() and text:
            desk.store.rate(owner_of(visitor, request), int(turn), rating, text)
        return gr.update(visible=False), "", state_html("Thank you: your comment is kept.", "done")

    talk.chat.like(on_like, [visitor, place], [talk.comment_row, rated, talk.chat], **_AT_ONCE)
    gr.on(
        [talk.comment_send.click, talk.comment.submit],
        on_comment,
        [rated, talk.comment, visitor],
        [talk.comment_row, talk.comment, talk.state],
        **_AT_ONCE,
    )
    talks.wire_exports(visitor, place, talk.state)
    place.change(None, place, None, js=_KEEP)

    def on_load(request: gr.Request, visitor: str, place: str, draft: Any) -> list[Any]:
        asker = asker_of(request, None, visitor, place)
        typed = {"box": (draft or {}).get("text") or ""}
        view = page.change(lambda: {**desk.open(asker, asker.place.talk), **typed}, asker, WHOLE)
        return [visitor, talks.note(desk.history.told), *view]

    root = gr.context.Context.root_block
    if root is not None:
        outputs = [visitor, talks.told, *(page.parts[name] for name in WHOLE)]
        root.load(on_load, [visitor, place, talk.box], outputs, js=_HOME, **_AT_ONCE)
        if isinstance(client, VisitorsClient):
            root.load(partial(_models, client, targets), head.model, head.model, **_AT_ONCE)
    offer_chat(client, targets)


def _models(client: EndpointClient, allowed: Sequence[str] | None, chosen: str) -> Any:
    """The picker for who looks at it: another model may be theirs by default."""
    models = picker.choices(client, allowed)
    kept = chosen if chosen in [name for _, name in models[1:]] and chosen != "talker" else None
    return gr.update(choices=models, value=kept or picker.configured(client))


def _options(*values: Any) -> dict[str, Any]:
    names = ("temperature", "max_new_tokens", "top_p", "repetition_penalty", "seed")
    options = dict(zip(names, values, strict=False))
    return {**options, "seed": parts.read_whole(SEED, options.get("seed"))}


def _encoded(client: EndpointClient, paths: Sequence[str]) -> list[str]:
    """Pictures as they are sent: small, without metadata. Raises InvalidInputError."""
    return [encode_image(client.open_image(path)).data_uri for path in paths]


def _index(index: Any) -> int:
    return int(index[0] if isinstance(index, list | tuple) else index)


def _rating(liked: bool | str) -> str:
    """Gradio says True and False for its thumbs, a text for the others, "" for one taken back."""
    if not isinstance(liked, str):
        return "Like" if liked else "Dislike"
    return next((rating for rating in RATINGS if liked in (rating, translate(rating))), "")
