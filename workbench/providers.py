"""A picture from whoever serves a model at Inference Providers: found, asked, and named."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import quote

from workbench import errors, hosts, hub
from workbench.client import EndpointClient
from workbench.endpoints import Endpoint
from workbench.exchanges import Exchange
from workbench.fetching import fetch
from workbench.protocols.payload import Payload, json_body
from workbench.protocols.pictures import read_picture
from workbench.protocols.provider import OPTIONS, PROVIDERS, Served, read_mapping
from workbench.redaction import display_target
from workbench.routes import TEXT_TO_IMAGE

ANY = (None, "auto", "fastest", "cheapest", "preferred")
_ANOTHER_MAY_HELP = (
    *(errors.NotServedError, errors.FailedError, errors.BusyError, errors.RateLimitedError),
    *(errors.LoadingError, errors.EndpointTimeoutError, errors.UnexpectedAnswerError),
)


@dataclass(frozen=True)
class Made:
    """The file of a picture, who made it, and which of the given options that one ignores."""

    data: bytes = field(repr=False)
    provider: str
    ignored: tuple[str, ...] = ()


def make_picture(
    client: EndpointClient, endpoint: Endpoint, prompt: str, parameters: Mapping[str, object]
) -> Made:
    """A picture of *prompt* by the provider of *endpoint*, or the first that is live.

    "First" is the order in which the owner of the token prefers them. *parameters* are those of
    `workbench.protocols.provider.OPTIONS`, None for those left to the model. All of it takes at
    most the endpoint's deadline. Raises AuthenticationError without a token, NotServedError when
    no provider is to be had, and what the call raises; where another provider may help, the hint
    names those that are live.
    """
    if not endpoint.token:
        raise errors.AuthenticationError(
            f"a token is needed to have {endpoint.model} served",
            task=endpoint.task,
            endpoint=str(endpoint),
        )
    deadline = time.monotonic() + endpoint.limits.deadline_s
    options = {name: parameters[name] for name in OPTIONS if parameters.get(name) is not None}
    served = _who_serves(client, endpoint)
    chosen = _chosen(endpoint, served)
    try:
        data = _ask(client, endpoint, chosen, prompt, options, deadline)
    except _ANOTHER_MAY_HELP as error:
        others = [other for other in _live(served) if other.provider != chosen.provider]
        if others:
            error.hint = f"{error.hint} Another provider: {_targets(endpoint, others)}.".strip()
        raise
    known = PROVIDERS.get(chosen.provider)
    ignores = known.ignores if known else frozenset()
    return Made(data, chosen.provider, tuple(name for name in options if name in ignores))


def _who_serves(client: EndpointClient, endpoint: Endpoint) -> list[Served]:
    model = quote(endpoint.model or "", safe="/")
    url = f"{hosts.HUB}/api/models/{model}?expand=inferenceProviderMapping"
    try:
        return client.send(
            replace(endpoint, url=url, bill_to=None), Payload(method="GET"), read=read_mapping
        )
    except errors.NotServedError as error:
        raise errors.NotServedError(
            f"Hugging Face shows no model {endpoint.model} to this token",
            hint="Look for it at https://huggingface.co/models and correct the target.",
            task=error.task,
            endpoint=error.endpoint,
            status=error.status,
            request_id=error.request_id,
        ) from error


def _chosen(endpoint: Endpoint, served: Sequence[Served]) -> Served:
    live = _live(served)
    if endpoint.provider in ANY:
        if live:
            return live[0]
        told = f"no provider serves {endpoint.model} for text to image"
        if served:
            names = ", ".join(f"{one.provider} ({one.status or 'no status'})" for one in served)
            told = f"none of the providers of {endpoint.model} can be asked now: {names}"
    else:
        named = (one for one in served if one.provider == endpoint.provider)
        if (chosen := next(named, None)) is not None:
            return chosen
        told = f"{endpoint.provider} does not serve {endpoint.model} for text to image"
    hint = f"Choose another model, such as `{TEXT_TO_IMAGE.default_model}`, or `embedded`."
    if live:
        hint = f"Write one that does: {_targets(endpoint, live)}."
    raise errors.NotServedError(told, hint=hint, task=endpoint.task, endpoint=str(endpoint))


def _live(served: Iterable[Served]) -> list[Served]:
    """Those that answer and that can be asked, in their order."""
    known = PROVIDERS.keys() | hub.PROVIDERS
    return [one for one in served if one.status == "live" and one.provider in known]


def _targets(endpoint: Endpoint, served: Iterable[Served]) -> str:
    return ", ".join(f"`{endpoint.model}:{one.provider}`" for one in served)


def _ask(
    client: EndpointClient,
    endpoint: Endpoint,
    chosen: Served,
    prompt: str,
    options: Mapping[str, object],
    deadline: float,
) -> bytes:
    provider = PROVIDERS.get(chosen.provider)
    if provider is None or chosen.adapted:
        return _through_hub(client, endpoint, chosen, prompt, options, deadline)

    def read(answer: object) -> bytes:
        found = read_picture(answer)
        if isinstance(found, bytes):
            return found
        return fetch(found, settings=client.settings, limits=_within(endpoint, deadline).limits)

    route = quote(provider.route(chosen.provider_id), safe="/:")
    asked = replace(_within(endpoint, deadline), url=f"{hosts.ROUTER}/{provider.name}/{route}")
    body = json_body(provider.payload(chosen.provider_id, prompt, options), "prompt")
    payload = Payload(body, accept="image/png, application/json", headers=provider.headers)
    return client.send(asked, payload, read=read)


def _within(endpoint: Endpoint, deadline: float) -> Endpoint:
    """*endpoint* with no more time than is left. Raises EndpointTimeoutError when none is."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise errors.EndpointTimeoutError(f"no answer from {endpoint} in time")
    return replace(endpoint, limits=replace(endpoint.limits, deadline_s=left))


def _through_hub(
    client: EndpointClient,
    endpoint: Endpoint,
    chosen: Served,
    prompt: str,
    options: Mapping[str, object],
    deadline: float,
) -> bytes:
    """As `_ask`, told of as one exchange though the library may make several calls."""
    asked = replace(endpoint, url=f"{hosts.ROUTER}/{chosen.provider}")
    client.permit(asked)
    started = time.monotonic()
    failed: errors.WorkbenchError | None = None
    data = b""
    try:
        data = hub.text_to_image(asked, chosen.provider, prompt, options, deadline=deadline)
        return data
    except errors.WorkbenchError as error:
        failed = error
        error.task = error.task or asked.task
        error.endpoint = error.endpoint or str(asked)
        raise
    finally:
        exchange = Exchange(
            task=asked.task,
            target=display_target(asked.target),
            url=str(asked),
            model=asked.model,
            engine=f"{asked} (through huggingface_hub)",
            status=(failed.status or 0) if failed else 200,
            attempts=1,
            elapsed_s=time.monotonic() - started,
            waited_s=0.0,
            request_bytes=0,
            answer_bytes=len(data),
            request_id=failed.request_id if failed else None,
            error=failed.kind if failed else None,
            token_variable=asked.token_variable,
            auth=asked.auth,
            bill_to=asked.bill_to,
            ignored=(),
            payload=Payload(told=_as_python(asked, chosen.provider, prompt, options)),
        )
        client.note(exchange)


def _as_python(
    endpoint: Endpoint, provider: str, prompt: str, options: Mapping[str, object]
) -> str:
    """The call of huggingface_hub that was made, the token named and not shown."""
    given = "".join(f", {name}={value!r}" for name, value in options.items())
    billed = f", bill_to={endpoint.bill_to!r}" if endpoint.bill_to else ""
    return (
        "import os\nfrom huggingface_hub import InferenceClient\n"
        f"client = InferenceClient(provider={provider!r}, token=os.environ['HF_TOKEN']{billed})\n"
        f"client.text_to_image({prompt!r}, model={endpoint.model!r}{given})"
    )
