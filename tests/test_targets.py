"""The grammar of a target."""

from __future__ import annotations

import pytest

from workbench.errors import ConfigurationError
from workbench.targets import Target, parse_target


@pytest.mark.parametrize(
    ("written", "target"),
    [
        ("embedded", Target("embedded")),
        ("embedded:dslim/bert-base-NER", Target("embedded", "dslim/bert-base-NER")),
        ("  org/model ", Target("model", "org/model")),
        ("org/model:fal-ai", Target("model", "org/model", provider="fal-ai")),
        ("org/model-1.5_x", Target("model", "org/model-1.5_x")),
        ("local:./folder", Target("local", "./folder")),
        ("local:org/model", Target("local", "org/model")),
        ("https://h.example/x?y=1", Target("url", "https://h.example/x?y=1")),
        ("http://[::1]:80/x", Target("url", "http://[::1]:80/x")),
        ("https://h.example/v1/", Target("url", "https://h.example/v1/", "chat")),
        ("hf+https://h.example/v1", Target("url", "https://h.example/v1", "hf")),
        ("chat+https://h.example", Target("url", "https://h.example", "chat")),
        ("tgi+https://h.example", Target("url", "https://h.example", "tgi")),
        ("https://h.example/a+b", Target("url", "https://h.example/a+b")),
    ],
)
def test_target_is_read(written, target):
    """Each form of the grammar is read as DESIGN says."""
    assert parse_target(written) == target


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("", "empty"),
        ("model", "none of the known forms"),
        ("a/b/c", "none of the known forms"),
        ("org/model:Bad Provider", "none of the known forms"),
        ("embedded:../x", "after `embedded:`"),
        ("local:", "after `local:`"),
        ("ftp://h.example/x", "https:// or http://"),
        ("https://", "names a host"),
        ("https://h.example:99999/", "malformed"),
        ("https://h.example/a b", "no spaces"),
        ("grpc+https://h.example", "no protocol"),
        ("provider+https://h.example", "no protocol"),
        ("https://huggingface.co/org/model", "write `org/model`"),
        (r"https://evil.example\.endpoints.huggingface.cloud/x", "no name or number"),
        ("https://evil.example%5c.endpoints.huggingface.cloud/x", "no name or number"),
        ("https://evil.example;.endpoints.huggingface.cloud/x", "no name or number"),
        (r"http://evil.example\.localhost/x", "no name or number"),
        ("https://*.example/x", "no name or number"),
        ("https://a..b/x", "no name or number"),
        ("https://münchen.example/x", "ASCII"),
    ],
)
def test_bad_target_is_explained(written, told):
    """A target that can't be used is refused with the reason, and the forms as the next step."""
    with pytest.raises(ConfigurationError, match=told) as caught:
        parse_target(written)
    assert "embedded" in caught.value.hint


def test_secret_in_target_is_not_repeated():
    """A password or a token pasted as a target never shows in the error."""
    for written in (
        "https://me:letmein99@h.example/x",
        "https://me:let/letmein99@h.example/x",
        "https://letmein99@h:bad/",
        "ftp://h/x?api_key=letmein99",
        "hf_letmein99letmein99",
    ):
        with pytest.raises(ConfigurationError) as caught:
            parse_target(written)
        assert "letmein99" not in str(caught.value)
