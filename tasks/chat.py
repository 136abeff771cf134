"""Chat: a message and what was said before go in, a reply comes out, piece by piece."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tasks.response import Response
from workbench.chat import Message, fit, from_gradio, from_openai, from_pairs, to_openai
from workbench.chat.conversation import joined, listed
from workbench.chat.models import ChatModel
from workbench.client import EndpointClient
from workbench.endpoints import Endpoint
from workbench.errors import InvalidInputError
from workbench.inputs import require_number, require_whole
from workbench.notebook.tabs import alone
from workbench.protocols.parameters import stop_strings
from workbench.routes import CHAT
from workbench.streaming import TextStream
from workbench.task import Parameter, Task

TEMPERATURE = 0.7
MAX_NEW_TOKENS = 1024
HISTORY_TOKENS = 6000
"""How much of a long conversation is sent, by default."""
GO_ON = "Go on exactly where your last message broke off, and repeat nothing of it."


def respond(
    message: str | Message | None,
    history: Sequence[object] = (),
    *,
    client: EndpointClient,
    system: str | None = None,
    temperature: float | None = TEMPERATURE,
    max_new_tokens: int | None = MAX_NEW_TOKENS,
    top_p: float | None = None,
    repetition_penalty: float | None = None,
    seed: int | None = None,
    stop: str | Sequence[str] | None = None,
    rounds: int | None = None,
    history_tokens: int | None = HISTORY_TOKENS,
) -> Response:
    """Reply to *message*: an iterator of the pieces of the reply, as they come.

    The client's target chooses the model: the name of a chat model (`falcon`, `qwen`, `echo`, …)
    or any target. *history* is what was said before, oldest first: `Message`s, messages of
    OpenAI's API or of Gradio, or the old list of `[user, assistant]` pairs. With None as the
    message, the conversation is answered as it stands; when it ends with a reply, that is
    continued. *system* (default: the model's own, if any) tells the model how to behave.

    `temperature` 0 takes the likeliest token each time; `max_new_tokens` counts tokens; `top_p`
    is the share of likely tokens to draw from (above 0, up to 1); options that are None are the
    service's own. Of a long conversation the newest `rounds`, and as many as make
    `history_tokens`, are sent; when the service finds it too long all the same, the older half is
    dropped and it is tried once more. `dropped` tells how many messages were left out.

    The conversation is sent when the first piece is asked for. Raises InvalidInputError and
    ConfigurationError at once for what can't be sent; reading raises InterruptedStreamError, with
    what arrived, when the reply breaks off, and the other errors of `workbench.errors`.

    >>> from workbench.settings import Settings
    >>> client = EndpointClient(Settings()).using("echo")
    >>> "".join(respond("Hello there", client=client))
    'Hello there'
    """
    require_whole("max_new_tokens", max_new_tokens, at_least=1)
    require_whole("seed", seed, at_least=0)
    for name, value in (("temperature", temperature), ("top_p", top_p)):
        require_number(name, value, at_least=0)
    require_number("repetition_penalty", repetition_penalty, at_least=0)
    model = client.chat_model()
    parameters: dict[str, object] = {
        "temperature": temperature,
        "max_new_tokens": max_new_tokens,
        "top_p": top_p,
        "repetition_penalty": repetition_penalty,
        "seed": seed,
        "stop": stop_strings(stop),
    }
    talk = read_history(history)
    told = model.system if system is None else system
    if not isinstance(told, str) or told.strip():
        talk = [Message("system", told), *(each for each in talk if each.role != "system")]
    if message is not None:
        talk.append(message if isinstance(message, Message) else Message("user", message))
    _check_pictures(model, talk)
    window = fit(talk, rounds=rounds, tokens=history_tokens)
    endpoint = client.endpoint(CHAT)

    def start(messages: Sequence[Message]) -> TextStream:
        return _send(client, endpoint, model, messages, parameters)

    before = talk[-1].content if talk[-1].role == "assistant" else ""
    return Response(start, window, model, before=before, apart=_is_asked(endpoint))


def read_history(history: Sequence[object]) -> list[Message]:
    """What was said before, in whichever of the usual shapes. Raises InvalidInputError.

    >>> read_history([["Hi", None]]) == read_history([{"role": "user", "content": "Hi"}])
    True
    """
    read: list[Message] = []
    for number, item in enumerate(listed(history), 1):
        if isinstance(item, Message):
            read.append(item)
        elif isinstance(item, list | tuple):
            read.extend(from_pairs([item]))
        elif isinstance(item, Mapping) and _is_of_openai(item):
            read.extend(from_openai([item]))
        elif isinstance(item, Mapping) or hasattr(item, "role"):
            read.extend(from_gradio([item]))
        else:
            kind = type(item).__name__
            raise InvalidInputError(
                f"item {number} of the history is no message but of type {kind}",
                hint='Send messages such as {"role": "user", "content": "Hello"}.',
            )
    return read


def _is_of_openai(message: Mapping[str, object]) -> bool:
    if message.get("role") == "developer":
        return True
    content = message.get("content")
    parts = content if isinstance(content, list) else ()
    return any(isinstance(part, Mapping) and part.get("type") == "image_url" for part in parts)


def _check_pictures(model: ChatModel, talk: Sequence[Message]) -> None:
    if model.sees is False and talk and talk[-1].images:
        raise InvalidInputError(
            f"{model.name} reads text and can't see a picture",
            hint="Send the message without its picture, or choose a model that sees.",
        )


def _send(
    client: EndpointClient,
    endpoint: Endpoint,
    model: ChatModel,
    messages: Sequence[Message],
    parameters: Mapping[str, object],
) -> TextStream:
    going_on = messages[-1].role == "assistant"
    if endpoint.protocol == "tgi":
        writing = model.writing
        stops = [*writing.stops, *parameters["stop"]]  # type: ignore[misc]
        prompt = writing.render(messages)
        options = {**parameters, "stop": stops}
        return client.generate(endpoint, prompt, options, strip_start=not going_on)
    if going_on and _is_asked(endpoint):
        messages = [*messages, Message("user", GO_ON)]
    if model.sees is False:
        messages = [Message(each.role, _without_pictures(each)) for each in messages]
    return client.chat(endpoint, to_openai(joined(messages)), parameters, strip_start=not going_on)


def _without_pictures(message: Message) -> str:
    return "\n".join(["[picture]"] * len(message.images) + [message.content])


def _is_asked(endpoint: Endpoint) -> bool:
    """Whether a continuation must be asked for: services that chat begin a message anew."""
    return endpoint.protocol == "chat" and not endpoint.in_process


def begin(
    message: str | Message | None,
    history: Sequence[object] = (),
    *,
    client: EndpointClient,
    **options: Any,
) -> Response:
    """`respond` with the parameters that the chat model has by itself, unless others are given."""
    return respond(message, history, client=client, **{**client.chat_model().defaults, **options})


def run(message: str, *, client: EndpointClient, **options: Any) -> dict[str, object]:
    """`begin` to its end, as JSON-ready facts."""
    with begin(message, client=client, **options) as response:
        for _ in response:
            pass
    return response.result


def show(result: object) -> str:
    """The reply."""
    return str(result["reply"]) if isinstance(result, dict) else str(result)


@alone
def tab(client: EndpointClient, *, targets: Sequence[str] | None = None) -> None:
    """Lay out the tab inside the caller's Blocks; visitors may choose among *targets*, if any."""
    from tasks.tabs.chat import lay_out

    lay_out(client, targets=targets)


TASK = Task(
    name="chat",
    title="Chat",
    summary="Talk with a model: Falcon, StarChat, Qwen, any OpenAI-compatible service.",
    order=70,
    routes=(CHAT,),
    run=run,
    show=show,
    stream=begin,
    tab=tab,
    probe="Hello",
    parameters=(
        Parameter(name="system", help="How the model is to behave."),
        Parameter(name="temperature", help="0: the likeliest each time.", kind="number"),
        Parameter(name="max_new_tokens", help="Tokens to write at most.", kind="whole number"),
        Parameter(name="top_p", help="Share of likely tokens to draw from.", kind="number"),
        Parameter(name="repetition_penalty", help="1: none.", kind="number"),
        Parameter(name="seed", help="The same seed draws the same tokens.", kind="whole number"),
    ),
)
