"""What goes to Text Generation Inference and comes back, by the names of `text_generation`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any

from pydantic import BaseModel, ValidationInfo, field_validator

from workbench.course.text_generation.errors import ValidationError

_Check = tuple[Callable[[Any], bool], str]
_POSITIVE: _Check = (lambda value: value > 0, "must be strictly positive")
_SHARE: _Check = (lambda value: 0 < value < 1, "must be > 0.0 and < 1.0")
_RULES: Mapping[str, _Check] = {
    "best_of": _POSITIVE,
    "repetition_penalty": _POSITIVE,
    "frequency_penalty": _POSITIVE,
    "seed": (lambda value: value >= 0, "must be positive"),
    "temperature": _POSITIVE,
    "top_k": _POSITIVE,
    "top_p": _SHARE,
    "truncate": _POSITIVE,
    "typical_p": _SHARE,
    "top_n_tokens": _POSITIVE,
}
_SAMPLERS = ("do_sample", "temperature", "top_k", "top_p", "typical_p")


class GrammarType(str, Enum):
    """The kinds of grammar."""

    Json = "json"
    Regex = "regex"


class Grammar(BaseModel):
    """What the text has to match."""

    type: GrammarType
    value: str | dict[str, Any]


class Parameters(BaseModel):
    """The options of a generation. Raises ValidationError of `errors` for one out of range.

    >>> Parameters(top_p=1.0)
    Traceback (most recent call last):
    workbench.course.text_generation.errors.ValidationError: `top_p` must be > 0.0 and < 1.0
    """

    do_sample: bool = False
    max_new_tokens: int = 20
    repetition_penalty: float | None = None
    frequency_penalty: float | None = None
    return_full_text: bool = False
    stop: list[str] = []
    seed: int | None = None
    temperature: float | None = None
    top_k: int | None = None
    top_p: float | None = None
    truncate: int | None = None
    typical_p: float | None = None
    best_of: int | None = None
    watermark: bool = False
    details: bool = False
    decoder_input_details: bool = False
    top_n_tokens: int | None = None
    grammar: Grammar | None = None

    @field_validator(*_RULES)
    @classmethod
    def _within(cls, value: Any, info: ValidationInfo) -> Any:
        fits, told = _RULES[info.field_name or ""]
        if value is not None and not fits(value):
            raise ValidationError(f"`{info.field_name}` {told}")
        return value

    @field_validator("best_of")
    @classmethod
    def _sampled(cls, value: int | None, info: ValidationInfo) -> int | None:
        if value is not None and value > 1:
            if info.data.get("seed") is not None:
                raise ValidationError("`seed` must not be set when `best_of` is > 1")
            if not any(info.data.get(name) not in (None, False) for name in _SAMPLERS):
                raise ValidationError("you must use sampling when `best_of` is > 1")
        return value

    @field_validator("grammar")
    @classmethod
    def _says_something(cls, value: Grammar | None) -> Grammar | None:
        if value is not None and not value.value:
            raise ValidationError(f"`value` cannot be empty for `{value.type.value}` grammar")
        return value


class Request(BaseModel):
    """A prompt and its options."""

    inputs: str
    parameters: Parameters | None = None
    stream: bool = False

    @field_validator("inputs")
    @classmethod
    def _not_empty(cls, value: str) -> str:
        if not value:
            raise ValidationError("`inputs` cannot be empty")
        return value

    @field_validator("stream")
    @classmethod
    def _one_alone(cls, value: bool, info: ValidationInfo) -> bool:
        asked = info.data.get("parameters")
        if value and asked is not None and (asked.best_of or 1) > 1:
            raise ValidationError("`best_of` != 1 is not supported when `stream` == True")
        return value


class InputToken(BaseModel):
    """A token of the prompt; the first has no `logprob`."""

    id: int
    text: str
    logprob: float | None = None


class Token(BaseModel):
    """A token of the text; a special one is not shown."""

    id: int
    text: str
    logprob: float | None = None
    special: bool


class FinishReason(str, Enum):
    """Why a text ended."""

    Length = "length"
    EndOfSequenceToken = "eos_token"
    StopSequence = "stop_sequence"


class StreamDetails(BaseModel):
    """Facts about a text that was streamed."""

    finish_reason: FinishReason
    generated_tokens: int
    seed: int | None = None


class Details(StreamDetails):
    """Facts about a text; `prefill` is the prompt's tokens, where they were asked for."""

    prefill: list[InputToken]
    tokens: list[Token]
    top_tokens: list[list[Token]] | None = None
    best_of_sequences: list[BestOfSequence] | None = None


class BestOfSequence(StreamDetails):
    """Another text than the one chosen."""

    generated_text: str
    prefill: list[InputToken]
    tokens: list[Token]
    top_tokens: list[list[Token]] | None = None


class Response(BaseModel):
    """What `generate` returns."""

    generated_text: str
    details: Details


class StreamResponse(BaseModel):
    """What `generate_stream` yields; the text and its details come with the last token."""

    token: Token
    top_tokens: list[Token] | None = None
    generated_text: str | None = None
    details: StreamDetails | None = None


class Message(BaseModel):
    """What one side said."""

    role: str
    content: str | None = None
    name: str | None = None
    tool_calls: Any | None = None


class Tool(BaseModel):
    """A function that the model may ask for."""

    type: str
    function: dict[str, Any]


class ChatRequest(BaseModel):
    """A conversation and its options."""

    model: str
    messages: list[Message]
    repetition_penalty: float | None = None
    frequency_penalty: float | None = None
    logit_bias: list[float] | None = None
    logprobs: bool | None = None
    top_logprobs: int | None = None
    max_tokens: int | None = None
    n: int | None = None
    presence_penalty: float | None = None
    stream: bool = False
    seed: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    tools: list[Tool] | None = None
    tool_choice: str | None = None


class ChatCompletionComplete(BaseModel):
    """A reply."""

    index: int
    message: Message
    logprobs: Any | None = None
    finish_reason: str
    usage: Any | None = None


class ChatComplete(BaseModel):
    """What `chat` returns."""

    id: str
    object: str
    created: int
    model: str
    system_fingerprint: str
    choices: list[ChatCompletionComplete]
    usage: Any = None


class ChoiceDelta(BaseModel):
    """A piece of a reply."""

    role: str | None = None
    content: str | None = None
    tool_calls: Any | None = None


class Choice(BaseModel):
    """Where a piece belongs."""

    index: int
    delta: ChoiceDelta
    logprobs: dict[str, Any] | None = None
    finish_reason: str | None = None


class ChatCompletionChunk(BaseModel):
    """What `chat` yields when it streams."""

    id: str
    object: str
    created: int
    model: str
    system_fingerprint: str
    choices: list[Choice]
