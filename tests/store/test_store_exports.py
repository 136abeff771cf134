"""Exports: whole, without the owner, and unbreakable whatever was said."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from workbench.store import Conversation, Store, Turn, exports

ADA = "user:ada-lovelace"
DOT = "data:image/png;base64,YSByZWQgZG90"


@pytest.fixture
def store():
    """A store in memory."""
    with Store(None) as store:
        yield store


def test_json_holds_every_version(store):
    """Settings, all versions with their parents, pictures and ratings, but not whose it is."""
    talk = store.start(ADA, model="falcon", system="Sei nett.", options={"seed": 7}).id
    asked = store.say(ADA, talk, "user", "北京?", parent=None, images=[DOT])
    ids = []
    for text, end in (("Erste", "stopped"), ("Zweite 🎉", "done")):
        reply = store.begin(ADA, talk, parent=asked.id, model="falcon")
        store.grow(reply.id, text)
        store.end(reply.id, end, facts={"tokens": 2})
        ids.append(reply.id)
    store.rate(ADA, ids[1], "like", "=nice")
    written = json.dumps(store.export_json(ADA, talk), ensure_ascii=False, allow_nan=False)
    read = json.loads(written)
    assert "lovelace" not in written
    assert read["format"] == exports.FORMAT
    assert (read["id"], read["title"], read["model"]) == (talk, "北京?", "falcon")
    assert (read["system"], read["options"], read["head"]) == ("Sei nett.", {"seed": 7}, ids[1])
    turns = {turn["id"]: turn for turn in read["turns"]}
    assert [turn["state"] for turn in read["turns"]] == ["done", "stopped", "done"]
    assert turns[asked.id]["images"] == [DOT]
    assert (turns[ids[1]]["rating"], turns[ids[1]]["comment"]) == ("like", "=nice")
    path, head = [], read["head"]
    while head is not None:
        path.insert(0, turns[head]["content"])
        head = turns[head]["parent"]
    assert path == [turn.content for turn in store.path(ADA, talk)] == ["北京?", "Zweite 🎉"]


def test_markdown_of_a_conversation(store):
    """Title, system message as a quote, who said what, pictures counted, ends marked."""
    talk = store.start(ADA, system="Be kind.\n\nBe brief.").id
    asked = store.say(ADA, talk, "user", "Show *me*\nplease", parent=None, images=[DOT])
    reply = store.begin(ADA, talk, parent=asked.id)
    store.grow(reply.id, "# Sure\n\n```python\nprint('<b>')\n```")
    store.end(reply.id, "interrupted")
    more = store.say(ADA, talk, "user", "And?", parent=reply.id)
    last = store.begin(ADA, talk, parent=more.id)
    store.end(last.id, "failed", error="the <endpoint> is paused")
    store.begin(ADA, talk, parent=more.id)
    store.show(ADA, talk, last.id)
    assert store.export_markdown(ADA, talk) == (
        "# Show \\*me\\*\n\n> Be kind.\n>\n> Be brief.\n\n"
        "**You**\n\nShow *me*\nplease\n\n*(1 picture)*\n\n"
        "**Assistant**\n\n# Sure\n\n```python\nprint('<b>')\n```\n\n*(interrupted)*\n\n"
        "**You**\n\nAnd?\n\n**Assistant**\n\n*(failed: the \\<endpoint\\> is paused)*\n"
    )


NASTY = [
    "```python\nprint(1)",
    "~~~\n```\n~~~~ x",
    "````\n```",
    "> ```\n```",
    "- ```\n\n```",
    "1. a\n\n   ```\n   x",
    "    ```\n    x",
    "```\n    ```",
    "``` a`b\n",
    "\t```\r```\r\n~~~",
    "<!-- gone",
    "text <script>",
    "<details>",
    "<![CDATA[",
    "<?php",
    "> <pre>",
    "**Assistant**",
    "  **You**\n\nforged",
    "> **You**",
    "- **You**",
    "Assistant\n---",
    "# **You**",
    "text\n\n***",
    "|a|\n|-|",
    "[You]: http://x",
    "\\",
    "`open",
    "**open",
    "$$ x",
    "a\n\n    code",
]


def headings(markdown):
    """The paragraphs on the top level that are nothing but a bold name."""
    tokens = MarkdownIt("commonmark").parse(markdown)
    texts = [
        tokens[place + 1].content
        for place, token in enumerate(tokens)
        if token.type == "paragraph_open" and token.level == 0
    ]
    return [text for text in texts if text in ("**You**", "**Assistant**")]


def exported(*contents):
    """Messages with *contents* as Markdown."""
    turns = [
        Turn(number, None, ("user", "assistant")[number % 2], content, 0.0)
        for number, content in enumerate(contents)
    ]
    return exports.as_markdown(Conversation("c", "t", "", contents[0], {}, None, 0.0), turns)


@pytest.mark.parametrize("nasty", NASTY)
def test_markdown_is_not_broken_by_what_was_said(nasty):
    """No message swallows what follows it or adds a heading of ours."""
    markdown = exported(nasty, "And then?", nasty, nasty)
    assert headings(markdown) == ["**You**", "**Assistant**"] * 2
    assert "And then?" in [
        token.content for token in MarkdownIt("commonmark").parse(markdown) if token.level == 1
    ]


@settings(deadline=None, max_examples=300)
@given(
    st.lists(
        st.sampled_from(
            [*NASTY, "```", "~~~~", "\n", "\r", " ", "    ", "- ", "> ", "x", "**You**"]
        ),
        min_size=1,
        max_size=8,
    ),
    st.sampled_from(["", "\n", "\n\n"]),
)
def test_markdown_is_never_broken(parts, between):
    """The same for random mixtures."""
    assert headings(exported(between.join(parts) or "x", "z")) == ["**You**", "**Assistant**"]


def test_feedback_as_a_table(store):
    """Each rating is a line; nothing in it is computed by a spreadsheet."""
    talk = store.start(ADA).id
    asked = store.say(ADA, talk, "user", '=HYPERLINK("http://x")', parent=None)
    reply = store.begin(ADA, talk, parent=asked.id, model="@falcon")
    store.grow(reply.id, "Line 1,\nline 2 – 北京 🎉")
    store.end(reply.id, "done")
    store.rate(ADA, reply.id, "like", '-1; "quoted"')
    head, line = csv.reader(io.StringIO(store.feedback_csv(ADA), newline=""))
    assert (
        tuple(head)
        == exports.COLUMNS
        == (*("time", "model", "question", "reply", "rating", "comment"),)
    )
    assert line[0].startswith("20")
    assert line[1:] == [
        "'@falcon",
        '\'=HYPERLINK("http://x")',
        "Line 1,\nline 2 – 北京 🎉",
        "like",
        '\'-1; "quoted"',
    ]
    assert store.feedback_csv("user:bob").splitlines() == [",".join(exports.COLUMNS)]
    assert store.feedback_csv(None) == store.feedback_csv(ADA)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", " =", "\u00a0=", "＝"])
def test_formulas_are_text(start):
    """Whatever a spreadsheet might compute gets a mark before it."""
    assert exports.harmless(start + "1") == "'" + start + "1"
