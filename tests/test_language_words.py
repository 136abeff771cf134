"""Whatever the app shows has Chinese: what is on its pages at first, and what handlers say."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from functools import partial
from importlib import import_module
from pathlib import Path

import pytest

from workbench.errors import InvalidInputError
from workbench.exchanges import Waiting
from workbench.language import speaking, translate
from workbench.ui import words
from workbench.ui.labels import LABELS

ROOT = Path(__file__).parents[1]
FILES = [
    *ROOT.glob("workbench/ui/*.py"),
    *ROOT.glob("tasks/*.py"),
    *ROOT.glob("tasks/tabs/**/*.py"),
]
SAYS = {"translate", "status_html", "state_html"}
FOR_MODELS = {"EXAMPLES", "GO_ON", "PROMPT"}
SENTENCE = re.compile(r"[A-Z][^<>{}]* [^<>{}]*[.!?]")
NAME = re.compile(r"[a-z-]+|\d(st|nd|rd|th)|https://\S+")
"""Models go by names, endpoints by addresses, and Gradio numbers what has no label."""


@pytest.fixture(scope="module")
def entries():
    """The Chinese catalogue as its files have it."""
    folder = ROOT / "workbench/language/zh"
    return {
        key: said
        for file in folder.glob("*.json")
        for key, said in json.loads(file.read_text("utf-8")).items()
    }


def is_said(text, entries):
    """Whether there are words for *text*, which may be the same as in English."""
    bare = text.strip()
    return (
        not re.search("[A-Za-z]", bare)
        or bool(NAME.fullmatch(bare))
        or bare in entries
        or re.search("[\u4e00-\u9fff]", translate(bare, "zh")) is not None
    )


COLLECT = """
import json
from workbench.client import EndpointClient
from workbench.language import markup, speaking
from workbench.settings import Settings
from workbench.ui import language
from workbench.ui.app import build_app

asked = {}
note = lambda text: asked.setdefault(text, text)
language.translate = language.translate_facts = markup.translate_facts = note
markup.translate = lambda text: note(text) + " "
key = {"token": "hf_" + "x" * 34, "token_source": "HF_TOKEN"}
for settings in ({}, key, {"targets": {"ner": "a/b"}}):
    for targets in (None, ["embedded"]):
        client = EndpointClient(Settings(**settings))
        config = build_app(client, targets=targets).get_config_file()
        with speaking("zh"):
            language.translate_app(json.loads(json.dumps(config, default=str)))
print(json.dumps(list(asked)))
"""


def test_every_text_of_the_page_has_chinese(entries):
    """No text that is translated on the way to the browser lacks an entry: with a key, with
    targets of one's own, for visitors who may not choose any."""
    done = subprocess.run(
        [sys.executable, "-c", COLLECT], capture_output=True, text=True, timeout=100
    )
    asked = json.loads(done.stdout or "[]")
    assert len(asked) > 150, done.stderr
    facts = [fact for text in asked for fact in text.split(" · ")]
    assert [fact for fact in facts if not is_said(fact, entries)] == []


def keys_of(path):
    """Texts that the code of a file hands to be said, with 7 for whatever is put in."""
    tree = ast.parse(path.read_text("utf-8"))
    for node in tree.body:
        name = getattr(node.targets[0], "id", "") if isinstance(node, ast.Assign) else ""
        if name.isupper() and name not in FOR_MODELS:
            yield from filter(SENTENCE.fullmatch, texts(node.value))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in SAYS and node.args:
            yield from texts(node.args[0])


def texts(node):
    """The texts that an expression may be, each whole."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        parts = (part.value if isinstance(part, ast.Constant) else "7" for part in node.values)
        yield "".join(parts)
    elif isinstance(node, ast.IfExp):
        yield from (text for each in (node.body, node.orelse) for text in texts(each))
    elif isinstance(node, ast.Dict):
        yield from (text for each in node.values for text in texts(each))
    elif isinstance(node, ast.Tuple | ast.List):
        yield from (text for each in node.elts for text in texts(each))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_text_of_a_handler_has_chinese(path, entries):
    """No text that a handler says lacks an entry, facts set apart by a point one by one."""
    facts = [fact for text in keys_of(path) for fact in text.split(" · ")]
    assert [fact for fact in facts if not is_said(fact, entries)] == []


def test_the_search_finds_texts():
    """The test above looks where texts are."""
    found = {text for path in FILES for text in keys_of(path)}
    assert {"Ready.", "Renamed.", "Round 7 of 7", "Stopped here."} <= found
    assert import_module("tasks.tabs.talk.desk").BUSY in found


def test_what_gradio_calls_its_buttons_has_chinese(entries):
    """Every label that Gradio knows in English alone is in the catalogue."""
    assert [label for label in LABELS if label not in entries] == []


WAIT = partial(Waiting, attempt=1, wait_s=5, elapsed_s=1)


@pytest.mark.parametrize(
    ("elapsed_s", "waiting", "said"),
    [
        (2, None, "运行中 · 2 秒"),
        (9, None, "仍在等待 · 9 秒 · 冷启动的模型要先加载，需要一些时间"),
        (2, WAIT(kind="waking", message=""), "端点正在唤醒 · 2 秒 · 4 秒后重试"),
        (2, WAIT(kind="loading", message=""), "模型正在加载 · 2 秒 · 4 秒后重试"),
        (9, WAIT(kind="busy", message=""), "正在重试 · 第 2 次尝试 · 9 秒"),
    ],
)
def test_a_status_line_is_translated_fact_by_fact(elapsed_s, waiting, said):
    """What is told of a call under way, with its numbers."""
    with speaking("zh"):
        assert said in words.status_html(words.progress_text(elapsed_s, waiting), "busy")


def test_a_failure_is_told_in_chinese():
    """Cause and next step, ended as Chinese sentences are; the error itself stays English."""
    error = InvalidInputError("there is no message", hint="Type one first.")
    with speaking("zh"):
        told = words.failure_text(error)
    assert re.fullmatch("[\u4e00-\u9fff]+。[\u4e00-\u9fff]+。", told)
    assert words.failure_text(error) == "There is no message. Type one first."
