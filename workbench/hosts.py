"""What the name of a host says: loopback, Hugging Face, or switched off."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

HUB = "https://huggingface.co"
ROUTER = "https://router.huggingface.co"
ENDPOINTS_SUFFIX = ".endpoints.huggingface.cloud"
_TOKEN_HOSTS = frozenset({"router.huggingface.co", "huggingface.co"})
_RETIRED_HOST = "api-inference.huggingface.co"


def is_loopback(host: str) -> bool:
    """Whether *host* can only be this machine.

    >>> [is_loopback(h) for h in ("localhost", "127.0.0.9", "::1", "localhost.example")]
    [True, True, True, False]
    """
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_hugging_face(host: str) -> bool:
    """Whether a Hugging Face token belongs at *host*, compared label by label.

    >>> is_hugging_face("abc.eu-west-1.aws.endpoints.huggingface.cloud")
    True
    >>> is_hugging_face("evil-endpoints.huggingface.cloud.example")
    False
    """
    return host in _TOKEN_HOSTS or host.endswith(ENDPOINTS_SUFFIX)


def replacement(url: str) -> str | None:
    """The address that replaces *url* when its host was switched off, else None.

    >>> replacement("https://api-inference.huggingface.co/models/dslim/bert-base-NER")
    'https://router.huggingface.co/hf-inference/models/dslim/bert-base-NER'
    """
    parts = urlsplit(url)
    if (parts.hostname or "") != _RETIRED_HOST:
        return None
    path = parts.path
    if path.startswith("/pipeline/"):
        path = "/models/" + path.split("/", 3)[-1]
    return f"{ROUTER}/hf-inference{path}".rstrip("/")
