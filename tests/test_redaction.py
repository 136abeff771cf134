"""What may be shown: no secret, no password, nothing that moves a terminal's cursor."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench import hosts
from workbench.redaction import MALFORMED, display_target, display_url, printable

HOST = "https://host.example/x"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://me:pw@host.example/x?key=1#f", HOST),
        ("https://me:pa/ss@host.example/x", HOST),
        ("https://me:p@ss@host.example/x", HOST),
        ("https://me:p@s/s@host.example/x", HOST),
        ("https://me:a://b@host.example/x", HOST),
        ("https://me:pw@host.example/x?mail=a@b", HOST),
        ("https://host.example/x?mail=a@b", HOST),
        ("https://[::1]:80/x?k=1", "https://[::1]:80/x"),
        ("https://me:pa?ss@host.example/x", MALFORMED),
        ("https://me:pa#ss@host.example/x", MALFORMED),
        ("https://token?x@host.example", MALFORMED),
        ("me:pw@host.example/x", "host.example/x"),
        ("https:/me:pw@host.example/x", "host.example/x"),
        ("https:\\\\me:pw@host.example/x", "host.example/x"),
        ("//me:pw@host.example/x", "host.example/x"),
        ("pw ://me@host.example/x", "host.example/x"),
        ("http://[", MALFORMED),
        ("http://[me:pw@host", MALFORMED),
        ("http://a\u2100b/", MALFORMED),
        ("https://host.example/\x1b[2J", "https://host.example/[2J"),
        ("/login?next=1", "/login"),
        ("", ""),
    ],
)
def test_address_is_shown_without_its_secrets(url, shown):
    """Nothing before the last @, no query and no fragment is shown, however malformed."""
    assert display_url(url) == shown


@pytest.mark.parametrize(
    ("target", "shown"),
    [
        ("tgi+https://me:pa/ss@host.example/x?key=1", "tgi+https://host.example/x"),
        ("tgi+https://[", MALFORMED),
        ("tgi+https:/me:pw@host.example", "host.example"),
        ("org/name", "org/name"),
    ],
)
def test_target_is_shown_without_its_secrets(target, shown):
    """A target with a protocol before its address is no exception."""
    assert display_target(target) == shown


@given(st.text(":/@[]?#.%\\ ahtps+\n\x00\ud800１℀", max_size=30))
def test_every_text_can_be_shown(url):
    """Showing never raises, and what is shown holds no @ and no control character."""
    for shown in (display_url(url), display_target(url), display_url("https://" + url)):
        assert "@" not in shown
        assert printable(shown) == shown.strip()
        shown.encode()


@given(st.text("ab:/@.-%[]!", max_size=12), st.sampled_from(["https://", "tgi+http://", ""]))
def test_a_password_is_never_shown(password, scheme):
    """Whatever signs a password holds, it is not in what is shown."""
    shown = display_target(f"{scheme}me:SECRET{password}@host.example/x")
    assert "SECRET" not in shown
    assert "me:" not in shown


@pytest.mark.parametrize(
    "url",
    [
        "https://api-inference.huggingface.co/models/a/b",
        "https://API-INFERENCE.huggingface.co./models/a/b",
        "http://api-inference.HuggingFace.co.:443/models/a/b",
    ],
)
def test_the_switched_off_host_is_known_in_any_spelling(url):
    """Capitals and the root's dot do not hide it."""
    assert hosts.replacement(url) == "https://router.huggingface.co/hf-inference/models/a/b"


@pytest.mark.parametrize("url", ["http://[", "https://x-api-inference.huggingface.co/a", "", "a"])
def test_other_hosts_are_not_replaced(url):
    """Any other address, malformed ones too, has no replacement."""
    assert hosts.replacement(url) is None


def test_capitals_do_not_matter_to_a_host():
    """Names of hosts are compared without regard to capitals."""
    assert hosts.is_hugging_face("ROUTER.huggingface.co")
    assert hosts.is_hugging_face("x.Endpoints.huggingface.cloud")
    assert hosts.is_dedicated("x.ENDPOINTS.huggingface.cloud")
    assert hosts.is_loopback("LocalHost")
    assert hosts.is_loopback("::1")


@pytest.mark.parametrize(
    "sign", ["\\", "%5c", ";", " ", "\0", "。", "．", "@", "/", "\n", "..", "é"]
)
@pytest.mark.parametrize("name", ["endpoints.huggingface.cloud", "localhost"])
def test_odd_names_are_trusted_with_nothing(sign, name):
    """A host with any sign besides letters, digits, dots and hyphens is not ours to trust."""
    for host in (f"evil.example{sign}.{name}", f"{sign}.{name}", f"a.{name}{sign}"):
        assert not hosts.is_hugging_face(host)
        assert not hosts.is_dedicated(host)
        assert not hosts.is_loopback(host)


@pytest.mark.parametrize(
    "host",
    ["", ".", ".localhost", ".endpoints.huggingface.cloud", "::1%evil", "127.0.0.1 ", "[::1]"],
)
def test_no_name_is_trusted_with_nothing(host):
    """An empty name, an empty label and an address with a tail are nobody."""
    assert not hosts.is_hugging_face(host)
    assert not hosts.is_loopback(host)
