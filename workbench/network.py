"""How to get out to the network, as the environment tells it."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from workbench.redaction import display_url

_PROXY_SCHEMES = ("http", "https")
_SOCKS_SCHEMES = ("socks4", "socks4a", "socks5", "socks5h")


@dataclass(frozen=True, kw_only=True)
class Network:
    """How to get out: proxies by scheme, hosts that need none, the bundle of trusted CAs."""

    proxies: Mapping[str, str] = field(default_factory=dict, repr=False)
    no_proxy: str = ""
    ca_bundle: str | None = None


def read_network(env: Mapping[str, str], problems: list[str]) -> Network:
    """The network as *env* tells it; what is wrong with it is added to *problems*."""

    def named(*names: str) -> str | None:
        both = (spelling for name in names for spelling in (name, name.upper()))
        return next((name for name in both if name in env), None)

    sources = {scheme: named(f"{scheme}_proxy", "all_proxy") for scheme in ("http", "https")}
    proxies = {
        name: _read_proxy(name, env[name], problems)
        for name in dict.fromkeys(sources.values())
        if name
    }
    bundle = named("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
    if bundle and not _is_readable(env[bundle]):
        problems.append(f"{bundle}: there is no file or folder {env[bundle]!r} to read")
    return Network(
        proxies={scheme: proxies[name] for scheme, name in sources.items() if name},
        no_proxy=env.get(named("no_proxy") or "", ""),
        ca_bundle=env[bundle] if bundle else None,
    )


def _read_proxy(name: str, value: str, problems: list[str]) -> str:
    """The proxy with its scheme; what is told of a bad one holds no password."""
    url = value if "://" in value else f"http://{value}"
    try:
        parts = urlsplit(url)
        usable = bool(parts.hostname) and parts.port != 0 and "@" not in parts.path
    except ValueError:
        usable = False
    if not usable or any(char.isspace() or not char.isprintable() for char in url):
        problems.append(f"{name}: a proxy is an address like http://host:port")
    elif parts.scheme not in (*_PROXY_SCHEMES, *_SOCKS_SCHEMES):
        problems.append(f"{name}: a proxy starts with http:// or https://, not {display_url(url)}")
    elif parts.scheme in _SOCKS_SCHEMES and importlib.util.find_spec("socks") is None:
        problems.append(f"{name}: {display_url(url)} needs PySocks (pip install pysocks)")
    return url


def _is_readable(path: str) -> bool:
    try:
        return os.access(path, os.R_OK)
    except ValueError:
        return False
