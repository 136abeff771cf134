"""`workbench chat`: in a terminal, as a person uses it, and in a pipe."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests
import responses
from launching import server

from workbench.cli import main
from workbench.cli.chat import take_line
from workbench.cli.chat_commands import COMMANDS
from workbench.cli.chat_reply import take_reply
from workbench.cli.chat_screen import Screen
from workbench.cli.chat_talk import Talk
from workbench.client import EndpointClient
from workbench.settings import Settings

pytest.importorskip("pty", reason="terminals are opened as on POSIX")
from terminals import Terminal

from workbench.cli.chat_prompt import history_file

WORDS = "one two three four"
UP, END = "\x1b[A", "\x04"
BROKEN = "/faults/stream-cut/models/echo/v1?token_delay=0"
SILENT = "/faults/stream-stall/models/echo/v1?token_delay=0&seconds=60"


@pytest.fixture(scope="module")
def base():
    """A server with every fault."""
    with server() as url:
        yield url


@pytest.fixture(autouse=True)
def kept_here(monkeypatch, tmp_path):
    """What is remembered stays in the test's own folder."""
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path / "kept"))


def chat(*arguments, **options):
    """A chat in a terminal."""
    return Terminal("chat", *arguments, **options)


@pytest.fixture
def piped(capfd, monkeypatch):
    """A chat whose messages come through a pipe; its exit code, stdout and stderr."""

    def call(*arguments, given):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(given.encode())))
        with pytest.raises(SystemExit) as ended:
            main(["chat", *arguments])
        return (ended.value.code or 0, *capfd.readouterr())

    return call


def disconnects(base):
    """How many callers left the server before their reply was whole."""
    return requests.get(f"{base}/stats", timeout=5).json()["disconnects"]


def test_who_answers_and_how_to_leave():
    """It begins with whom one talks to; Ctrl-C at an empty line tells how to leave, Ctrl-D does."""
    with chat("agree") as terminal:
        greeting = terminal.ask("Tea is best")
        assert "Agrees every other time, embedded (agree), in this process." in greeting
        assert "Ctrl-D leaves" in greeting
        terminal.wait_for("Yes, I do think that: Tea is best\r\n")
        terminal.ready()
        terminal.type("half a thought\x03")
        assert "leaves" not in terminal.ready()
        terminal.type("\x03")
        terminal.wait_for("Ctrl-D or /quit leaves.")
        terminal.ready()
        terminal.type(END)
        assert terminal.end() == 0


def test_reply_streams_and_stops(base):
    """Its words show while the model is silent; Ctrl-C reaches the server and loses nothing."""
    before = disconnects(base)
    with chat(base + SILENT) as terminal:
        terminal.ask(WORDS)
        terminal.wait_for("one two")
        terminal.type("\x03\x03\x03")
        terminal.wait_for("[stopped]\r\n")
        deadline = time.monotonic() + 10
        while disconnects(base) == before and time.monotonic() < deadline:
            time.sleep(0.01)
        assert disconnects(base) == before + 1
        terminal.ask("/model agree")
        terminal.ask("Still there?")
        terminal.wait_for("I don't think so.")  # it saw the stopped reply
        terminal.ask("/save talk.json")
        terminal.wait_for("Written to talk.json")
        terminal.ask("/save talk.md")
        terminal.ask("/quit")
        assert terminal.end() == 0
    turns = json.loads(Path("talk.json").read_text())["turns"]
    assert [(turn["role"], turn["content"], turn["state"]) for turn in turns] == [
        ("user", WORDS, "done"),
        ("assistant", "one two", "stopped"),
        ("user", "Still there?", "done"),
        ("assistant", "I don't think so.", "done"),
    ]
    assert "one two\n\n*(stopped)*\n" in Path("talk.md").read_text()


def test_stopped_before_its_first_word(base):
    """A sign shows that a reply is waited for; nothing of it is kept, and /retry asks again."""
    with chat(f"{base}/faults/stream-late/models/echo/v1?token_delay=0&seconds=60") as terminal:
        terminal.ask(WORDS)
        terminal.wait_for("…")
        terminal.type("\x03")
        terminal.wait_for("[stopped]")
        terminal.ask("/continue")
        terminal.wait_for("There is no reply to go on with. /retry asks again.")
        terminal.ask("/model agree")
        terminal.ask("/retry")
        terminal.wait_for(f"Yes, I do think that: {WORDS}\r\n")


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["/system Be brief."], "A new conversation. The model is told: Be brief."),
        (["/system Be brief.", "/system"], "The model is told: Be brief."),
        (["/system"], "The model is told: nothing"),
        (["Tea", "/system Be brief.", "Milk"], "Yes, I do think that: Milk"),
        (["Tea", "/new", "Milk"], "Yes, I do think that: Milk"),
        (["Tea", "/undo", "Milk"], "Yes, I do think that: Milk"),
        (["Tea", "/undo"], "Taken back: Tea"),
        (["/undo"], "There is nothing to take back."),
        (["Tea", "/retry"], "Tea\n\nYes, I do think that: Tea"),
        (["/retry"], "There is no message to send again."),
        (["/model"], "* agree          Agrees every other time, embedded\n"),
        (
            ["/model"],
            "  qwen           Qwen at DashScope. It can't answer yet: Set DASHSCOPE_API_KEY.",
        ),
        (["/model qwen"], "qwen can't answer yet\n  next: Set DASHSCOPE_API_KEY."),
        (["/model talkr"], "Did you mean `talker`?"),
        (["/model echo", "Tea"], "Tea\n"),
        (["/sav x"], "There is no command /sav. Did you mean /save?"),
        (["/"], "There is no command /."),
        (["//etc/hosts"], "Yes, I do think that: /etc/hosts"),
        (["/save x.md"], "Nothing was said yet."),
        (["Tea", "/save"], "Name a file: /save talk.md"),
        (["Tea", "/save no/x.md"], "Name another file, in a folder that is there and has room."),
        (["/help"], "/save FILE"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_commands(capsys, lines, told):
    """Each does what it is there for, and says so."""
    with EndpointClient(Settings()) as client:
        talk, screen = Talk(client.using("agree")), Screen()
        for line in lines:
            take_line(line, talk, screen)
    shown = capsys.readouterr()
    assert told in (shown.out + shown.err)


def test_nothing_is_overwritten_unasked(capsys, tmp_path):
    """/save leaves a file that is there alone; /save! puts the talk in its place."""
    path = tmp_path / "talk.md"
    path.write_text("mine")
    with EndpointClient(Settings()) as client:
        talk = Talk(client.using("echo"), system="Be brief.")
        for line in ("Tea", f"/save {path}"):
            take_line(line, talk, Screen())
        take_line(f'/save "{path}"', talk, Screen())
        assert path.read_text() == "mine"
        assert f"/save! {path} puts the talk in its place" in capsys.readouterr().err
        take_line(f"/save! {path}", talk, Screen())
    assert path.read_text() == "# Tea\n\n> Be brief.\n\n**You**\n\nTea\n\n**Assistant**\n\nTea\n"


@pytest.mark.parametrize("fault", ["busy", "stream-error-midway", "stream-cut"])
def test_errors_keep_the_talk(base, capsys, no_waiting, monkeypatch, fault):
    """Cause and next step are told, what arrived is kept; another model gets it all by /retry."""
    monkeypatch.setenv("WORKBENCH_DEADLINE_S", "1")
    query = "?token_delay=0&seconds=60"
    with EndpointClient() as client:
        target = f"{base}/faults/{fault}/models/echo/v1{query}"
        talk, screen = Talk(client.using(target)), Screen()
        take_line(WORDS, talk, screen)
        told = capsys.readouterr()
        came = "" if fault == "busy" else "one two"
        assert told.out == (f"{came}\n" if came else "")
        assert "workbench: chat: " in told.err
        assert "next: " in told.err
        assert ("/continue goes on" in told.err) == bool(came)
        assert [turn.content for turn in talk.turns] == [WORDS, came][: 1 + bool(came)]
        for line in ("/model agree", "/retry"):
            take_line(line, talk, screen)
    assert talk.turns[-1].content == f"Yes, I do think that: {WORDS}"
    assert [turn.role for turn in talk.turns] == ["user", "assistant"]


def test_waiting_is_told(base, capsys, no_waiting):
    """A model that wakes up first is waited for, and the person is told why."""
    with EndpointClient(Settings()) as client:
        target = f"{base}/faults/waking/models/echo/v1?times=1&key=chat&token_delay=0"
        take_line(WORDS, Talk(client.using(target)), Screen())
    told = capsys.readouterr()
    assert told.out == f"{WORDS}\n"
    assert "; trying again in " in told.err


def test_retry_that_fails_keeps_the_reply(base, no_waiting):
    """A reply that was there isn't given up for an error."""
    with EndpointClient(Settings()) as client:
        talk = Talk(client.using("echo"))
        take_line("Tea", talk, Screen())
        talk.switch(f"{base}/faults/error/v1")
        take_line("/retry", talk, Screen())
    assert [turn.content for turn in talk.turns] == ["Tea", "Tea"]


@responses.activate
def test_continue_asks_for_the_rest(capsys):
    """What comes is added to the reply; what might have become a stop string is shown as well."""
    texts = iter([(" Hello", "\nUser"), (", that", " was it.")])

    def answer(request):
        events = [{"token": {"text": text}, "generated_text": None} for text in next(texts)]
        if request.body.rstrip(b"}").find(b"Hello") > 0:
            events[-1]["generated_text"] = "done"
        body = "".join(f"data:{json.dumps(event)}\n\n" for event in events)
        return 200, {"content-type": "text/event-stream"}, body

    responses.add_callback("POST", "https://falcon.example/generate_stream", answer)
    with EndpointClient(Settings()) as client:
        talk = Talk(client.using("tgi+https://falcon.example"))
        take_line("Hi", talk, Screen())
        assert talk.turns[-1].state == "interrupted"
        take_line("/continue", talk, Screen())
    assert talk.turns[-1].content == "Hello\nUser, that was it."
    assert (talk.turns[-1].state, len(talk.turns)) == ("done", 2)
    assert capsys.readouterr().out == "Hello\nUser\n, that was it.\n"


def test_defaults_of_a_model_hold_unless_others_are_set():
    """What workbench.toml says of a model is sent, what a person sets goes before it."""
    table = {"mine": {"target": "embedded:echo", "temperature": 0.1, "seed": 7, "system": "Be."}}
    settings = Settings.from_env({}, {"chat": {"models": table}})
    with EndpointClient(settings) as client, client.recording() as exchanges:
        talk = Talk(client.using("mine"), options={"temperature": 0.9})
        talk.say("Tea")
        assert list(talk.ask())
        talk.system = ""
        assert list(talk.ask())
    first, second = (json.loads(exchange.payload.body) for exchange in exchanges)
    assert (first["temperature"], first["seed"]) == (0.9, 7)
    assert [message["role"] for message in first["messages"]] == ["system", "user"]
    assert [message["role"] for message in second["messages"]] == ["user"]


def test_messages_without_a_reply_are_sent_as_one():
    """After a failure the next message stands beside the first; many models want turns in turn."""
    with EndpointClient(Settings()) as client, client.recording() as exchanges:
        talk = Talk(client.using("echo"))
        for word in ("Tea", "Milk"):
            talk.say(word)
        assert list(talk.ask())
    sent = json.loads(exchanges[0].payload.body)["messages"]
    assert sent == [{"role": "user", "content": "Tea\nMilk"}]


def test_long_talk_says_what_was_left_out(capsys):
    """Once for each reply, how many messages were not sent."""
    with EndpointClient(Settings()) as client:
        talk = Talk(client.using("canned"))
        for _ in range(4):
            talk.say("word " * 2500)
            talk.hear("Yes.")
        talk.say("Tea")
        take_reply(talk, Screen())
    assert capsys.readouterr().err == "[the talk is long: the 4 oldest messages were not sent]\n"


@pytest.mark.parametrize(
    ("pieces", "shown"),
    [
        (["\x1b", "[2Jgone"], "\\x1b[2Jgone"),
        (["\x9b", "2J", "\x07\x7f\x00"], "\\x9b2J\\x07\\x7f\\x00"),
        (["one\r", "\n\ttwo\r"], "one\n\ttwo"),
        (["Zoë \N{SLIGHTLY SMILING FACE}"], "Zoë \N{SLIGHTLY SMILING FACE}"),
    ],
    ids=["split escape", "C1 and others", "newlines and tabs", "letters"],
)
def test_model_text_changes_nothing_on_the_terminal(capsys, pieces, shown):
    """Codes are spelled out, wherever a stream cuts them; line ends and tabs stay."""
    screen = Screen()
    screen.begin()
    for piece in pieces:
        screen.piece(piece)
    screen.end()
    assert capsys.readouterr().out == f"{shown}\n"


def test_escapes_are_spelled_out_in_a_terminal():
    """A model that repeats what was pasted can't colour, move or title anything."""
    with chat("echo") as terminal:
        terminal.ready()
        terminal.type("\x1b[200~\x1b]0;title\x07\x1b[31mred\x1b[201~\r")
        shown = terminal.wait_for("red\r\n")
    assert "\\x1b]0;title\\x07\\x1b[31mred" in shown.replace("\x1b[0m", "")
    assert "\x1b]0;" not in terminal.raw
    assert "\x1b[31m" not in terminal.raw


def test_several_lines_are_one_message():
    """Pasted lines, and lines that end with a backslash."""
    with chat("agree") as terminal:
        terminal.ready()
        terminal.type("\x1b[200~one\r\ntwo\x1b[201~\r")
        terminal.wait_for("Yes, I do think that: one\r\ntwo\r\n")
        terminal.ask("/new")
        terminal.ready()
        terminal.type("three\\\rfour\r")
        terminal.wait_for("Yes, I do think that: three\r\nfour\r\n")


def test_history_is_recalled(tmp_path):
    """Arrow up brings back what was typed in an earlier talk, unless nothing is to be kept."""
    with chat("echo") as terminal:
        terminal.ask("remember me")
        terminal.ready()
        terminal.type(END)
        terminal.end()
    path = tmp_path / "kept" / "chat-history"
    assert "remember me" in path.read_text()
    assert path.stat().st_mode & 0o077 == 0
    with chat("agree") as terminal:
        terminal.ready()
        terminal.type(UP + "\r")
        terminal.wait_for("Yes, I do think that: remember me\r\n")
    before = path.read_text()
    with chat("agree", "--no-history") as terminal:
        terminal.ready()
        terminal.type(UP + "forget me\r")
        terminal.wait_for("Yes, I do think that: forget me\r\n")
    assert path.read_text() == before


def test_no_place_for_a_history(tmp_path):
    """A folder that can't be made is no reason not to talk: then there is no file."""
    assert history_file() == tmp_path / "kept" / "chat-history"
    (tmp_path / "kept" / "chat-history").unlink()
    (tmp_path / "kept" / "chat-history").mkdir()
    assert history_file() is None


def test_tab_completes():
    """The only command or model that fits is filled in."""
    with chat("echo") as terminal:
        terminal.ready()
        terminal.type("/mod\t")
        terminal.wait_for("el")
        terminal.type("agr\t")
        terminal.wait_for("ee")
        terminal.type("\r")
        terminal.wait_for("Talking to Agrees every other time, embedded (agree)")


def test_replies_alone_go_to_a_file(tmp_path):
    """With stdout elsewhere the prompt and all notices stay on the terminal."""
    with (tmp_path / "out").open("w") as out, chat("agree", stdout=out) as terminal:
        for line in ("Tea", "/help", "Milk", "/quit"):
            terminal.ask(line)
        assert terminal.end() == 0
    assert (tmp_path / "out").read_text() == ("Yes, I do think that: Tea\n\nI don't think so.\n")


def test_typing_meanwhile_waits(base):
    """What is typed while a reply comes stands at the next prompt, not within the reply."""
    with chat(f"{base}/models/echo/v1?token_delay=0.1&tokens=8") as terminal:
        terminal.ask(WORDS)
        terminal.wait_for("one")
        terminal.type("/model agree\r")
        reply = terminal.ready()
        terminal.wait_for("Talking to Agrees")
    assert "/model" not in reply


@pytest.mark.parametrize(
    ("arguments", "given", "out", "told", "code"),
    [
        (["echo"], "hi there\n", "hi there\n", "", 0),
        (["-t", "agree"], "Tea\n\nMilk", "Yes, I do think that: Tea\n\nI don't think so.\n", "", 0),
        (["echo"], "/quit\n//x\\\n", "/quit\n\n//x\\\n", "", 0),
        (["echo"], "", "", "", 0),
        (["echo"], "\ufeffZo\u00eb\r\n\x1b[2J", "Zo\u00eb\n\n\\x1b[2J\n", "", 0),
        (["http://127.0.0.1:9/v1#x"], "Tea\n", "", "can't be reached", 1),
        (["ecko"], "Tea\n", "", "Did you mean `echo`?", 2),
        (["falcon"], "Tea\n", "", "Set HF_API_FALCOM_BASE to the address of its server.", 2),
        (["echo", "-t", "agree"], "", "", "a model and a target are given", 2),
        (["echo", "--temperature", "-1"], "", "", "--temperature", 2),
    ],
)  # fmt: skip
def test_pipe(piped, arguments, given, out, told, code):
    """Each line is a message, a command never; stdout holds replies, stderr what went wrong."""
    ended, printed, err = piped(*arguments, given=given)
    assert (printed, ended) == (out, code)
    assert told in err if told else err == ""


def test_some_lines_fail(piped, base, no_waiting):
    """One that fails doesn't keep the others from their replies; then it ends with 3."""
    target = f"{base}/faults/error/v1?times=2&key=pipe#agree"
    code, out, err = piped(target, given="Tea\nMilk\n")
    assert (out, code) == ("Yes, I do think that: Milk\n", 3)
    assert "/retry" not in err


def test_lines_are_answered_as_they_come():
    """A program at the other end of both pipes has its reply before it writes on."""
    with subprocess.Popen(
        [sys.executable, "-m", "workbench", "chat", "agree"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        process.stdin.write(b"Tea\n")
        process.stdin.flush()
        assert process.stdout.readline() == b"Yes, I do think that: Tea\n"
        process.stdin.close()
        assert process.wait(20) == 0


def test_help_has_every_command(capsys):
    """/help has a line for each."""
    with EndpointClient(Settings()) as client:
        take_line("/help", Talk(client), Screen())
    told = capsys.readouterr().err
    assert all(f"/{name} " in told for name in COMMANDS)


def test_doctor_and_tasks_tell_of_the_chat(capfd):
    """Who can answer, what each of the others needs, where workbench.toml is, whom one talks to."""
    Path("workbench.toml").write_text(
        '[targets]\nchat = "canned"\n[chat.models.falcon]\nkey = ""\n'
    )
    with pytest.raises(SystemExit):
        main(["doctor", "--no-probe", "--json"])
    found = {finding["name"]: finding for finding in json.loads(capfd.readouterr().out)}
    assert found["workbench.toml"]["told"] == str(Path("workbench.toml").absolute())
    models = found["chat models"]
    assert (models["state"], models["told"]) == (
        "note",
        "talker, echo, canned, yes-no, agree can answer",
    )
    assert "hf: Set HF_TOKEN.\n" in models["fix"]
    assert "falcon, falcon-course: Set HF_API_FALCOM_BASE" in models["fix"]
    assert found["chat"]["told"].startswith("canned (HF_API_CHAT_BASE)")
    with pytest.raises(SystemExit):
        main(["tasks", "--json"])
    chat = json.loads(capfd.readouterr().out)[-1]
    assert chat["targets"][0]["target"] == "canned"
