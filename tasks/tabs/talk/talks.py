"""The list of conversations beside a chat: open, find, rename, delete, export."""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from tasks.tabs.talk.asking import Asker, View, state_html
from tasks.tabs.talk.desk import Desk
from tasks.tabs.talk.place import Place
from workbench.errors import InvalidInputError, WorkbenchError
from workbench.language import translate
from workbench.store import Summary
from workbench.ui.history import owner_of
from workbench.ui.words import failure_text, status_html

_QUIET: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
_TOGGLE = "() => { document.querySelector('.wb-talks').classList.toggle('open') }"
_FOLD = "() => { document.querySelector('.wb-talks').classList.remove('open') }"
_OPEN = """element.addEventListener('click', event => {
  const button = event.target.closest('button[data-talk]');
  if (button) trigger('click', {talk: button.dataset.talk});
});"""
_SAVE = """file => {
  if (!file) return;
  const {name, type, text} = JSON.parse(file);
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], {type}));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}"""


@dataclass(frozen=True, kw_only=True)
class Talks:
    """The parts of the list, and what their actions change."""

    desk: Desk
    anew: gr.Button
    search: gr.Textbox
    list: gr.HTML
    title: gr.Textbox
    rename: gr.Button
    delete: gr.Button
    told: gr.HTML
    exports: dict[str, gr.Button]
    file: gr.Textbox

    def refreshed(self, asker: Asker, talk: str) -> tuple[str, str]:
        """The list as it is now, with *talk* marked, and its title."""
        listed = self.desk.store.conversations(asker.owner, search=(asker.search or "").strip())
        title = next((each.title for each in listed if each.id == talk), "")
        return list_html(listed, talk, searched=bool((asker.search or "").strip())), title

    def renamed(self, asker: Asker, title: str) -> View:
        if not asker.place.talk:
            raise InvalidInputError("no conversation is open", hint="Open one of the list first.")
        self.desk.store.rename(asker.owner, asker.place.talk, title)
        return {"list": True, "state": state_html("Renamed.", "done")}

    def note(self, told: str) -> str:
        return status_html(told) if told else ""

    def wire_exports(self, visitor: gr.Textbox, place: gr.Textbox, state: gr.HTML) -> None:
        """Have each button make a file and hand it to the browser; *state* says why it can't."""
        for kind, button in self.exports.items():

            def made(
                request: gr.Request, visitor: str, place: str, kind: str = kind
            ) -> tuple[str, Any]:
                try:
                    owner = owner_of(visitor, request)
                    return self._file(kind, owner, Place.read(place)), gr.skip()
                except WorkbenchError as error:
                    return "", state_html(failure_text(error), "failed")

            made.__annotations__["request"] = gr.Request
            click = button.click(made, [visitor, place], [self.file, state], **_QUIET)
            click.success(None, self.file, None, js=_SAVE)

    def _file(self, kind: str, owner: str, place: Place) -> str:
        store = self.desk.store
        if kind == "Feedback CSV":
            file = ("feedback.csv", "text/csv", store.feedback_csv(owner))
        elif kind == "JSON":
            document = store.export_json(owner, place.talk)
            text = json.dumps(document, ensure_ascii=False, indent=2)
            file = ("conversation.json", "application/json", text)
        else:
            text = store.export_markdown(owner, place.talk)
            file = ("conversation.md", "text/markdown", text)
        return json.dumps(dict(zip(("name", "type", "text"), file, strict=True)))


def lay_out_talks(desk: Desk) -> Talks:
    """Lay out the column; on a phone it folds behind a button."""
    with gr.Column(scale=1, min_width=230, elem_classes="wb-talks"):
        with gr.Row(elem_classes="wb-buttons"):
            anew = gr.Button("New conversation", size="md", min_width=64)
            show = gr.Button("Conversations", elem_classes="wb-talks-show", size="md", min_width=64)
        search = gr.Textbox(label="Find in conversations", max_lines=1)
        listed = gr.HTML(list_html([], ""), js_on_load=_OPEN, padding=False)
        with gr.Accordion("This conversation", open=False):
            title = gr.Textbox(label="Title", max_lines=1)
            with gr.Row(elem_classes="wb-buttons"):
                rename = gr.Button("Rename", size="sm", min_width=64)
                ask = gr.Button("Delete", size="sm", min_width=64)
            with gr.Row(visible=False, elem_classes="wb-buttons") as sure:
                delete = gr.Button("Delete for good", size="sm", variant="stop", min_width=64)
                keep = gr.Button("Keep", size="sm", min_width=64)
            gr.HTML('<p class="wb-heading">Save as</p>', padding=False)
            with gr.Row(elem_classes="wb-exports"):
                exports = {
                    kind: gr.Button(kind, size="sm", min_width=80)
                    for kind in ("Markdown", "JSON", "Feedback CSV")
                }
        told = gr.HTML("", padding=False)
        file = gr.Textbox(label="File", elem_classes="wb-drop")
    show.click(None, None, None, js=_TOGGLE)
    gr.on([listed.click, anew.click], None, None, None, js=_FOLD)
    ask.click(lambda: gr.update(visible=True), None, sure, **_QUIET)
    gr.on(
        [keep.click, delete.click, listed.click, anew.click],
        lambda: gr.update(visible=False),
        None,
        sure,
        **_QUIET,
    )
    return Talks(
        desk=desk,
        anew=anew,
        search=search,
        list=listed,
        title=title,
        rename=rename,
        delete=delete,
        told=told,
        exports=exports,
        file=file,
    )


def list_html(listed: Sequence[Summary], talk: str, *, searched: bool = False) -> str:
    """The conversations as buttons; titles may come from anyone and are escaped."""
    if not listed:
        told = "None has these words." if searched else "Conversations will be kept here."
        return f'<p class="wb-empty">{translate(told)}</p>'
    items = "".join(_item(each, marked=each.id == talk) for each in listed)
    called = translate("Conversations")
    return f'<nav aria-label="{called}"><ul class="wb-list">{items}</ul></nav>'


def _item(each: Summary, *, marked: bool) -> str:
    title, snippet = html.escape(each.title), html.escape(each.snippet)
    current = ' aria-current="true"' if marked else ""
    found = f"<small>{snippet}</small>" if snippet else ""
    return f'<li><button data-talk="{html.escape(each.id)}"{current}>{title}{found}</button></li>'
