"""Addresses of others: one way of reading them, and nothing private among the public ones."""

from __future__ import annotations

import pytest

from workbench.addresses import is_public, parse_place
from workbench.errors import UnexpectedAnswerError

PRIVATE = [
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "100.127.255.254",
    "192.0.0.8",
    "192.0.2.1",
    "198.18.0.1",
    "198.51.100.1",
    "224.0.0.251",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:93.184.215.14",
    "::ffff:0:7f00:1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::7f00:1",
    "100::1",
    "2001::7f00:1",
    "2001:0:4136:e378:8000:63bf:80ff:fffe",
    "2001:2::1",
    "2001:db8::1",
    "3fff::1",
    "2002:7f00:1::",
    "2002:5db8:d70e::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
    "",
    "localhost",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_nothing_private_is_public(address):
    """Loopback, private, link-local, shared, multicast, reserved and wrapped ones are refused."""
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    ["93.184.215.14", "1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111"]
    + ["2a00:1450:4001::200e", "64:ff9b::5db8:d70e"],
)
def test_public_ones_are_public(address):
    """Ordinary servers are reached, also from a network that wraps IPv4 for them (NAT64)."""
    assert is_public(address)


REFUSED = [
    "",
    "pictures.example/1.png",
    "//pictures.example/1.png",
    "file:///etc/passwd",
    "gopher://pictures.example/",
    "ftp://pictures.example/",
    "data:image/png;base64,AAAA",
    "https:pictures.example",
    "https:///1.png",
    "https://",
    "https://me:pw@pictures.example/",
    "https://me@pictures.example/",
    "https://@pictures.example/",
    "https://pictures.example\\@127.0.0.1/",
    "https://pictures.example/a\\..\\b",
    "https://pictures.example/a b",
    "https://pictures.example/\n",
    "https://pic\ttures.example/",
    "https://pictures.example/\x00",
    "https://pictures.example:0/",
    "https://pictures.example:99999/",
    "https://pictures.example:80a/",
    "http://2130706433/",
    "http://0x7f.1/",
    "http://0x7f000001/",
    "http://0x/",
    "http://017700000001/",
    "http://0177.0.0.1/",
    "http://127.1/",
    "http://127.0.0.1.5/",
    "http://127.0.0.1./",
    "http://localhost./",
    "http://pictures.example./",
    "http://pictures..example/",
    "http://.example/",
    "http://-pictures.example/",
    "http://pictures%2eexample/",
    "http://１２７.0.0.1/",
    "http://127。0。0。1/",
    "http://ⓛocalhost/",
    "http://bücher.example/",
    "http://pictures,example/",
    "http://[pictures.example]/",
    "http://[127.0.0.1]/",
    "http://[::1/",
    "http://[fe80::1%25eth0]/",
    "http://[::1]x/",
    "http://x[::1]/",
    "http://93.184.215.14:/",
    "http://pictures.example:+80/",
    "http://pictures.example:８０/",
    f"http://{'a' * 64}.example/",
    f"http://{'.'.join(['a' * 60] * 5)}/",
    "https://pictures.example/" + "a" * 9000,
]


@pytest.mark.parametrize("url", REFUSED, ids=lambda url: url[:40])
def test_odd_addresses_are_refused(url):
    """What two parsers may read as two hosts is not called at all, and no password is shown."""
    with pytest.raises(UnexpectedAnswerError, match="can't be fetched") as caught:
        parse_place(url)
    assert "pw" not in str(caught.value)
    assert len(str(caught.value)) < 200


def test_a_password_is_named_as_the_cause():
    """An address with a user and password says what to leave out."""
    with pytest.raises(UnexpectedAnswerError, match="user name or password"):
        parse_place("https://me:pw@pictures.example/")


@pytest.mark.parametrize(
    ("url", "host", "port", "written"),
    [
        ("https://pictures.example/1.png?a=b", "pictures.example", 443, "pictures.example"),
        ("http://Pictures.Example:8080", "pictures.example", 8080, "pictures.example:8080"),
        ("http://pictures.example:80/", "pictures.example", 80, "pictures.example"),
        ("https://a_bucket.s3.example/ä", "a_bucket.s3.example", 443, "a_bucket.s3.example"),
        ("https://xn--bcher-kva.example/", "xn--bcher-kva.example", 443, "xn--bcher-kva.example"),
        ("https://93.184.215.14/", "93.184.215.14", 443, "93.184.215.14"),
        ("https://[2606:4700::1111]:444/", "2606:4700::1111", 444, "[2606:4700::1111]:444"),
    ],
)
def test_ordinary_addresses_are_taken_apart(url, host, port, written):
    """Names, numbers and ports of ordinary addresses come out as they are meant."""
    place = parse_place(url)
    assert (place.host, place.port, place.netloc) == (host, port, written)
