"""Who pays for a call of a visitor: the client that all tabs and the API share, and the count."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone
from types import SimpleNamespace

import pytest
from gradio.context import LocalContext

from workbench import providers
from workbench.cli.launch import _client
from workbench.errors import (
    AuthenticationError,
    ConfigurationError,
    PermissionDeniedError,
    RateLimitedError,
    WorkbenchError,
)
from workbench.language import speaking, translate
from workbench.language.markup import translate_html
from workbench.protocols.payload import Payload
from workbench.routes import CHAT, COMPLETION, COURSE_ROUTES, NER, TEXT_TO_IMAGE
from workbench.settings import Settings
from workbench.ui.allowance import Allowance
from workbench.ui.login import USER
from workbench.ui.notice import notice_html
from workbench.ui.oauth import Provider
from workbench.ui.visitors import SIGNED_IN, SignedIn, Visitor, VisitorsClient, asking

OWNER, TOKEN = "hf_0wner0wner0wner", "hf_oauth_vis1t0rvis1t0r"
NOWHERE = "http://127.0.0.1:9/"
"""Costs something, and no call gets there."""


@pytest.fixture
def ask():
    """Be asked by somebody, as Gradio tells of a request."""
    before = LocalContext.request.get(None)

    def be(name=None, token=None, address="203.0.113.5"):
        scope = {"client": (address, 1)}
        if name:
            scope[USER] = name
        if token:
            scope[SIGNED_IN] = SignedIn(name=name, token=token)
        LocalContext.request.set(SimpleNamespace(request=SimpleNamespace(scope=scope)))

    yield be
    LocalContext.request.set(before)


def settings(**targets):
    """The owner's: a token, keys, who is billed, and targets."""
    return Settings(
        token=OWNER,
        token_source="HF_TOKEN",
        keys={"HF_API_NER_KEY": "the-owner's", "OPENAI_API_KEY": "sk-the-owner"},
        bill_to="org",
        targets=targets,
    )


def test_nobody_asks_outside_of_a_handler():
    """Where no request is answered there is no visitor, and no token of one."""
    assert asking() == Visitor()


def test_own_uses_no_key_of_the_owner(ask):
    """Neither token nor keys nor bill of the owner are there, signed in or not."""
    with VisitorsClient(settings(), own=True) as client:
        for token in (None, TOKEN):
            ask("ada", token)
            seen = client.settings
            assert (seen.token, seen.keys, seen.bill_to) == (token, {}, None)
            assert OWNER not in repr(vars(client)) + repr(seen)
            for route in (*COURSE_ROUTES, CHAT):
                endpoint = client.endpoint(route)
                assert endpoint.token == token
                assert endpoint.in_process is (token is None)


@pytest.mark.parametrize(
    "target",
    ["https://abc.us-east-1.aws.endpoints.huggingface.cloud", "https://host.example/ner"],
)
def test_a_visitors_token_goes_to_hugging_face_alone(ask, target):
    """An endpoint of somebody's own gets no token, though it runs at Hugging Face."""
    ask("ada", TOKEN)
    with VisitorsClient(settings(HF_API_NER_BASE=target), own=True) as client:
        assert client.endpoint(NER).token is None
        stolen = type(client.endpoint(NER))(task="ner", target=target, url=target, token=TOKEN)
        with pytest.raises(PermissionDeniedError) as told:
            client.send(stolen, Payload(b"{}"), read=str)
        assert TOKEN not in str(told.value)


def test_own_asks_to_sign_in_where_hugging_face_answers(ask):
    """A target there is an error with the next step until somebody signs in."""
    ask()
    with VisitorsClient(settings(HF_API_NER_BASE="org/model"), own=True) as client:
        with pytest.raises(AuthenticationError) as told:
            client.call(client.endpoint(NER), "Ada")
        assert "Sign in with Hugging Face" in told.value.hint
        assert told.value.task == "ner"


def test_every_way_to_call_is_counted(ask):
    """Call, stream, chat and a picture through huggingface_hub take from the allowance; an engine
    of ours, a listing of models and another address don't."""
    ask(address="203.0.113.5")
    allowance = Allowance(4)
    chosen = settings(
        HF_API_NER_BASE=NOWHERE, HF_API_FALCOM_BASE=NOWHERE, HF_API_CHAT_BASE=f"{NOWHERE}v1#m"
    )
    with VisitorsClient(chosen, allowance=allowance) as client:
        ways = [
            lambda: client.call(client.endpoint(NER), "Ada"),
            lambda: client.generate(client.endpoint(COMPLETION), "Ada"),
            lambda: client.chat(client.endpoint(CHAT), [{"role": "user", "content": "hi"}]),
            lambda: providers._through_hub(
                client, client.endpoint(TEXT_TO_IMAGE), SimpleNamespace(provider="x"), "", {}, 0
            ),
        ]
        for number, way in enumerate(ways):
            assert allowance.left("address:203.0.113.5") == 4 - number
            with contextlib.suppress(WorkbenchError):  # nobody answers there
                way()
        assert allowance.left("address:203.0.113.5") == 0
        for way in ways:
            with pytest.raises(RateLimitedError) as told:
                way()
            assert told.value.task
        listing = Payload(method="GET")
        with pytest.raises(Exception) as told:  # noqa: PT011
            client.send(client.endpoint(NER), listing, read=str)
        assert not isinstance(told.value, RateLimitedError)
        assert client.using("embedded").call(client.using("embedded").endpoint(NER), "Ada")
        ask(address="203.0.113.6")
        client.permit(client.endpoint(NER))
        ask("ada", address="203.0.113.5")
        client.permit(client.endpoint(NER))


def test_a_household_is_one_visitor():
    """With IPv6 the network counts, whose addresses one computer has by the billion."""
    one, other = (Visitor(address=f"2001:db8:1:2::{last}") for last in "12")
    assert one.key == other.key != Visitor(address="2001:db8:1:3::1").key


def test_calls_at_once_are_counted_one_by_one(tmp_path):
    """Of forty calls at the same time, in threads of two who count, each visitor gets five."""
    file = tmp_path / "allowance.sqlite3"
    counts = [Allowance(5, 100, file=file) for _ in range(2)]

    def take(number):
        try:
            counts[number % 2].take(f"visitor {number // 2 % 2}")
        except RateLimitedError:
            return 0
        return 1

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(take, range(40))) == 10
    assert counts[0].left("visitor 0") == 0
    assert counts[1].left("another") == 5


def test_processes_share_the_count(tmp_path):
    """Another process that counts in the same file knows what was taken."""
    file = tmp_path / "allowance.sqlite3"
    env = {**os.environ, "WORKBENCH_HOME": str(tmp_path)}
    code = (
        "import sys, pathlib; from workbench.ui.allowance import Allowance;"
        "Allowance(2, file=pathlib.Path(sys.argv[1])).take('ada')"
    )
    ends = [
        subprocess.run(
            [sys.executable, "-c", code, str(file)], env=env, capture_output=True, timeout=60
        ).returncode
        for _ in range(3)
    ]
    assert ends == [0, 0, 1]


def test_a_new_day_begins_anew(tmp_path):
    """At midnight UTC there are new calls; until then it is told how long it takes."""
    clock = [datetime(2026, 3, 1, 18, 30, tzinfo=timezone.utc)]
    count = Allowance(1, 2, file=tmp_path / "a.sqlite3", now=lambda: clock[0])
    count.take("ada")
    with pytest.raises(RateLimitedError, match="your calls of today are used up: 1 a day") as told:
        count.take("ada")
    assert "in 5 h 30 min" in told.value.hint
    with speaking("zh"):
        assert translate(str(told.value)) == "你今天的调用已用完：每位访客每天 1 次"
        assert translate(told.value.hint).startswith("5 小时 30 分钟后")
    count.take("bob")
    with pytest.raises(RateLimitedError, match="2 a day for all visitors together"):
        count.take("eve")
    assert count.left("eve") == 0
    clock[0] = datetime(2026, 3, 2, 0, 0, 1, tzinfo=timezone.utc)
    count.take("ada")
    assert count.left("eve") == 1


def test_who_called_is_not_written_down(tmp_path):
    """The file holds neither names nor addresses."""
    file = tmp_path / "a.sqlite3"
    Allowance(1, file=file).take("address:203.0.113.5")
    assert b"203.0.113" not in file.read_bytes()


def test_what_cannot_be_counted_is_not_given(tmp_path):
    """A damaged file ends the calls that cost, not the limit."""
    file = tmp_path / "a.sqlite3"
    count = Allowance(5, file=file)
    file.write_bytes(b"no database at all" * 500)
    with pytest.raises(ConfigurationError, match="can't be counted"):
        count.take("ada")


def test_the_notice_tells_who_pays(ask):
    """Each kind of app says at whose expense a call is made, in both languages."""
    own = VisitorsClient(settings(), own=True, sign_in=True)
    limit = VisitorsClient(settings(), allowance=Allowance(7))
    free = VisitorsClient(Settings(), allowance=Allowance(7))
    assert "Sign in with Hugging Face</a>" in notice_html(own, Visitor())
    signed_in = notice_html(own, Visitor(name="<ada>", token=TOKEN))
    assert "the account of &lt;ada&gt;" in signed_in
    assert TOKEN not in signed_in
    assert "7 calls a day of each visitor; you have 7 left" in notice_html(limit, Visitor())
    assert notice_html(free, Visitor()) == ""
    with speaking("zh"):
        for notice in (notice_html(own, Visitor()), signed_in, notice_html(limit, Visitor())):
            text = re.sub(r"<[^>]*>|Hugging Face|&lt;ada&gt;", "", translate_html(notice))
            assert not re.search("[A-Za-z]", text), text


def test_launch_has_a_daily_limit(own_home):
    """`workbench launch --daily-limit 3` counts as a Space does."""
    client = _client(Settings(), 3)
    assert isinstance(client, VisitorsClient)
    assert (client.own, client.allowance.each, client.allowance.total) == (False, 3, 30)
    assert not isinstance(_client(Settings(), None), VisitorsClient)
    client.allowance.take("ada")
    assert Allowance.kept(3).left("ada") == 2


@pytest.fixture
def own_home(tmp_path, monkeypatch):
    """A data folder for one test."""
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path / "data"))


def test_a_provider_keeps_the_secret_to_itself():
    """A repr tells no secret; without OAuth in the environment there is no provider."""
    env = {"OAUTH_CLIENT_ID": "id", "OAUTH_CLIENT_SECRET": "s3cret"}
    provider = Provider.from_env(env, "https://someone.hf.space/")
    assert "s3cret" not in repr(provider)
    assert provider.callback == "https://someone.hf.space/login/callback"
    assert "inference-api" in provider.scopes
    assert Provider.from_env({"OAUTH_CLIENT_ID": "id"}, "https://x.hf.space") is None
