"""The login in front of the app: routes, cookies, tries, who it is, sharing."""

from __future__ import annotations

import asyncio
import itertools
import re
import secrets
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from apps import Apps

from workbench.ui.sessions import Sessions, session_key
from workbench.ui.signin import safe_next
from workbench.ui.tries import FREE, FREE_OF_ADDRESS, FREE_OF_NAME, Checker, TooSoonError, Tries
from workbench.users import Users, hash_password

USERS = Users.read(auth=["ann:tülip"], shared="rose")
ANN = ("ann", "tülip".encode())
PAGE = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """The folder that holds the key of all apps here."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def apps(home):
    """The process that launches apps."""
    with Apps(home) as apps:
        yield apps


@pytest.fixture(scope="module")
def app(apps):
    """What is known of an app with a login."""
    with apps.launched() as app:
        yield app


@pytest.fixture
def url(app):
    """The address of an app with a login."""
    return app["url"]


@pytest.fixture
def visitor():
    """Headers of somebody new, as a proxy on this machine tells them."""
    return {"X-Forwarded-For": f"10.0.{secrets.randbelow(250)}.{secrets.randbelow(250)}"}


def sign_in(url, name="ann", password="tülip", **headers):  # noqa: S107
    """A `requests.Session` that posted the form, and the answer."""
    session = requests.Session()
    form = {"username": name, "password": password}
    return session, session.post(
        f"{url}/login", data=form, headers=headers, timeout=10, allow_redirects=False
    )


def test_nothing_is_answered_before_the_login(app):
    """Each route that Gradio has is refused; only the form itself is answered."""
    url, known = app["url"], [tuple(route) for route in app["routes"]]
    for path in ("/", "/config", "/openapi.json", "/theme.css", "/gradio_api/info"):
        assert ("GET", path) in known
    for path in ("/gradio_api/upload", "/gradio_api/queue/join", "/gradio_api/run/x"):
        assert ("POST", path) in known
    assert len(known) > 60
    known += [("GET", "/gradio_api/mcp/sse"), ("GET", "/nowhere"), ("GET", "//login")]
    for method, path in known:
        if path in ("/login", "/logout"):
            continue
        answer = requests.request(method, url + path, timeout=10)
        assert answer.status_code == 401, (method, path)
        assert "frame-ancestors" in answer.headers["content-security-policy"]
        if method != "HEAD":
            assert set(answer.json()) == {"detail", "error"}
        page = requests.request(method, url + path, headers=PAGE, timeout=10, allow_redirects=False)
        if method in ("GET", "HEAD"):
            assert (page.status_code, page.headers["location"][:6]) == (303, "/login")
        else:
            assert page.status_code == 401


def test_the_login_page_tells_nothing_of_the_app(url):
    """Neither the API nor who may sign in is in the page; it is kept in no cache."""
    page = requests.get(url, headers=PAGE, timeout=10)
    assert page.status_code == 200
    assert "Tulips" in page.text
    assert page.headers["cache-control"] == "no-store"
    for inside in ("queued", "Word", "gradio", "ann"):
        assert inside not in page.text


def test_with_the_cookie_every_route_answers_as_without_a_login(apps, app):
    """The status of each route is that of the same app without a login."""
    url = app["url"]
    session, _ = sign_in(url)
    with apps.launched((), None) as twin:
        for method, path in app["routes"]:
            if path.strip("/") in ("login", "logout", "gradio_api/reset", "gradio_api/cancel"):
                continue
            with (
                session.request(method, url + path, stream=True, timeout=10) as ours,
                requests.request(method, twin["url"] + path, stream=True, timeout=10) as theirs,
            ):
                assert ours.status_code == theirs.status_code, (method, path)
                assert "cache-control" in ours.headers


def test_pages_behind_the_login_are_kept_in_no_cache(url):
    """After signing out, the browser's way back shows nothing that it stored."""
    session, _ = sign_in(url)
    assert session.get(url, timeout=10).headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("auth", "told"),
    [
        (("ann", "tülip"), ["hi ann"] * 2),
        (("zoë", "rose"), ["hi None"] * 2),
        (("", "rose"), ["hi None"] * 2),
        (("ann", "rose"), "AuthenticationError"),
        (("ann", ""), "AuthenticationError"),
        (None, "AuthenticationError"),
    ],
)
def test_gradio_client_signs_in_and_handlers_know_who_it_is(apps, url, auth, told):
    """`Client(url, auth=…)` works; a handler sees a person's name, and none for the shared one."""
    assert apps.call(url, auth) == told


def test_basic_authorization(url):
    """Each request may bring name and password, in UTF-8 or as `requests` writes them."""
    for auth in (ANN, ("ann", "tülip"), ("anybody", "rose")):
        assert requests.get(f"{url}/config", auth=auth, timeout=10).status_code == 200
    for header in ("Basic !", "Basic", "Basic YW5u", "Bearer hf_x", "Basic YW5uOnJvc2U="):
        answer = requests.get(f"{url}/config", headers={"Authorization": header}, timeout=10)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Basic ")
    assert "www-authenticate" not in requests.get(f"{url}/config", timeout=10).headers


def test_the_form_in_both_kinds(url):
    """A browser is sent on; a program gets JSON; the other kind of form is read as well."""
    for kind, more in (("data", {}), ("files", {"next": (None, "/?tab=ner")})):
        parts = {"username": (None, "ann"), "password": (None, "tülip")}
        fields = {name: value for name, (_, value) in parts.items()}
        form = {kind: fields if kind == "data" else {**parts, **more}}
        answer = requests.post(f"{url}/login", **form, timeout=10)
        assert (answer.status_code, answer.json()) == (200, {"success": True})
        page = requests.post(
            f"{url}/login", **form, headers=PAGE, timeout=10, allow_redirects=False
        )
        assert (page.status_code, page.headers["location"]) == (303, "/?tab=ner" if more else "/")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "application/x-www-form-urlencoded"),
        (b"\xff\x00", "multipart/form-data"),
        (b"x", "multipart/form-data; boundary=a"),
        (b"username=ann&password=" + b"x" * 20_000, "application/x-www-form-urlencoded"),
        (b"[]", "application/json"),
    ],
    ids=["empty", "no boundary", "no part", "long", "json"],
)
def test_what_is_no_form_is_a_wrong_password(url, visitor, body, kind):
    """A body that can't be read, or is far too long, signs nobody in and breaks nothing."""
    headers = {"Content-Type": kind, **visitor}
    answer = requests.post(f"{url}/login", body, headers=headers, timeout=10)
    assert (answer.status_code, answer.json()["error"]) == (401, "Wrong name or password.")


@pytest.mark.parametrize("name", ["ann", "nobody", '"><b>'])
def test_a_wrong_password_tells_not_who_exists(url, visitor, name):
    """The answer is the same for any name, which is escaped; the place to go to is kept."""
    form = {"username": name, "password": "daisy", "next": "/?tab=ner"}
    page = requests.post(f"{url}/login", data=form, headers={**PAGE, **visitor}, timeout=10)
    assert page.status_code == 401
    assert 'role="alert">Wrong name or password.<' in page.text
    assert 'name="next" value="/?tab=ner"' in page.text
    assert "<b>" not in page.text
    assert "daisy" not in page.text


@pytest.mark.parametrize(
    ("asked", "place"),
    [
        ("/?tab=ner&__theme=dark", "/?tab=ner&__theme=dark"),
        ("/gradio_api/file=/tmp/a b.png", None),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("https://evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("evil", "/"),
        ("/login?next=/", "/"),
        ("/logout", "/"),
        ("/a\r\nSet-Cookie: x=y", "/"),
        ("", "/"),
    ],
)
def test_only_pages_of_the_app_are_returned_to(url, asked, place):
    """After signing in a browser goes to where it wanted, if that is here."""
    assert safe_next(asked) == (place or "/")
    page = requests.get(
        f"{url}/login", params={"next": asked}, auth=ANN, timeout=10, allow_redirects=False
    )
    assert (page.status_code, page.headers["location"]) == (303, place or "/")


def test_a_page_is_returned_to_with_its_query(url):
    """The whole way of a deep link: refused, the form, and there."""
    session = requests.Session()
    page = session.get(f"{url}/", params={"tab": "ner", "q": "a&b"}, headers=PAGE, timeout=10)
    found = re.search(r'name="next" value="([^"]*)"', page.text)[1].replace("&amp;", "&")
    form = {"username": "ann", "password": "tülip", "next": found}
    there = session.post(f"{url}/login", data=form, headers=PAGE, timeout=10)
    assert there.url == f"{url}/?tab=ner&q=a%26b"
    assert "gradio" in there.text


def test_the_login_page_is_guarded(url):
    """A page of another site can neither sign a person in nor out."""
    for origin in ("https://evil.example", "null"):
        _, answer = sign_in(url, Origin=origin)
        assert answer.status_code == 403
        assert "set-cookie" not in answer.headers
        out = requests.post(f"{url}/logout", headers={"Origin": origin}, timeout=10)
        assert out.status_code == 403
    _, answer = sign_in(url, Origin=url)
    assert answer.status_code == 200
    assert requests.get(f"{url}/logout", auth=ANN, timeout=10).status_code == 405


def test_the_cookie(url):
    """It is for this app alone, out of reach of scripts, and gone after signing out."""
    session, answer = sign_in(url)
    port = url.rpartition(":")[2]
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"workbench-{port}=ann.")
    assert {"HttpOnly", "Max-Age=2592000", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))
    assert "Secure" not in cookie
    assert session.get(f"{url}/config", timeout=10).status_code == 200
    assert session.post(f"{url}/logout", timeout=10).json() == {"success": True}
    assert not session.cookies
    assert session.get(f"{url}/config", timeout=10).status_code == 401


def test_cookies_over_https(apps):
    """A browser that came by https gets a cookie that never goes by http."""
    page = {"Host": "pub.example", "Origin": "https://pub.example"}
    with apps.launched(public_url="https://pub.example/wb") as app:
        assert app["url"] == "https://pub.example/wb"
        here = app["local"]
        _, answer = sign_in(here, **page, **PAGE)
        cookie = answer.headers["set-cookie"]
        assert answer.headers["location"] == "/wb/"
        assert {"Secure", "Path=/wb/"} <= set(cookie.split("; "))
        refused = requests.get(here, headers={**page, **PAGE}, timeout=10, allow_redirects=False)
        assert refused.headers["location"] == "/wb/login"
        form = requests.get(f"{here}/login", headers={**page, **PAGE}, timeout=10).text
        assert 'action="/wb/login"' in form


def test_two_apps_keep_their_own_cookies(apps, url):
    """One browser stays signed in to two apps of one machine."""
    with apps.launched() as other:
        session, _ = sign_in(url)
        session.post(f"{other['url']}/login", data={"password": "rose"}, timeout=10)
        assert len(session.cookies) == 2
        for place in (url, other["url"]):
            assert session.get(f"{place}/config", timeout=10).status_code == 200


def test_a_session_outlives_a_restart_but_not_its_password(apps, home):
    """The key is kept for its owner alone; a new password ends that person's sessions only."""
    with apps.launched() as app:
        url = app["url"]
        ann, _ = sign_in(url)
        bob, _ = sign_in(url, "bob", "rose")
    key = home / "session.key"
    assert key.stat().st_mode & 0o777 == 0o600 or sys.platform == "win32"
    port = int(url.rpartition(":")[2])
    for auth, ann_s, bob_s in (
        (["ann:tülip"], 200, 200),
        (["ann:daisy"], 401, 200),
        ([], 401, 200),
    ):
        with apps.launched(auth, port=port):
            assert ann.get(f"{url}/config", timeout=10).status_code == ann_s
            assert bob.get(f"{url}/config", timeout=10).status_code == bob_s


def test_cookies_that_are_not_ours():
    """Nothing changed, nothing old and nothing of another app or key opens."""
    sessions = Sessions(USERS, b"k" * 32, "workbench-1")
    good = sessions.start("ann")
    assert sessions.read(good) == "ann"
    assert sessions.read(sessions.start("")) == ""
    name, expires, signature = good.rsplit(".", 2)
    bad = [
        f"bob.{expires}.{signature}",
        f".{expires}.{signature}",
        f"{name}.{int(expires) + 1}.{signature}",
        f"{name}.{expires}.{signature[:-1]}",
        f"{name}.{expires}.",
        f"{name}.{expires}.é",
        f"{name}.x.{signature}",
        "ann",
        "",
        Sessions(USERS, b"K" * 32, "workbench-1").start("ann"),
        Sessions(USERS, b"k" * 32, "workbench-2").start("ann"),
        Sessions(Users.read(auth=["ann:x"]), b"k" * 32, "workbench-1").start("ann"),
    ]
    assert [sessions.read(value) for value in bad] == [None] * len(bad)


def test_a_session_ends_after_30_days(monkeypatch):
    """What was signed 30 days ago is refused."""
    sessions = Sessions(USERS, b"k" * 32, "workbench-1")
    value, later = sessions.start("ann"), time.time() + 30 * 86400 + 1
    monkeypatch.setattr("time.time", lambda: later)
    assert sessions.read(value) is None


def test_the_key_is_made_once(tmp_path, monkeypatch):
    """Apps that start together agree on one key; a damaged one is replaced."""
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path / "new"))
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: session_key(), range(16)))
    assert len(keys) == 1
    file = tmp_path / "new" / "session.key"
    assert file.read_bytes() in keys
    assert [path.name for path in file.parent.iterdir()] == ["session.key"]
    file.write_bytes(b"short")
    assert session_key() == file.read_bytes() not in keys


def test_a_key_that_can_not_be_kept(tmp_path, monkeypatch, caplog):
    """Without a place for the key the app works; sign-ins then end with it, and that is said."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path / "file"))
    assert session_key() != session_key()
    assert "sign-ins end with the app" in caplog.text


class Clock:
    """A clock that a test moves."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    """A clock, standing."""
    return Clock()


def test_waits_grow_and_end(clock):
    """Five tries are free; then it is 1, 2, 4 … 60 seconds; a right one begins anew."""
    tries, waits = Tries(clock), []
    for _ in range(FREE + 8):
        assert tries.wait_s("1.2.3.4", "ann") == 0
        tries.count("1.2.3.4", "ann")
        waits.append(tries.wait_s("1.2.3.4", "ann"))
        clock.now += waits[-1]
    assert waits == [0] * (FREE - 1) + [1, 2, 4, 8, 16, 32, 60, 60, 60]
    tries.count("1.2.3.4", "ann")
    tries.forgive("1.2.3.4", "ann")
    tries.count("1.2.3.4", "ann")
    assert tries.wait_s("1.2.3.4", "ann") == 0


def test_wrong_tries_are_forgotten(clock):
    """A quarter of an hour later an address is as good as new."""
    tries = Tries(clock)
    for _ in range(30):
        tries.count("1.2.3.4", "ann")
    clock.now += 15 * 60
    assert (tries.wait_s("1.2.3.4", "ann"), tries.delay_s("ann")) == (0, 0)


def test_guessers_elsewhere_lock_nobody_out(clock):
    """However many guess at a name from elsewhere, its owner is 2 seconds late and no more."""
    tries = Tries(clock)
    for number in range(FREE_OF_NAME + 100):
        tries.count(f"10.0.0.{number}", "ann")
    assert tries.wait_s("1.2.3.4", "ann") == 0
    assert tries.delay_s("ann") == 2.0
    assert tries.delay_s("bob") == 0


def test_one_address_can_not_go_through_the_names(clock):
    """With any names, and one's own password in between, an address waits; a whole IPv6 net too."""
    tries = Tries(clock)
    for number in range(FREE_OF_ADDRESS):
        tries.count(f"2001:db8::{number:x}", f"name{number}")
        tries.count("2001:db8::1", "me")
        tries.forgive("2001:db8::1", "me")
    assert tries.wait_s("2001:db8::ffff", "another") > 0
    assert tries.wait_s("2001:db8:0:1::1", "another") == 0
    for _ in range(FREE_OF_ADDRESS):
        tries.count("::ffff:1.2.3.4", "x")
    assert tries.wait_s("1.2.3.4", "another") > 0
    assert tries.wait_s("::ffff:1.2.3.5", "another") == 0


def test_memory_is_bounded(clock):
    """A flood of names and addresses drops the oldest counts."""
    tries = Tries(clock)
    for number in range(6000):
        tries.count(f"10.1.{number // 250}.{number % 250}", f"name{number}")
    assert len(tries._counts) == 10_000


def test_many_tries_at_once_count_each():
    """Fifty guesses sent together are no more than five and a few; two hashes run at a time."""
    running, most, lock = itertools.count(), [], threading.Lock()
    now = set()

    class Slow(Users):
        def check(self, name, password):
            with lock:
                now.add(mine := next(running))
                most.append(len(now))
            threading.Event().wait(0.02)
            with lock:
                now.discard(mine)

    async def flood():
        checker = Checker(Slow(USERS.people))
        tries = (checker.check("1.2.3.4", "ann", str(number)) for number in range(50))
        return await asyncio.gather(*tries, return_exceptions=True)

    told = asyncio.run(flood())
    assert len(most) <= FREE + 1
    assert max(most) == 2
    assert all(isinstance(one, TooSoonError) for one in told if one is not None)


def test_too_many_wrong_tries_are_told(url, visitor):
    """The sixth try waits, right or wrong: 429 with Retry-After, in words on the page."""
    for _ in range(FREE):
        assert sign_in(url, password="daisy", **visitor)[1].status_code == 401
    _, answer = sign_in(url, **visitor)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
    basic = requests.get(f"{url}/config", auth=ANN, headers=visitor, timeout=10)
    assert basic.status_code == 429
    _, page = sign_in(url, **visitor, **PAGE)
    assert page.status_code == 429
    assert 'role="alert">Too many wrong tries. Wait 1 second, then try again.<' in page.text
    assert sign_in(url)[1].status_code == 200


def test_sharing(apps):
    """The tunnel's names are known while sharing, and no others; its cookies are for https."""
    with apps.launched(share=True, tunnel="https://a1b2.gradio.live") as app:
        assert app["url"] == "https://a1b2.gradio.live"
        here, there = app["local"], {"Host": "a1b2.gradio.live", "Origin": app["url"]}
        assert requests.get(f"{here}/config", headers=there, timeout=10).status_code == 401
        _, answer = sign_in(here, **there)
        assert "Secure" in answer.headers["set-cookie"].split("; ")
        for host in ("gradio.live.evil.example", "evilgradio.live", "gradio.live"):
            assert requests.get(here, headers={"Host": host}, timeout=10).status_code == 403
        foreign = {**there, "Origin": "https://other.gradio.live"}
        assert requests.get(here, headers=foreign, timeout=10).status_code == 403


def test_the_tunnel_is_unknown_unless_shared(url):
    """Without --share nobody gets in by a name of the tunnel."""
    answer = requests.get(url, headers={"Host": "a1b2.gradio.live"}, timeout=10)
    assert answer.status_code == 403


def test_a_tunnel_that_fails(apps):
    """No tunnel is an error with a next step, and the port is free again."""
    with apps.launched(share=True, port=7953) as app:
        assert app == {"error": "the tunnel of --share can't be opened"}
    with apps.launched(port=7953) as app:
        assert app["url"].endswith(":7953")


def test_variables_open_no_side_door(apps):
    """Neither a tunnel nor servers beside the app are started by Gradio's own variables."""
    with apps.launched(env={"GRADIO_SHARE": "true", "GRADIO_NUM_WORKERS": "1"}) as app:
        assert (app["tunnels"], app["workers"]) == (0, False)


@pytest.mark.parametrize("login", [True, False], ids=["login", "open"])
def test_what_the_start_tells(tmp_path, login):
    """An open app says how to have a login; with one a file that others can read is told of.

    Nothing that was typed to sign in is printed, whether it was right or wrong.
    """
    file = tmp_path / "users"
    file.write_text(f"ann:{hash_password('tulip123')}\n")
    file.chmod(0o644)
    command = [sys.executable, "-m", "workbench", "launch", "ner", "--no-browser", "--port", "0"]
    command += ["--host", "0.0.0.0"] + ["--auth", f"@{file}"] * login
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        told = [next(process.stderr)]
        while "Ctrl+C" not in told[-1]:
            told.append(next(process.stderr))
        url = re.search(r"http://[\w.:]+", told[-1])[0].replace("0.0.0.0", "127.0.0.1")
        for password in ("daisy123", "tulip123"):
            sign_in(url, "ann", password)
        process.terminate()
        everything = "".join(told) + process.stderr.read()
    assert ("Others can reach this app, and it has no login. Set APP_P" in everything) != login
    posix = sys.platform != "win32"
    assert (f"Others can read {file}: `chmod 600`" in everything) == (login and posix)
    assert not any(word in everything for word in ("daisy123", "tulip123", "$scrypt"))


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--share"], "it has no login"),
        (["--share", "--public-url", "https://pub.example"], "gives the app an address"),
    ],
)
def test_share_is_refused(arguments, told):
    """Sharing without a login ends with 2, and says how to have one or go without."""
    command = [sys.executable, "-m", "workbench", "launch", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert told in done.stderr
    assert "next: " in done.stderr
