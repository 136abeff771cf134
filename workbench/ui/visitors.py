"""Who asks, and whose key pays: decided here alone, for every tab and the whole API."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from workbench.client import EndpointClient
from workbench.endpoints import Endpoint
from workbench.errors import AuthenticationError, PermissionDeniedError, WorkbenchError
from workbench.hosts import is_hugging_face
from workbench.routes import CHAT, COURSE_ROUTES, Route
from workbench.settings import Settings
from workbench.ui.allowance import Allowance
from workbench.ui.login import USER
from workbench.ui.tries import place_of

SIGNED_IN = "workbench.visitor"
"""Where the scope of a request holds who signed in at Hugging Face."""
SIGN_IN = "your sign-in at Hugging Face"
_TOKEN_HOSTS = ("router.huggingface.co", "huggingface.co")
"""A visitor's token goes to no endpoint of somebody's own, as `is_hugging_face` allows."""


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """A person known to Hugging Face, and a token that calls it in their name."""

    name: str
    token: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """Who asks: by the name signed in with if there is one, and by address."""

    address: str = ""
    name: str | None = None
    token: str | None = field(default=None, repr=False)

    @property
    def key(self) -> str:
        """What the calls of one visitor are counted under."""
        return f"user:{self.name}" if self.name else f"address:{place_of(self.address)}"


def visitor_of(scope: Mapping[str, object]) -> Visitor:
    """Who sent a request, as the middlewares before the app left it in its scope."""
    signed_in, name, client = scope.get(SIGNED_IN), scope.get(USER), scope.get("client")
    return Visitor(
        address=str(client[0]) if isinstance(client, list | tuple) and client else "",
        name=name if isinstance(name, str) and name else None,
        token=signed_in.token if isinstance(signed_in, SignedIn) else None,
    )


def asking() -> Visitor:
    """Who is being answered here, in a handler or a thread that it started; else nobody."""
    context = sys.modules.get("gradio.context")
    request = context.LocalContext.request.get(None) if context else None
    inner = getattr(request, "request", None)
    return Visitor() if inner is None else visitor_of(inner.scope)


class VisitorsClient(EndpointClient):
    """A client for an app that others visit, who are told apart at every call.

    With *own* no key of *settings* is used: calls to Hugging Face are made with the token of who
    signed in there; *sign_in* tells whether one can. With an *allowance* each call that leaves
    this process takes from it.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        own: bool = False,
        sign_in: bool = False,
        allowance: Allowance | None = None,
    ) -> None:
        self.own = own
        self.sign_in = sign_in
        self.allowance = allowance
        if own:
            settings = replace(settings, token=None, token_source=None, keys={}, bill_to=None)
        super().__init__(settings)

    @property
    def settings(self) -> Settings:
        """Those of the app, with the token of who asks if everybody uses their own."""
        token = asking().token if self.own else None
        if not token:
            return self._settings
        return replace(self._settings, token=token, token_source=SIGN_IN)

    @settings.setter
    def settings(self, settings: Settings) -> None:
        self._settings = settings

    def endpoint(self, route: Route) -> Endpoint:
        """Where a task is answered. Raises ConfigurationError."""
        endpoint = super().endpoint(route)
        if self.own and endpoint.token and _host(endpoint) not in _TOKEN_HOSTS:
            return replace(endpoint, token=None)
        return endpoint

    def permit(self, endpoint: Endpoint) -> None:
        """Raises AuthenticationError to sign in first, or RateLimitedError for the allowance."""
        if endpoint.in_process:
            return
        try:
            if self.own:
                _check_own(endpoint)
            if self.allowance:
                self.allowance.take(asking().key)
        except WorkbenchError as error:
            error.task, error.endpoint = endpoint.task, str(endpoint)
            raise

    @property
    def hosted(self) -> bool:
        """Whether any task is answered outside of this process, for who asks."""
        for route in (*COURSE_ROUTES, CHAT):
            try:
                if not self.endpoint(route).in_process:
                    return True
            except WorkbenchError:
                continue
        return False


def _check_own(endpoint: Endpoint) -> None:
    host = _host(endpoint)
    if endpoint.token and host not in _TOKEN_HOSTS:
        raise PermissionDeniedError(
            f"{endpoint} is not Hugging Face, where a visitor's token belongs", hint=""
        )
    if not endpoint.token and is_hugging_face(host):
        raise AuthenticationError(
            "Hugging Face answers here for those who sign in there",
            hint="Press “Sign in with Hugging Face” at the top, or choose `embedded` as the "
            "target.",
        )


def _host(endpoint: Endpoint) -> str:
    return (urlsplit(endpoint.url).hostname or "").lower()
