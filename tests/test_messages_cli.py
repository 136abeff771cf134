"""The command line in Chinese: who asks for it how, and that all of it is."""

from __future__ import annotations

import io
import json
import re

import pytest
import typer

from workbench.cli import main
from workbench.cli.columns import columns
from workbench.cli.commands import app
from workbench.cli.language import speak
from workbench.cli.status import Status
from workbench.errors import ConfigurationError
from workbench.language import current, set_default

CHINESE = re.compile("[\u4e00-\u9fff]")
ENGLISH = re.compile("[a-z]+ [a-z]+ [a-z]+")


def commands(command=None, path=()):
    """The words of every command that there is."""
    command = command or typer.main.get_command(app)
    yield " ".join(path)
    for name, each in getattr(command, "commands", {}).items():
        yield from commands(each, (*path, name))


@pytest.fixture(autouse=True)
def english_again():
    """The next test starts in English."""
    yield
    set_default("en")


@pytest.fixture
def run(capsys):
    """The command line in this process: its exit code, stdout and stderr."""

    def call(*arguments):
        try:
            main(list(arguments))
            code = 0
        except SystemExit as end:
            code = end.code or 0
        return code, *capsys.readouterr()

    return call


@pytest.mark.parametrize(
    ("arguments", "left"),
    [
        (["--lang", "zh", "run", "ner"], ["run", "ner"]),
        (["run", "ner", "--lang=zh-CN"], ["run", "ner"]),
        (["run", "--lang", "zh", "ner", "--", "--lang"], ["run", "ner", "--", "--lang"]),
    ],
)
def test_lang_may_stand_anywhere(arguments, left):
    """Before the command, after it, with or without an equals sign; after `--` it is text."""
    assert (speak(arguments), current()) == (left, "zh")


@pytest.mark.parametrize(
    ("env", "spoken"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LANG": "fr_FR.UTF-8", "LC_MESSAGES": "zh_TW"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "WORKBENCH_LANG": "en"}, "en"),
        ({"LANG": "en_GB.UTF-8", "WORKBENCH_LANG": "zh"}, "zh"),
    ],
)
def test_without_it_the_environment_decides(env, spoken, monkeypatch):
    """WORKBENCH_LANG first, then the locale as POSIX ranks it."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "WORKBENCH_LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    speak([])
    assert current() == spoken
    speak(["--lang", "en"])
    assert current() == "en"


@pytest.mark.parametrize("arguments", [["--lang", "fr"], ["--lang="], ["run", "--lang"]])
def test_a_language_that_is_not_spoken_is_an_error(arguments):
    """What there is, is told."""
    with pytest.raises(ConfigurationError, match="there is no language") as caught:
        speak(arguments)
    assert caught.value.hint == "There are: en, zh."


def test_errors_are_told_in_chinese(run):
    """Cause and next step; the exit code is the same."""
    code, out, err = run("--lang", "zh", "run", "ner", "")
    assert (code, out) == (2, "")
    assert err == "workbench: 没有可识别的文本\n  下一步：先输入或粘贴一些内容。\n"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["rum"], "没有命令 'rum'"),
        (["run"], "缺少参数"),
        (["run", "ner", "--foo"], "没有选项"),
        (["launch", "--port", "99999"], "'--port' 的值无效"),
    ],
)
def test_mistyped_commands_are_told_in_chinese(run, arguments, told):
    """Typer's own words are translated too."""
    code, out, err = run(*arguments, "--lang", "zh")
    assert (code, out) == (2, "")
    assert err.startswith("用法：")
    assert told in err
    assert "-h' 查看帮助" in err


@pytest.mark.parametrize("command", list(commands()))
def test_help_is_in_chinese(run, command, monkeypatch):
    """No sentence is left in English, and the lines fit the terminal."""
    monkeypatch.setenv("COLUMNS", "80")
    code, out, err = run("--lang", "zh", *command.split(), "--help")
    assert (code, err) == (0, "")
    assert out.startswith("用法：")
    lines = [line for line in out.splitlines()[1:] if line.strip()]
    assert [line for line in lines if ENGLISH.search(line)] == []
    assert max(map(columns, lines)) <= 80


def test_doctor_and_tasks_are_in_chinese(run):
    """Findings, fixes and descriptions; in columns that stand under each other."""
    _, doctor, _ = run("doctor", "--no-probe", "--lang", "zh")
    found = [line for line in doctor.splitlines() if not line.startswith(" ")]
    assert {line.split()[0] for line in found} == {"正常", "注意"}
    assert {columns(line) - columns(line[3:].lstrip()) for line in found} == {6}
    assert "设置 HF_TOKEN" in doctor
    _, tasks, _ = run("tasks", "--lang", "zh")
    assert "目标 embedded (没有密钥时的默认值)" in tasks
    assert all(CHINESE.search(line) or line.startswith(" ") for line in tasks.splitlines())


def test_results_and_json_stay_as_they_are(run):
    """Whoever reads them with a program gets the same in each language."""
    for arguments in (["tasks", "--json"], ["run", "ner", "Ada Lovelace lived in London."]):
        english = run(*arguments, "--lang", "en")
        assert run(*arguments, "--lang", "zh") == english
    document = json.loads(run("tasks", "--json", "--lang", "zh")[1])
    assert document[0]["summary"] == "Shorten a text to what matters."


def test_a_line_of_status_is_as_wide_as_the_terminal(monkeypatch):
    """Chinese takes two columns a character: what is shown fits, and is wiped whole."""

    class Terminal(io.StringIO):
        def isatty(self):
            return True

    screen = Terminal()
    monkeypatch.setattr("sys.stderr", screen)
    monkeypatch.setenv("COLUMNS", "20")
    set_default("zh")
    status = Status()
    status.show("The endpoint is starting, which takes minutes. Try again in a moment.")
    shown = screen.getvalue()
    assert shown.startswith("端点正在启动")
    assert columns(shown) <= 19
    status.wipe()
    assert screen.getvalue() == f"{shown}\r{' ' * columns(shown)}\r"


def test_a_chat_in_a_terminal_is_in_chinese(monkeypatch, tmp_path):
    """Commands, what they do and what went wrong; the reply itself is the model's."""
    pytest.importorskip("pty", reason="terminals are opened as on POSIX")
    from terminals import Terminal

    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path))
    monkeypatch.setenv("WORKBENCH_LANG", "zh")
    with Terminal("chat", "canned") as terminal:
        assert "正在与 三句固定回复（内置） (canned)，在本进程中 对话。" in terminal.ask("/help")
        assert "新建对话" in terminal.ask("/model nosuch")
        assert "没有对话模型 'nosuch'" in terminal.ask("/quit")
        assert terminal.end() == 0
