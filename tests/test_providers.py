"""Pictures by Inference Providers: found, asked by name, and failures told with a way on."""

from __future__ import annotations

import base64
import json
import sys
import threading
import time
from importlib.metadata import version
from io import BytesIO
from types import SimpleNamespace

import pytest
from internet import CERTIFICATE, Internet, Server
from PIL import Image, UnidentifiedImageError

from workbench import errors
from workbench.client import EndpointClient
from workbench.providers import make_picture
from workbench.routes import TEXT_TO_IMAGE
from workbench.settings import Limits, Network, Settings

TOKEN = "hf_geheimgeheim"
MODEL = "org/flux"
MAPPING = f"/api/models/{MODEL}?expand=inferenceProviderMapping"
PUBLIC = "93.184.215.14"


def picture_file():
    """A small PNG."""
    file = BytesIO()
    Image.new("RGB", (4, 3), "teal").save(file, "PNG")
    return file.getvalue()


PICTURE = picture_file()
BASE64 = base64.b64encode(PICTURE).decode()


def entry(provider, status="live", **more):
    """An entry of the mapping."""
    own = {"providerId": f"{provider}-flux", "status": status, "task": "text-to-image"}
    return {"provider": provider, **own, **more}


@pytest.fixture
def web(monkeypatch):
    """Hub and router in one server, which serves the model by nscale, together and fal-ai."""
    server = Server()
    monkeypatch.setattr("workbench.hosts.HUB", server.url)
    monkeypatch.setattr("workbench.hosts.ROUTER", server.url)
    server.paths[MAPPING] = mapping("nscale", "together", "fal-ai")
    yield server
    server.close()


def mapping(*entries):
    """The Hub's answer about a model."""
    entries = [entry(one) if isinstance(one, str) else one for one in entries]
    return {"id": MODEL, "inferenceProviderMapping": entries}


def settings(**more):
    """Settings with a token and, for tests, little patience."""
    return Settings(
        **{
            "token": TOKEN,
            "token_source": "HF_TOKEN",
            "limits": Limits(deadline_s=20),
            "network": Network(ca_bundle=CERTIFICATE),
            **more,
        }
    )


def make(target=MODEL, parameters=None, **options):
    """Make a picture with a client of its own; returns it and the exchanges."""
    with EndpointClient(settings(**options)).using(target) as client:
        with client.recording() as recording:
            made = make_picture(client, client.endpoint(TEXT_TO_IMAGE), "a boat", parameters or {})
    return made, list(recording)


def test_the_first_live_one_is_asked(web):
    """Without a name, the first provider that is live and known makes the picture."""
    web.paths[MAPPING] = mapping(
        entry("elsewhere"), entry("fal-ai", "error"), "together", entry("nscale")
    )
    web.paths["/together/v1/images/generations"] = {"data": [{"b64_json": BASE64}]}
    made, exchanges = make()
    assert (made.data, made.provider, made.ignored) == (PICTURE, "together", ())
    assert [path for path, _ in web.requests] == [MAPPING, "/together/v1/images/generations"]
    assert json.loads(web.bodies[1])["model"] == "together-flux"
    assert exchanges[-1].url.endswith("/together/v1/images/generations")


@pytest.mark.parametrize("policy", ["auto", "fastest", "cheapest", "preferred"])
def test_a_policy_is_no_name(web, policy):
    """The words for any provider leave the choice to the mapping."""
    web.paths["/nscale/v1/images/generations"] = {"data": [{"b64_json": BASE64}]}
    assert make(f"{MODEL}:{policy}")[0].provider == "nscale"


def test_a_named_one_is_asked_whatever_its_status(web):
    """The provider of the target is asked, in its own way, though its last check failed."""
    web.paths[MAPPING] = mapping("nscale", entry("fal-ai", "error", providerId="fal-ai/flux"))
    web.paths["/fal-ai/fal-ai/flux"] = {"images": [{"url": f"data:image/png;base64,{BASE64}"}]}
    made, _ = make(f"{MODEL}:fal-ai", {"width": 64, "height": 32, "seed": None, "other": 1})
    assert (made.data, made.provider) == (PICTURE, "fal-ai")
    body = json.loads(web.bodies[1])
    assert body == {"prompt": "a boat", "image_size": {"width": 64, "height": 32}}


def test_replicate_is_asked_to_wait(web):
    """It answers before the picture is there unless a header says otherwise."""
    web.paths[MAPPING] = mapping(entry("replicate", providerId="black-forest-labs/flux"))
    path = "/replicate/v1/models/black-forest-labs/flux/predictions"
    web.paths[path] = {"status": "succeeded", "output": [f"data:image/png;base64,{BASE64}"]}
    made, exchanges = make()
    assert (made.data, made.provider) == (PICTURE, "replicate")
    assert web.requests[1][1]["Prefer"] == "wait"
    assert "Prefer: wait" in exchanges[-1].as_curl()
    web.paths[path] = {"status": "processing", "output": None}
    with pytest.raises(errors.LoadingError):
        make()


def test_what_it_ignores_is_told(web):
    """Of the options given, those that the provider does not take come back by name."""
    web.paths["/nscale/v1/images/generations"] = {"data": [{"b64_json": BASE64}]}
    made, _ = make(f"{MODEL}:nscale", {"num_inference_steps": 4, "guidance_scale": None, "seed": 1})
    assert made.ignored == ("num_inference_steps",)


def test_hf_inference_answers_with_the_picture_itself(web):
    """Raw bytes are taken from hf-inference when the mapping leads there."""
    web.paths[MAPPING] = mapping(entry("hf-inference", providerId=MODEL))
    web.paths[f"/hf-inference/models/{MODEL}"] = PICTURE
    assert make()[0].data == PICTURE


def test_the_token_goes_to_hub_and_router_alone(web, monkeypatch):
    """Mapping and request carry token and bill, the picture's address elsewhere neither."""
    internet, elsewhere = Internet(monkeypatch), Server(secure=True)
    internet.names["pictures.example"] = [PUBLIC]
    internet.routes[PUBLIC, 443] = elsewhere.address
    elsewhere.paths["/1.png"] = PICTURE
    address = "https://pictures.example/1.png"
    web.paths["/together/v1/images/generations"] = {"data": [{"url": address}]}
    made, _ = make(f"{MODEL}:together", bill_to="my-org")
    elsewhere.close()
    assert made.data == PICTURE
    hub, router = (headers for _, headers in web.requests)
    assert hub["Authorization"] == router["Authorization"] == f"Bearer {TOKEN}"
    assert "X-HF-Bill-To" not in hub
    assert router["X-HF-Bill-To"] == "my-org"
    assert not {"Authorization", "X-HF-Bill-To"} & elsewhere.requests[0][1].keys()


def test_hub_and_router_are_those_of_hugging_face(monkeypatch):
    """The token leaves over verified https to huggingface.co, or not at all."""
    internet, impostor = Internet(monkeypatch), Server(secure=True)
    internet.names["huggingface.co"] = [PUBLIC]
    internet.routes[PUBLIC, 443] = impostor.address
    with pytest.raises(errors.UnreachableError, match="certificate"):
        make()
    impostor.close()
    assert internet.called == [(PUBLIC, 443)]
    assert impostor.requests == []


@pytest.mark.parametrize("address", ["http://pictures.example/1.png", "https://127.0.0.1/1.png"])
def test_a_picture_is_fetched_from_safe_places_alone(web, address):
    """An address over http, or inside, is not followed."""
    web.paths["/together/v1/images/generations"] = {"data": [{"url": address}]}
    with pytest.raises(errors.UnexpectedAnswerError, match="can't be fetched"):
        make(f"{MODEL}:together")


def test_no_token_no_call(web):
    """Without a token nothing is sent, and the error says which one is wanted."""
    with pytest.raises(errors.AuthenticationError, match="token") as caught:
        make(token=None)
    assert "HF_TOKEN" in caught.value.hint
    assert caught.value.task == "text-to-image"
    assert web.requests == []


@pytest.mark.parametrize(
    ("target", "entries", "told", "hint"),
    [
        (MODEL, [], "no provider serves org/flux", "schnell"),
        (MODEL, [entry("groq", task="conversational")], "no provider serves", "schnell"),
        (
            MODEL,
            [entry("fal-ai", "error"), entry("new")],
            r"fal-ai \(error\), new \(live\)",
            "FLUX",
        ),
        (f"{MODEL}:fal-ai", [], "fal-ai does not serve org/flux", "schnell"),
        (
            f"{MODEL}:fal-ai",
            ["nscale", entry("together", "error"), "replicate", "wavespeed"],
            "fal-ai does not serve",
            "`org/flux:nscale`, `org/flux:replicate`, `org/flux:wavespeed`.",
        ),
    ],
)
def test_not_served_is_told_with_what_is(web, target, entries, told, hint):
    """A model or provider that is not to be had is said, with live ones as targets to write."""
    web.paths[MAPPING] = mapping(*entries)
    with pytest.raises(errors.NotServedError, match=told) as caught:
        make(target)
    assert hint in caught.value.hint
    assert caught.value.task == "text-to-image"
    assert len(web.requests) == 1


@pytest.mark.parametrize(
    ("answer", "kind", "others"),
    [
        (404, errors.NotServedError, True),
        (500, errors.FailedError, True),
        (429, errors.RateLimitedError, True),
        (b"<html>", errors.UnexpectedAnswerError, True),
        ({"data": []}, errors.UnexpectedAnswerError, True),
        ({"status": "processing", "output": None}, errors.LoadingError, True),
        ({"error": f"bad {TOKEN}"}, errors.WorkbenchError, True),
        (401, errors.AuthenticationError, False),
        (402, errors.CreditsError, False),
        (422, errors.InvalidInputError, False),
    ],
)
def test_a_failure_names_the_others(web, no_waiting, answer, kind, others):
    """Where another provider may help, the hint lists the live ones; the token is never shown."""
    web.paths["/nscale/v1/images/generations"] = answer
    with pytest.raises(kind) as caught:
        make(f"{MODEL}:nscale")
    listed = "`org/flux:together`, `org/flux:fal-ai`" in caught.value.hint
    assert listed == others
    assert "flux:nscale" not in caught.value.hint
    assert TOKEN not in str(caught.value) + caught.value.hint


def test_an_unknown_model_is_said(web):
    """A model that the Hub does not show is a question of spelling."""
    web.paths[MAPPING] = 404
    with pytest.raises(errors.NotServedError, match="no model org/flux") as caught:
        make()
    assert caught.value.status == 404


def test_the_deadline_is_that_of_the_whole(web):
    """What the mapping took is taken from the time of the rest."""

    def slow(document):
        def behave(handler):
            time.sleep(0.5)
            handler.answer(200, json.dumps(document).encode())

        return behave

    web.paths[MAPPING] = slow(mapping("nscale"))
    web.paths["/nscale/v1/images/generations"] = slow({"data": [{"b64_json": BASE64}]})
    with pytest.raises(errors.EndpointTimeoutError):
        make(limits=Limits(deadline_s=0.8))


class Library:
    """Stands in for `huggingface_hub`: its client does what a test says."""

    def __init__(self, behave):
        self.behave = behave
        self.made = {}
        self.asked = {}

    def InferenceClient(self, **options):  # noqa: N802
        """As the library's class."""
        self.made = options
        return self

    def text_to_image(self, prompt, **options):
        """As the library's method."""
        self.asked = {"prompt": prompt, **options}
        return self.behave()


@pytest.fixture
def library(web, monkeypatch):
    """Put a library in place of huggingface_hub, for a model that wavespeed serves."""
    web.paths[MAPPING] = mapping("wavespeed", "nscale")

    def use(behave):
        library = Library(behave)
        monkeypatch.setitem(sys.modules, "huggingface_hub", library)
        return library

    return use


def test_the_rest_goes_through_the_library(library):
    """Who is asked again and again until a picture is there is left to huggingface_hub."""
    used = library(lambda: Image.new("RGB", (4, 3), "teal"))
    made, exchanges = make(parameters={"seed": 7, "width": None}, bill_to="my-org")
    assert Image.open(BytesIO(made.data)).size == (4, 3)
    assert made.provider == "wavespeed"
    assert used.asked == {"prompt": "a boat", "model": MODEL, "seed": 7}
    assert 0 < used.made.pop("timeout") <= 20
    assert used.made == {"provider": "wavespeed", "token": TOKEN, "bill_to": "my-org"}
    assert [exchange.status for exchange in exchanges] == [200, 200]
    assert "huggingface_hub" in exchanges[-1].engine
    assert TOKEN not in repr(exchanges[-1]) + exchanges[-1].as_curl()


def test_the_call_of_the_library_is_shown_as_python(library, monkeypatch):
    """What is shown of such a call makes the same call, with the token from the environment."""
    used = library(lambda: Image.new("RGB", (4, 3), "teal"))
    _, exchanges = make(parameters={"seed": 7}, bill_to="my-org")
    asked, made = used.asked, {**used.made, "timeout": 0}
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    exec(exchanges[-1].as_curl(), {})  # noqa: S102
    assert (used.asked, {**used.made, "timeout": 0}) == (asked, made)


@pytest.mark.parametrize(
    ("target", "entries"),
    [
        (f"{MODEL}:new-one", ["nscale", "new-one"]),
        (MODEL, [entry("fal-ai", adapter="lora", adapterWeightsPath="x.safetensors"), "nscale"]),
    ],
)
def test_what_needs_more_than_a_request_does_too(web, library, target, entries):
    """An unknown provider or an adapter is left to the library."""
    used = library(lambda: Image.new("RGB", (4, 3)))
    web.paths[MAPPING] = mapping(*entries)
    assert make(target)[0].provider == used.made["provider"]


class HTTPStatusError(Exception):
    """As an error of the library's: with an answer."""

    def __init__(self, status, body):
        super().__init__(f"{status} for {TOKEN}")
        headers = {"x-request-id": "one"}
        self.response = SimpleNamespace(status_code=status, headers=headers, content=body)


class ReadTimeout(type("TimeoutException", (Exception,), {})):
    """As an error of its HTTP library."""


class ConnectError(type("TransportError", (Exception,), {})):
    """As another one."""


class UnreadError(HTTPStatusError):
    """With an answer whose body can't be had."""

    def __init__(self):
        super().__init__(503, b"")
        del self.response.content


@pytest.mark.parametrize(
    ("raised", "kind", "told"),
    [
        (StopIteration(), errors.NotServedError, "not served by wavespeed"),
        (ValueError("Model x is not supported by provider y"), errors.NotServedError, "not served"),
        (ValueError(f"task failed: {TOKEN}"), errors.FailedError, "task failed: •••"),
        (
            json.JSONDecodeError("Expecting value", "", 0),
            errors.UnexpectedAnswerError,
            "no picture",
        ),
        (KeyError("data"), errors.UnexpectedAnswerError, "no picture"),
        (IndexError(), errors.UnexpectedAnswerError, "no picture"),
        (TypeError(TOKEN), errors.UnexpectedAnswerError, "no picture"),
        (AttributeError(), errors.UnexpectedAnswerError, "no picture"),
        (UnidentifiedImageError(), errors.UnexpectedAnswerError, "no picture"),
        (Image.DecompressionBombError(), errors.UnexpectedAnswerError, "no picture"),
        (SystemExit(1), errors.UnexpectedAnswerError, "no picture"),
        (TimeoutError(TOKEN), errors.EndpointTimeoutError, "in time"),
        (ReadTimeout(), errors.EndpointTimeoutError, "in time"),
        (ConnectError(TOKEN), errors.UnreachableError, "can't be reached"),
        (ConnectionResetError(), errors.UnreachableError, "can't be reached"),
        (ImportError(), errors.ConfigurationError, "can't be loaded"),
        (
            ValueError("Provider 'wavespeed' not supported. Available values: 'auto' or …"),
            errors.ConfigurationError,
            "doesn't know wavespeed",
        ),
        (HTTPStatusError(402, b'{"error": "no credits"}'), errors.CreditsError, "no credits"),
        (HTTPStatusError(401, b""), errors.AuthenticationError, "token"),
        (
            HTTPStatusError(422, f'{{"error": "bad {TOKEN}"}}'.encode()),
            errors.InvalidInputError,
            "bad •••",
        ),
        (UnreadError(), errors.BusyError, "not ready"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else None,
)
def test_every_error_of_the_library_is_ours(library, raised, kind, told):
    """Whatever comes out of the library becomes an error of ours, told without the token."""

    def fail():
        raise raised

    library(fail)
    with pytest.raises(errors.WorkbenchError, match=told) as caught:
        make()
    assert type(caught.value) is kind
    assert TOKEN not in f"{caught.value} {caught.value.hint} {caught.value.as_dict()}"
    assert caught.value.task == "text-to-image"
    assert (caught.value.endpoint or "").endswith("/wavespeed")


def test_no_picture_from_the_library_is_said(library):
    """Something else than a picture is an error as well."""
    library(lambda: "not a picture")
    with pytest.raises(errors.WorkbenchError):
        make()


def test_a_library_that_hangs_is_left_at_the_deadline(library):
    """The deadline returns at once, though the library does not."""
    end = threading.Event()
    library(lambda: end.wait(30))
    with pytest.raises(errors.EndpointTimeoutError):
        make(limits=Limits(deadline_s=0.5))
    end.set()


def test_a_library_that_hangs_is_left_at_stop(library):
    """Stop returns at once, though the library does not."""
    asked, end = threading.Event(), threading.Event()
    library(lambda: (asked.set(), end.wait(30)))
    with EndpointClient(settings()).using(MODEL) as client, client.recording() as recording:
        threading.Thread(target=lambda: (asked.wait(5), recording.stop())).start()
        with pytest.raises(errors.StoppedError):
            make_picture(client, client.endpoint(TEXT_TO_IMAGE), "a boat", {})
    end.set()
    assert recording[1].error == "stopped"


def test_observers_are_told_of_the_library_too(library):
    """What went through the library is observed like any other call."""
    library(lambda: Image.new("RGB", (4, 3)))
    seen = []
    with EndpointClient(settings(), observers=[seen.append]).using(MODEL) as client:
        make_picture(client, client.endpoint(TEXT_TO_IMAGE), "a boat", {})
    assert len(seen) == 2


def test_only_a_token_of_hugging_face_goes_into_the_library(library):
    """Any other one would be sent on to the provider, as if it were theirs."""
    used = library(lambda: Image.new("RGB", (4, 3)))
    with pytest.raises(errors.AuthenticationError, match="hf_"):
        make(token="something-else")
    assert used.made == {}


@pytest.mark.skipif(
    version("huggingface-hub").startswith("0."), reason="it asks wavespeed from version 1 on"
)
def test_the_real_library_is_asked_rightly(web, monkeypatch):
    """huggingface_hub itself takes what it is given, and its picture comes back."""
    from huggingface_hub import constants
    from huggingface_hub.hf_api import InferenceProviderMapping

    monkeypatch.setattr(constants, "INFERENCE_PROXY_TEMPLATE", f"{web.url}/{{provider}}")
    known = "huggingface_hub.inference._providers._common.HARDCODED_MODEL_INFERENCE_MAPPING"
    model = InferenceProviderMapping(
        hf_model_id=MODEL, **entry("wavespeed", providerId="flux", task="text-to-image")
    )
    monkeypatch.setattr(known, {"wavespeed": {MODEL: model}})
    web.paths[MAPPING] = mapping("wavespeed")
    web.paths["/wavespeed/api/v3/flux"] = {"data": {"urls": {"get": "/api/v3/result"}}}
    done = {"status": "completed", "outputs": [f"{web.url}/1.png"]}
    web.paths["/api/v3/result"] = {"data": done}
    web.paths["/1.png"] = PICTURE
    options = {"negative_prompt": "x", "num_inference_steps": 4, "guidance_scale": 3.5}
    made, _ = make(parameters={**options, "width": 64, "height": 32, "seed": 7})
    assert Image.open(BytesIO(made.data)).size == (4, 3)
    sent = next(
        body for (path, _), body in zip(web.requests, web.bodies, strict=True) if "v3/flux" in path
    )
    assert json.loads(sent) == {"prompt": "a boat", **options, "width": 64, "height": 32, "seed": 7}
