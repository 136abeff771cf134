"""An endpoint: a target resolved for one task, with the token that may travel there."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from urllib.parse import quote, urlsplit

from workbench import hosts
from workbench.engines.local.needs import INSTALL, missing
from workbench.errors import ConfigurationError, RetiredHostError
from workbench.protocols.chat import chat_url
from workbench.redaction import display_target, display_url
from workbench.routes import MODEL_TASKS, Route
from workbench.settings import Limits, Settings
from workbench.targets import Protocol, Target, parse_target

_LOCAL_DEADLINE_S = 4 * 3600.0
_ANY_PROVIDER = ("auto", "fastest", "cheapest", "preferred")


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """Where a call goes. Token and addresses, which may hold a key, are left out of the repr."""

    task: str
    target: str = field(repr=False)
    url: str = field(repr=False)
    protocol: Protocol = "hf"
    model: str | None = None
    provider: str | None = None
    """Who is to serve the model, by its name at Inference Providers; None: who can."""
    token: str | None = field(default=None, repr=False)
    token_variable: str = "HF_TOKEN"
    """What the token is called in the environment, for showing a call without it."""
    auth: str = "Bearer"
    """The scheme that the token is sent with."""
    thinks: bool = False
    """Whether a reply begins inside the model's thoughts."""
    bill_to: str | None = None
    limits: Limits = field(default_factory=Limits)

    def __str__(self) -> str:
        return display_target(self.target) if self.is_local else display_url(self.url)

    @property
    def is_local(self) -> bool:
        """Whether a model in this process answers."""
        return self.url.startswith("local:")

    @property
    def in_process(self) -> bool:
        """Whether an engine of ours answers, without a network."""
        return self.url.startswith(("embedded:", "local:", "langchain:"))


def configured_target(route: Route, settings: Settings) -> tuple[str, str]:
    """The target of a task and where it was named: a variable, the token, or nowhere."""
    if route.variable in settings.targets:
        return settings.targets[route.variable], route.variable
    if settings.token:
        return route.default_model, f"default with {settings.token_source}"
    return "embedded", "default without a key"


def resolve(route: Route, settings: Settings, target: str | None = None) -> Endpoint:
    """The endpoint of a task at *target*, or where the settings point.

    Raises ConfigurationError when the target can't serve the task, RetiredHostError with the
    new address when its host was switched off.

    >>> resolve(Route(task="ner", variable="N", default_model="a/b"), Settings()).url
    'embedded://engine/ner'
    """
    own = target is None or target == settings.targets.get(route.variable)
    written = configured_target(route, settings)[0] if target is None else target.strip()
    parsed = parse_target(written)
    if parsed.kind == "embedded":
        _check_embedded(route, parsed.value)
        return _embedded(route, settings, written, parsed.value)
    if parsed.kind == "local":
        return _local(route, settings, written, parsed.value)
    if parsed.kind == "model":
        return _hosted(route, settings, written, parsed)
    return _addressed(route, settings, written, parsed, own=own)


def _embedded(route: Route, settings: Settings, written: str, model: str) -> Endpoint:
    protocol = route.addressed[0]
    path = f"models/{model}" if model else route.task
    if protocol == "tgi" and not model:
        path = ""  # the routes of TGI are below the root
    if protocol == "chat":
        path, model = "v1/chat/completions", model or "talker"
    url = f"embedded://engine/{path}"
    named = model if protocol == "chat" else None
    return replace(_endpoint(route, settings, written, url, named), protocol=protocol)


def _local(route: Route, settings: Settings, written: str, model: str) -> Endpoint:
    if told := missing(route.task):
        raise ConfigurationError(told, hint=f"Run: {INSTALL}", task=route.task)
    protocol = route.addressed[0]
    path = {"tgi": "", "chat": "v1/chat/completions"}.get(protocol, route.task)
    url = f"local://engine/{path}?model={quote(model, safe='')}"
    named = model if protocol == "chat" else None
    endpoint = _endpoint(route, settings, written, url, named)
    return replace(endpoint, protocol=protocol, limits=_unhurried(settings.limits))


def _unhurried(limits: Limits) -> Limits:
    """Weights are fetched and generations run for minutes here, while a person sees how far."""
    usual = limits.deadline_s == Limits.deadline_s
    deadline_s = _LOCAL_DEADLINE_S if usual else limits.deadline_s
    return replace(limits, deadline_s=deadline_s, read_s=deadline_s)


def _check_embedded(route: Route, model: str) -> None:
    does = MODEL_TASKS.get(model, route.task)
    if does != route.task:
        raise ConfigurationError(
            f"{model} does {does}, not {route.task}",
            hint="Write `embedded` alone.",
            task=route.task,
        )


def _hosted(route: Route, settings: Settings, written: str, parsed: Target) -> Endpoint:
    provider = None if parsed.provider in _ANY_PROVIDER else parsed.provider
    model, token, bill_to = parsed.value, settings.token, settings.bill_to
    if route.hosted == "hf" and provider not in (None, "hf-inference"):
        raise ConfigurationError(
            f"{written}: {route.task} is served by hf-inference alone",
            hint=f"Write `{model}`, or the address of an endpoint.",
            task=route.task,
        )
    if route.hosted == "hf" or provider == "hf-inference":
        url = f"{hosts.ROUTER}/hf-inference/models/{model}"
        return _endpoint(route, settings, written, url, model, token, bill_to)
    if route.hosted == "chat":
        model = f"{model}:{parsed.provider}" if parsed.provider not in (None, "auto") else model
        url = f"{hosts.ROUTER}/v1/chat/completions"
        endpoint = _endpoint(route, settings, written, url, model, token, bill_to)
        return replace(endpoint, protocol="chat")
    url = f"{hosts.ROUTER}/{provider or 'auto'}"
    endpoint = _endpoint(route, settings, written, url, model, token, bill_to)
    return replace(endpoint, protocol="provider", provider=provider)


def _addressed(
    route: Route, settings: Settings, written: str, parsed: Target, *, own: bool
) -> Endpoint:
    if new := hosts.replacement(parsed.value):
        # Models of the other tasks are not where the old ones were: providers serve today's.
        better = new if route.hosted == "hf" else f"`{route.default_model}`"
        raise RetiredHostError(
            f"{display_url(parsed.value)} was switched off by Hugging Face",
            hint=f"Write {better} instead"
            + (f" in {route.variable}." if own and route.variable in settings.targets else "."),
            task=route.task,
            endpoint=display_url(parsed.value),
        )
    protocol = parsed.protocol
    if protocol == "hf" and "hf" not in route.addressed:
        protocol = route.addressed[0]
    if protocol not in route.addressed:
        spoken = " or ".join(f"`{protocol}`" for protocol in route.addressed)
        raise ConfigurationError(
            f"{display_url(parsed.value)}: {route.task} speaks the protocol {spoken}, "
            f"not `{protocol}`",
            hint="Write the address that takes `inputs`, with `hf+` before it if it ends in /v1.",
            task=route.task,
        )
    parts = urlsplit(parsed.value)
    host = parts.hostname or ""
    secure = parts.scheme == "https"
    token, variable = None, "HF_TOKEN"
    if own and (secure or hosts.is_loopback(host)):
        token, variable = settings.keys.get(route.key_variable), route.key_variable
    if token is None and secure and hosts.is_hugging_face(host):
        token, variable = settings.token, "HF_TOKEN"
    if token is None and secure and (known := hosts.key_variable(host)) in settings.keys:
        token, variable = settings.keys[known], known
    bill_to = settings.bill_to if secure and host == "router.huggingface.co" else None
    url, _, model = parsed.value.partition("#")
    if protocol == "chat":
        url = chat_url(url)
    endpoint = _endpoint(route, settings, written, url, model or None, token, bill_to)
    return replace(endpoint, protocol=protocol, token_variable=variable)


def _endpoint(
    route: Route,
    settings: Settings,
    written: str,
    url: str,
    model: str | None = None,
    token: str | None = None,
    bill_to: str | None = None,
) -> Endpoint:
    return Endpoint(
        task=route.task,
        target=written,
        url=url,
        model=model,
        token=token,
        bill_to=bill_to,
        limits=settings.limits,
    )
