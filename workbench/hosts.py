"""What the name of a host says: loopback, Hugging Face, or switched off."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

HUB = "https://huggingface.co"
ROUTER = "https://router.huggingface.co"
ENDPOINTS_SUFFIX = ".endpoints.huggingface.cloud"
_TOKEN_HOSTS = frozenset({"router.huggingface.co", "huggingface.co"})
RETIRED_HOST = "api-inference.huggingface.co"
_NAME = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*", re.IGNORECASE | re.ASCII)
_ADDRESS = re.compile(r"[0-9a-f:.]+", re.IGNORECASE | re.ASCII)


def is_loopback(host: str) -> bool:
    """Whether *host* can only be this machine; False for what is no name and no IP literal.

    >>> [is_loopback(h) for h in ("localhost", "127.0.0.9", "::1", "localhost.example")]
    [True, True, True, False]
    """
    if _NAME.fullmatch(host) and f".{host.lower()}".endswith(".localhost"):
        return True
    if not _ADDRESS.fullmatch(host):
        return False
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
    named = _NAME.fullmatch(host) is not None
    return named and (host.lower() in _TOKEN_HOSTS or is_dedicated(host))


_KEYS = {
    "api.openai.com": "OPENAI_API_KEY",
    "dashscope.aliyuncs.com": "DASHSCOPE_API_KEY",
    "dashscope-intl.aliyuncs.com": "DASHSCOPE_API_KEY",
}


def key_variable(host: str) -> str:
    """The variable in which everybody keeps the key for *host*; empty for other hosts.

    >>> key_variable("api.openai.com"), key_variable("api.openai.com.example")
    ('OPENAI_API_KEY', '')
    """
    return _KEYS.get(host.lower(), "")


def is_dedicated(host: str) -> bool:
    """Whether *host* is a dedicated Inference Endpoint.

    >>> is_dedicated("abc.eu-west-1.aws.endpoints.huggingface.cloud")
    True
    """
    return _NAME.fullmatch(host) is not None and host.lower().endswith(ENDPOINTS_SUFFIX)


def replacement(url: str) -> str | None:
    """The address that replaces *url* when its host was switched off, else None.

    >>> replacement("https://api-inference.huggingface.co/models/dslim/bert-base-NER")
    'https://router.huggingface.co/hf-inference/models/dslim/bert-base-NER'
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if (parts.hostname or "").rstrip(".") != RETIRED_HOST:
        return None
    path = parts.path
    if path.startswith("/pipeline/"):
        path = "/models/" + path.split("/", 3)[-1]
    return f"{ROUTER}/hf-inference{path}".rstrip("/")
