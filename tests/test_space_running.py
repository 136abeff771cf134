"""A written Space is started as Hugging Face starts it, and used: whose key pays for a call."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from urllib.parse import urlsplit

import pytest
import requests
import spaces

pytestmark = [pytest.mark.server, pytest.mark.timeout(300)]
PAGE = {"Accept": "text/html", "Host": spaces.HOST}
ADA = "Ada lives in London"


@pytest.fixture(scope="module")
def hub():
    """Hugging Face."""
    with spaces.Hub() as hub:
        yield hub


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A Space of each kind, told where its packages came from."""
    home = tmp_path_factory.mktemp("spaces")
    for visitors in ("own", "login", "limit"):
        app = spaces.make(home / visitors, visitors) / "app.py"
        told = "import sys, workbench, tasks\n"
        told += "print(workbench.__file__, tasks.__file__, file=sys.stderr)"
        app.write_text(app.read_text().replace("from workbench", f"{told}\nfrom workbench", 1))
    return home


@pytest.fixture(scope="module")
def own(folder, hub):
    """The Space where visitors sign in, with a token of its owner set by mistake."""
    with spaces.running(folder / "own", {**hub.env, "HF_TOKEN": spaces.OWNER}) as (port, told):
        yield f"http://127.0.0.1:{port}", told


def call(url, *data, name="ner", cookie="", **headers):
    """What the API answers to a call: its last event and the data that came with it."""
    headers = {"Cookie": cookie, "Host": spaces.HOST, **headers}
    path = f"{url}/gradio_api/call/{name}"
    begun = requests.post(path, json={"data": list(data)}, headers=headers, timeout=30)
    assert begun.ok, begun.text
    number = begun.json()["event_id"]
    told = requests.get(f"{path}/{number}", headers=headers, timeout=60).text
    event, data = re.findall(r"event: (\w+)\ndata: (.*)", told)[-1]
    return event, data


def ner(url, **headers):
    """A call of `/ner` as the configured target answers it."""
    return call(url, ADA, "simple", None, **headers)


def cookies(answer):
    """What a browser would send back, though this is http."""
    given = answer.raw.headers.getlist("Set-Cookie")
    pairs = (line.partition(";")[0] for line in given if "Max-Age=0" not in line)
    return "; ".join(pairs)


def begin(url):
    """Start a sign-in; where the provider sends the person back to, and the cookie of the start."""
    start = requests.get(
        f"{url}/login/huggingface", headers=PAGE, allow_redirects=False, timeout=30
    )
    assert start.status_code == 303
    provider = requests.get(start.headers["Location"], allow_redirects=False, timeout=30)
    back = urlsplit(provider.headers["Location"])
    return f"{back.path}?{back.query}", cookies(start)


def sign_in(url):
    """Sign in as a browser does; the cookie that says so."""
    place, cookie = begin(url)
    headers = {**PAGE, "Cookie": cookie}
    done = requests.get(url + place, headers=headers, allow_redirects=False, timeout=30)
    assert done.status_code == 303, done.text
    assert done.headers["Location"] == f"https://{spaces.HOST}/"
    given = done.headers["Set-Cookie"]
    assert "HttpOnly" in given
    assert "Secure" in given
    assert "Domain" not in given
    return cookies(done)


def test_the_copy_is_what_runs(own, folder):
    """Both packages come from the folder, and the tasks that were asked for are there, no other."""
    url, told = own
    copied = f"{folder / 'own'}/workbench/__init__.py {folder / 'own'}/tasks/__init__.py\n"
    assert copied in told
    info = requests.get(f"{url}/gradio_api/info", headers=PAGE, timeout=30).json()
    assert set(info["named_endpoints"]) == {"/ner", "/chat"}


def test_a_space_is_framed_by_the_hub_alone(own):
    """Its pages may be shown by huggingface.co, and other names and origins are refused."""
    url, _ = own
    page = requests.get(url, headers=PAGE, timeout=30)
    assert (
        "frame-ancestors 'self' https://huggingface.co" in page.headers["Content-Security-Policy"]
    )
    strange = {"Host": "evil.example"}
    assert requests.get(url, headers=strange, timeout=30).status_code == 403
    foreign = {**PAGE, "Origin": "https://evil.example"}
    assert requests.get(url, headers=foreign, timeout=30).status_code == 403


def test_own_signed_out_costs_nobody(own, hub):
    """Without a sign-in the embedded engine answers, the owner's token stays where it is."""
    url, _ = own
    before = len(hub.requests)
    event, data = ner(url)
    assert event == "complete"
    assert "London" in data
    assert hub.requests[before:] == []


def test_own_calls_with_the_token_of_who_asks(own, hub):
    """Who signed in is answered by Hugging Face with their token; who signs out no longer."""
    url, told = own
    cookie = sign_in(url)
    assert hub.exchanged[-1]["redirect_uri"] == [f"https://{spaces.HOST}/login/callback"]
    assert hub.asked[-1]["scope"] == "openid profile inference-api"
    before = len(hub.called)
    event, data = ner(url, cookie=cookie)
    assert event == "complete", data
    assert "Ada" in data
    assert "London" not in data
    assert hub.called[before:] == [f"Bearer {hub.token}"]
    ner(url)
    assert len(hub.called) == before + 1
    out = {**PAGE, "Cookie": cookie, "Origin": f"https://{spaces.HOST}"}
    left = requests.post(
        f"{url}/logout/huggingface", headers=out, allow_redirects=False, timeout=30
    )
    assert left.status_code == 303
    assert "London" in ner(url, cookie=cookie)[1]
    sent = json.dumps([(headers, body.decode("latin-1")) for _, _, headers, body in hub.requests])
    assert spaces.OWNER not in sent
    page = requests.get(url, headers={**PAGE, "Cookie": cookie}, timeout=30).text
    for secret in (hub.token, spaces.OWNER, spaces.CLIENT["OAUTH_CLIENT_SECRET"]):
        assert secret not in page + "".join(told)


def test_own_chat_asks_in_the_name_of_who_asks(own, hub):
    """The chat too is answered with the visitor's token, or by the embedded engine without one."""
    url, _ = own
    said = ("hello", None, None, None, None, None, None, None, True)
    assert call(url, *said, name="chat")[0] == "complete"
    before = len(hub.requests)
    call(url, *said, name="chat", cookie=sign_in(url))
    asked = [r for r in hub.requests[before:] if r[1].startswith("/v1/chat/completions")]
    assert [headers["Authorization"] for _, _, headers, _ in asked] == [f"Bearer {hub.token}"]


def test_visitors_at_once_are_not_mixed_up(own, hub):
    """Of calls that run at the same time only those of who signed in bear a token."""
    url, _ = own
    cookie = sign_in(url)
    before = len(hub.called)
    answers = []
    asks = [
        threading.Thread(target=lambda c=c: answers.append((c, ner(url, cookie=c))))
        for c in ("", cookie) * 5
    ]
    for ask in asks:
        ask.start()
    for ask in asks:
        ask.join()
    for sent, (event, data) in answers:
        assert event == "complete"
        assert ("London" in data) is (sent == "")
    assert hub.called[before:] == [f"Bearer {hub.token}"] * 5


def test_a_sign_in_of_somebody_else_is_refused(own, hub):
    """An answer of the provider counts once, and only in the browser that asked for it."""
    url, _ = own
    place, cookie = begin(url)
    for wrong in ("", cookie + "x"):
        headers = {**PAGE, "Cookie": wrong}
        done = requests.get(url + place, headers=headers, allow_redirects=False, timeout=30)
        assert done.status_code == 400
        assert "too old, or was begun elsewhere" in done.text
    chinese = {**PAGE, "Accept-Language": "zh-CN", "Cookie": ""}
    assert "登录" in requests.get(url + place, headers=chinese, timeout=30).content.decode()
    headers = {**PAGE, "Cookie": cookie}
    done = requests.get(url + place, headers=headers, allow_redirects=False, timeout=30)
    assert done.status_code == 303
    again = requests.get(url + place, headers=headers, allow_redirects=False, timeout=30)
    assert again.status_code == 400
    place, cookie = begin(url)
    denied = re.sub(r"code=[^&]*", "error=access_denied", place)
    headers = {**PAGE, "Cookie": cookie}
    done = requests.get(url + denied, headers=headers, allow_redirects=False, timeout=30)
    assert done.status_code == 400
    assert "Set-Cookie" not in done.headers


@pytest.fixture(scope="module")
def paid(hub):
    """An endpoint that costs its owner, and the owner's token."""
    return {"HF_API_NER_BASE": f"{hub.url}/ner", "HF_TOKEN": spaces.OWNER}


def test_limit_counts_by_address_and_outlives_a_restart(folder, hub, paid):
    """Two calls a day for each visitor, whatever a visitor claims of its address."""
    before = len(hub.called)
    with spaces.running(folder / "limit", paid) as (port, _):
        url = f"http://127.0.0.1:{port}"
        for claimed in ("198.51.100.1, ", "198.51.100.2, "):
            event, data = ner(url, **{"X-Forwarded-For": f"{claimed}203.0.113.5"})
            assert event == "complete", data
        event, data = ner(url, **{"X-Forwarded-For": "198.51.100.3, 203.0.113.5"})
        assert event == "error"
        assert "your calls of today are used up: 2 a day" in data.replace("Your", "your")
        assert "00:00 UTC" in data
        assert "embedded" in data
        seen = {**PAGE, "X-Forwarded-For": "203.0.113.5", "Accept-Language": "zh-CN"}
        assert requests.get(url, headers=seen, timeout=30).ok
        free = call(url, ADA, "simple", "embedded", **{"X-Forwarded-For": "203.0.113.5"})
        assert "London" in free[1]
    with spaces.running(folder / "limit", paid) as (port, _):
        url = f"http://127.0.0.1:{port}"
        assert ner(url, **{"X-Forwarded-For": "203.0.113.5"})[0] == "error"
        chinese = {"X-Forwarded-For": "203.0.113.5", "Accept-Language": "zh-CN"}
        assert "今天" in json.loads(ner(url, **chinese)[1])["error"]
        assert ner(url, **{"X-Forwarded-For": "203.0.113.6"})[0] == "complete"
        elsewhere = call(url, ADA, "simple", f"{hub.url}/ner", **{"X-Forwarded-For": "203.0.113.7"})
        assert "targets its owner listed" in elsewhere[1]
    assert len(hub.called) == before + 3


def test_login_stands_before_the_owners_key(folder, hub, paid):
    """Without the password nothing answers; with it a frame by https keeps the sign-in."""
    with spaces.running(folder / "login", {**paid, "APP_PASSWORD": "rose"}) as (port, told):
        url = f"http://127.0.0.1:{port}"
        refused = requests.post(f"{url}/gradio_api/call/ner", json={"data": [ADA]}, timeout=30)
        assert refused.status_code == 401
        form = {"username": "", "password": "rose", "next": "/"}
        headers = {**PAGE, "Origin": f"https://{spaces.HOST}"}
        done = requests.post(
            f"{url}/login", data=form, headers=headers, allow_redirects=False, timeout=30
        )
        kept = {part.strip() for part in done.headers["Set-Cookie"].split(";")[1:]}
        assert {"Secure", "HttpOnly", "SameSite=none", "Partitioned", "Path=/"} <= kept
        event, _ = ner(url, cookie=cookies(done))
        assert event == "complete"
        assert "rose" not in "".join(told)


def test_a_login_without_a_password_does_not_start(folder):
    """The Space says which secret is missing, instead of being open to everybody."""
    done = subprocess.run(
        [sys.executable, "app.py"], cwd=folder / "login", capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1
    assert "Set the secret APP_PASSWORD" in done.stderr
    assert "Traceback" not in done.stderr
