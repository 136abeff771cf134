"""Pictures from elsewhere: real sockets and TLS in a small Internet, and no way inside."""

from __future__ import annotations

import contextlib
import gzip
import threading
import time

import pytest
from internet import CERTIFICATE, Internet, Server

from workbench.client import EndpointClient
from workbench.errors import (
    EndpointTimeoutError,
    InvalidInputError,
    StoppedError,
    UnexpectedAnswerError,
    UnreachableError,
    WorkbenchError,
)
from workbench.fetching import fetch
from workbench.settings import Limits, Network, Settings

PUBLIC, OTHER = "93.184.215.14", "93.184.215.15"
PICTURE = b"\x89PNG\r\n\x1a\n and so on"


@pytest.fixture
def internet(monkeypatch):
    """An Internet without any host."""
    return Internet(monkeypatch)


@pytest.fixture
def serve():
    """Start servers; all are closed afterwards."""
    servers = []

    def start(**options):
        servers.append(Server(**options))
        servers[-1].paths["/1.png"] = PICTURE
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def web(internet, serve):
    """http://pictures.example at a public address."""
    server = serve()
    internet.names["pictures.example"] = [PUBLIC]
    internet.routes[PUBLIC, 80] = server.address
    return server


@pytest.fixture
def tls(internet, serve):
    """https://pictures.example at a public address, and other.example beside it."""
    server = serve(secure=True)
    internet.names["pictures.example"] = internet.names["other.example"] = [PUBLIC]
    internet.routes[PUBLIC, 443] = server.address
    return server


def get(url, *, limits=None, network=None, **options):
    """Fetch with the certificate of the tests trusted."""
    settings = Settings(network=network or Network(ca_bundle=CERTIFICATE))
    return fetch(url, settings=settings, limits=limits or Limits(deadline_s=20), **options)


def test_a_picture_comes_as_it_is(tls):
    """The bytes arrive over a verified connection, at the host and path that were asked for."""
    tls.paths["/a/%C3%A4.png?x=%20y"] = PICTURE
    assert get("https://pictures.example/a/ä.png?x=%20y#part") == PICTURE
    assert len(tls.requests) == 1
    assert tls.requests[0][1]["Host"] == "pictures.example"


def test_nothing_of_ours_travels(tls):
    """No token, cookie or referrer goes along, not even after a redirect; our name does."""

    def with_cookie(handler):
        handler.answer(302, Location="/1.png", Set_Cookie="a=b; Path=/")

    tls.paths["/first"] = with_cookie
    settings = Settings(
        token="hf_notforyou",
        keys={"HF_API_TTI_KEY": "notforyou"},
        network=Network(ca_bundle=CERTIFICATE),
    )
    assert fetch("https://pictures.example/first", settings=settings, limits=Limits()) == PICTURE
    assert len(tls.requests) == 2
    for _, headers in tls.requests:
        assert headers.keys() <= {"Host", "Accept", "Accept-Encoding", "User-Agent", "Connection"}
        assert headers["Accept"] == "image/*"
        assert headers["User-Agent"].startswith("hf-inference-workbench/")


def test_the_name_is_verified_not_the_number(internet, tls):
    """The certificate must be that of the host in the address, though a number is called."""
    internet.names["wrong.example"] = [PUBLIC, OTHER]
    with pytest.raises(UnreachableError, match="certificate"):
        get("https://wrong.example/1.png")
    with pytest.raises(UnreachableError, match="certificate"):
        get(f"https://{PUBLIC}/1.png")
    with pytest.raises(UnreachableError, match="certificate"):
        get("https://pictures.example/1.png", network=Network())
    assert internet.called == [(PUBLIC, 443)] * 3
    assert tls.requests == []


def test_http_is_for_addresses_that_a_person_typed(web):
    """http is fetched when not `secure`, and refused without a call when it is."""
    assert get("http://pictures.example/1.png", secure=False) == PICTURE
    with pytest.raises(UnexpectedAnswerError, match="https://"):
        get("http://pictures.example/1.png")
    assert len(web.requests) == 1


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/1.png",
        "https://[::1]/1.png",
        "https://[::ffff:127.0.0.1]/1.png",
        "https://[64:ff9b::7f00:1]/1.png",
        "https://169.254.169.254/latest/meta-data",
        "https://10.0.0.1/",
        "https://localhost/1.png",
        "https://inside.localhost/1.png",
        "https://intranet/1.png",
        "https://half.example/1.png",
        "https://six.example/1.png",
    ],
)
@pytest.mark.parametrize("secure", [True, False])
def test_nothing_inside_is_called(internet, url, secure):
    """Private addresses are refused without a call, one among public ones is enough."""
    internet.names["intranet"] = ["192.168.1.7"]
    internet.names["inside.localhost"] = [PUBLIC]
    internet.names["half.example"] = [PUBLIC, "10.0.0.1"]
    internet.names["six.example"] = ["2606:4700::1111", "fd00::1"]
    with pytest.raises(WorkbenchError, match="private network"):
        get(url if secure else url.replace("https", "http"), secure=secure)
    assert internet.called == []


def test_a_name_that_changes_its_mind_is_not_followed(internet, serve):
    """A name that is public when checked and loopback when asked again never reaches loopback."""
    inside = serve()
    port = inside.address[1]
    internet.names["rebind.example"] = [[PUBLIC], ["127.0.0.1"]]
    with pytest.raises(InvalidInputError, match="can't be reached"):
        get(f"http://rebind.example:{port}/1.png", secure=False)
    assert internet.called == [(PUBLIC, port)]
    with pytest.raises(InvalidInputError, match="private network"):
        get(f"http://rebind.example:{port}/1.png", secure=False)
    assert internet.called == [(PUBLIC, port)]
    assert inside.requests == []


def test_the_next_address_is_tried(internet, tls):
    """A host with several addresses is fetched from the first that answers."""
    internet.names["pictures.example"] = [OTHER, PUBLIC]
    assert get("https://pictures.example/1.png") == PICTURE
    assert internet.called == [(OTHER, 443), (PUBLIC, 443)]


def test_redirects_are_followed(tls):
    """Relative and absolute redirects are followed, each with the host it names."""
    tls.paths["/start"] = "next"
    tls.paths["/next"] = "https://other.example/1.png"
    assert get("https://pictures.example/start") == PICTURE
    hosts = [headers["Host"] for _, headers in tls.requests]
    assert hosts == ["pictures.example", "pictures.example", "other.example"]


@pytest.mark.parametrize(
    "place",
    [
        "http://169.254.169.254/latest/meta-data",
        "http://10.0.0.1/",
        "http://[::1]/1.png",
        "http://127.0.0.1/1.png",
        "//127.0.0.1/1.png",
        "http://localhost/1.png",
        "http://2130706433/",
        "file:///etc/passwd",
        "gopher://pictures.example/",
        "http://pictures.example@127.0.0.1/",
        "http://pictures.example\\@127.0.0.1/",
        "http://rebind.example/1.png",
    ],
)
def test_redirects_are_checked_afresh(internet, web, place):
    """No redirect leads inside, or to what is not the web; the last address is never called."""
    internet.names["rebind.example"] = ["127.0.0.1"]
    web.paths["/start"] = "/middle"
    web.paths["/middle"] = place
    with pytest.raises(InvalidInputError, match="can't be fetched"):
        get("http://pictures.example/start", secure=False)
    assert internet.called == [(PUBLIC, 80)] * 2


def test_redirects_do_not_leave_tls(internet, tls, web):
    """From https to http is refused where only https was to be fetched."""
    tls.paths["/start"] = "http://pictures.example/1.png"
    with pytest.raises(UnexpectedAnswerError, match="https://"):
        get("https://pictures.example/start")
    assert web.requests == []
    assert get("https://pictures.example/start", secure=False) == PICTURE


@pytest.mark.parametrize(("hops", "fits"), [(5, True), (6, False)])
def test_redirects_end(web, hops, fits):
    """Five redirects are followed, no sixth one."""
    for hop in range(hops):
        web.paths[f"/{hop}"] = f"/{hop + 1}"
    web.paths[f"/{hops}"] = PICTURE
    if fits:
        assert get("http://pictures.example/0", secure=False) == PICTURE
    else:
        with pytest.raises(InvalidInputError, match="redirects"):
            get("http://pictures.example/0", secure=False)
        assert len(web.requests) == 6


def test_the_configured_server_may_be_called(internet, serve):
    """A server on this machine that is the endpoint gives its pictures, redirects to itself too."""
    own = serve()
    own.paths["/moved"] = f"{own.url}/1.png"
    for allow in (own.url, f"{own.url}/", f"{own.url}/predict"):
        assert get(f"{own.url}/1.png", allow=allow) == PICTURE
        assert get(f"{own.url}/moved", allow=allow) == PICTURE


def test_nothing_beside_the_configured_server(internet, serve, tls):
    """Another port, scheme or name of loopback is no part of it, nor is the way back to it."""
    own, beside = serve(), serve()
    own.paths["/beside"] = f"{beside.url}/1.png"
    own.paths["/out"] = "https://pictures.example/back"
    tls.paths["/back"] = f"{own.url}/1.png"
    for url in (
        f"{beside.url}/1.png",
        f"{own.url}/beside",
        f"{own.url}/out",
        own.url.replace("127.0.0.1", "localhost") + "/1.png",
        own.url.replace("http:", "https:") + "/1.png",
    ):
        with pytest.raises(UnexpectedAnswerError, match="can't be fetched"):
            get(url, allow=own.url)
    assert beside.requests == []
    assert [path for path, _ in own.requests] == ["/beside", "/out"]


@pytest.mark.parametrize("allow", ["http://10.0.0.1", "http://intranet", "embedded://engine", ""])
def test_only_loopback_is_excepted(internet, allow):
    """An endpoint elsewhere in the network opens no way there."""
    internet.names["intranet"] = ["10.0.0.1"]
    with pytest.raises(WorkbenchError, match="can't be fetched"):
        get(f"{allow or 'http://10.0.0.1'}/1.png", allow=allow, secure=False)
    assert internet.called == []


def test_an_endpoint_elsewhere_closes_nothing(tls):
    """The pictures of a public endpoint are fetched like any other."""
    assert get("https://pictures.example/1.png", allow="https://pictures.example") == PICTURE


def test_localhost_that_is_elsewhere_is_not_this_machine(internet):
    """A configured `localhost` that resolves to another machine is not called."""
    internet.names["localhost"] = ["10.0.0.1"]
    with pytest.raises(UnexpectedAnswerError, match="private network"):
        get("http://localhost:8200/1.png", allow="http://localhost:8200")
    assert internet.called == []


def declared(handler):
    """Declare more than is sent."""
    handler.send_response(200)
    handler.send_header("Content-Length", "5000")
    handler.end_headers()


def undeclared(handler):
    """Send for ever, without a length."""
    handler.send_response(200)
    handler.end_headers()
    with contextlib.suppress(OSError):
        while True:
            handler.wfile.write(b"x" * 1000)


def bomb(handler):
    """Send little that unfolds to much."""
    handler.answer(200, gzip.compress(b"\0" * 1_000_000), Content_Encoding="gzip")


@pytest.mark.parametrize("behave", [declared, undeclared, bomb])
def test_too_much_is_not_read(tls, behave):
    """More than the cap is refused, by its declared length, while it comes, or unfolded."""
    tls.paths["/big"] = behave
    with pytest.raises(UnexpectedAnswerError, match="more than"):
        get("https://pictures.example/big", max_bytes=4000)


def test_compressed_pictures_are_unfolded(tls):
    """A server that compresses though not asked to is understood."""
    tls.paths["/1.gz"] = bomb
    assert get("https://pictures.example/1.gz") == b"\0" * 1_000_000


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "x"])
def test_unknown_compression_is_refused(tls, encoding):
    """What may unfold without bounds, or is not known, is not unfolded."""
    tls.paths["/1.png"] = lambda handler: handler.answer(200, b"abc", Content_Encoding=encoding)
    with pytest.raises(UnexpectedAnswerError, match="compresses"):
        get("https://pictures.example/1.png")


def drip(handler):
    """Send a byte every twentieth of a second, for ever."""
    handler.send_response(200)
    handler.end_headers()
    with contextlib.suppress(OSError):
        while True:
            handler.wfile.write(b"x")
            time.sleep(0.05)


def drip_head(handler):
    """Send a head that never ends."""
    with contextlib.suppress(OSError):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
        while True:
            handler.wfile.write(b"a")
            time.sleep(0.05)


def silent(handler):
    """Answer nothing for a while."""
    time.sleep(3)


@pytest.mark.parametrize("behave", [drip, drip_head, silent])
def test_the_deadline_holds(tls, behave):
    """A server that drips or is silent is given up at the deadline of the whole."""
    tls.paths["/start"] = "/slow"
    tls.paths["/slow"] = behave
    with pytest.raises(EndpointTimeoutError):
        get("https://pictures.example/start", limits=Limits(deadline_s=0.8))


def test_the_read_timeout_holds(tls):
    """A server that stalls is given up after the read timeout, long before the deadline."""
    tls.paths["/slow"] = silent
    with pytest.raises(EndpointTimeoutError):
        get("https://pictures.example/slow", limits=Limits(read_s=0.3))


@pytest.mark.parametrize("secure", [True, False])
def test_stop_ends_it(tls, secure):
    """Stop from another thread hangs up, and stays a stop whoever chose the address."""
    asked = threading.Event()

    def slow(handler):
        asked.set()
        drip(handler)

    tls.paths["/slow"] = slow
    with EndpointClient(Settings()) as client, client.recording() as recording:
        threading.Thread(target=lambda: (asked.wait(5), recording.stop())).start()
        with pytest.raises(StoppedError):
            get("https://pictures.example/slow", secure=secure)
        with pytest.raises(StoppedError):
            get("https://pictures.example/1.png", secure=secure)
    assert [path for path, _ in tls.requests] == ["/slow"]


def test_stop_tries_no_other_address(internet, tls):
    """After a stop, the other addresses of the host are left alone."""
    internet.names["pictures.example"] = [PUBLIC, OTHER]
    internet.routes[OTHER, 443] = tls.address
    with EndpointClient(Settings()) as client, client.recording() as recording:

        def behave(handler):
            recording.stop()
            time.sleep(0.3)

        tls.paths["/slow"] = behave
        with pytest.raises(StoppedError):
            get("https://pictures.example/slow")
    assert internet.called == [(PUBLIC, 443)]


@pytest.mark.parametrize(
    ("answer", "told"), [(404, "answered 404"), (500, "answered 500"), (b"", "with nothing")]
)
@pytest.mark.parametrize("secure", [True, False])
def test_no_picture_is_said(tls, answer, told, secure):
    """A failure names its status and address without the query, for a person with a next step."""
    tls.paths["/gone?key=geheim"] = answer
    kind = UnexpectedAnswerError if secure else InvalidInputError
    with pytest.raises(kind, match=told) as caught:
        get("https://pictures.example/gone?key=geheim", secure=secure)
    assert "pictures.example/gone" in str(caught.value)
    assert "geheim" not in str(caught.value)
    assert secure or "give the file" in caught.value.hint


def test_nobody_there(internet):
    """An unknown host and a closed port are told apart from a private one."""
    internet.names["closed.example"] = [PUBLIC]
    with pytest.raises(UnreachableError, match="can't be found"):
        get("https://nowhere.example/1.png")
    with pytest.raises(UnreachableError, match="can't be reached"):
        get("https://closed.example/1.png")


def proxied(server, **options):
    """A network whose proxy is *server*."""
    proxies = {"http": server.url, "https": server.url}
    return Network(proxies=proxies, ca_bundle=CERTIFICATE, **options)


def test_a_proxy_is_asked(internet, serve):
    """The proxy gets the address, also of a name that this machine can't resolve."""
    proxy = serve()
    internet.names["pictures.example"] = [PUBLIC]
    for host in ("pictures.example", "outside.example"):
        url = f"http://{host}/1.png"
        proxy.paths[url] = PICTURE
        assert get(url, secure=False, network=proxied(proxy)) == PICTURE
    assert set(internet.called) == {proxy.address}


def test_a_tunnel_is_verified_to_its_end(internet, serve):
    """Behind a proxy the far end must hold the certificate of the host, too."""
    proxy = serve()
    assert get("https://pictures.example/1.png", network=proxied(proxy)) == PICTURE
    with pytest.raises(UnreachableError, match="certificate"):
        get("https://wrong.example/1.png", network=proxied(proxy))
    assert [path for path, _ in proxy.requests] == [
        "pictures.example:443",
        "/1.png",
        "wrong.example:443",
    ]


@pytest.mark.parametrize("host", ["intranet", "10.0.0.1", "127.0.0.1", "a.localhost", "[::1]"])
def test_a_proxy_is_no_way_inside(internet, serve, host):
    """What this machine knows to be private is not asked of a proxy, nor called without it."""
    proxy = serve()
    internet.names["intranet"] = ["10.0.0.1"]
    with pytest.raises(InvalidInputError, match="private network"):
        get(f"http://{host}/1.png", secure=False, network=proxied(proxy))
    assert internet.called == []


def test_hosts_without_proxy_are_called_directly(internet, tls, serve):
    """NO_PROXY holds: the checked address is called."""
    network = proxied(serve(), no_proxy="pictures.example")
    assert get("https://pictures.example/1.png", network=network) == PICTURE
    assert internet.called == [(PUBLIC, 443)]
