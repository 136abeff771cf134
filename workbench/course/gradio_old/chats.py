"""Chats: a handler written for [user, bot] gets and gives that, one for messages gets plain text.

Which of them a handler was written for is told by `type=`; without it, by the first conversation
that it gives. Nobody could give messages without `type="messages"` before Gradio 6: whoever does
writes for today's Gradio, and gets today's messages as they are.
"""

from __future__ import annotations

import ast
import functools
import inspect
import textwrap
from collections.abc import Callable
from typing import Any

from workbench.course.gradio_old.calls import Translator
from workbench.course.gradio_old.components import KEPT
from workbench.course.gradio_old.pairs import are_pairs, to_messages, to_pairs, to_plain
from workbench.course.gradio_old.patches import Patches

PAIRS, PLAIN, TODAY = "tuples", "messages", "today"
_KEPT_TYPE = KEPT + "chat_type"


def install(gradio: Any, patches: Patches, translator: Translator) -> None:
    """Let the chat components and `gr.ChatInterface` speak what their handlers speak."""
    chatbot = gradio.Chatbot

    def postprocess(original: Any, self: Any, value: Any) -> Any:
        pairs = are_pairs(value)
        if pairs is not None and getattr(self, _KEPT_TYPE, None) is None:
            setattr(self, _KEPT_TYPE, PAIRS if pairs else TODAY)
        if pairs:
            _tell(translator)
            value = to_messages(value or ())
        return original(self, value)

    def preprocess(original: Any, self: Any, payload: Any) -> Any:
        return as_written(original(self, payload), getattr(self, _KEPT_TYPE, None))

    patches.wrap(chatbot, "postprocess", postprocess)
    patches.wrap(chatbot, "preprocess", preprocess)
    patches.set(chatbot, "data_model", _lenient(chatbot.data_model))
    patches.wrap(gradio.ChatInterface, "__init__", functools.partial(_chat_interface, translator))


def _tell(translator: Translator) -> None:
    translator.announcer.translated(
        "[(user, bot), …]", '[{"role": "user", "content": …}, {"role": "assistant", "content": …}]'
    )


def as_written(messages: list[Any], style: str | None) -> list[Any]:
    """Today's messages as a handler of *style* knows them; before Gradio 5 that was pairs.

    >>> as_written([{"role": "user", "content": "Hi"}], None)
    [['Hi', None]]
    """
    if style == TODAY:
        return messages
    return to_plain(messages) if style == PLAIN else to_pairs(messages)


def _lenient(model: Any) -> Any:
    """*model*, which takes pairs from a client written for them too."""
    from pydantic import model_validator

    def read(data: Any) -> Any:
        value = data.get("root") if isinstance(data, dict) else data
        if not are_pairs(value):
            return data
        messages = [
            {**message, "content": [{"type": "text", "text": message["content"]}]}
            for message in to_messages(value or ())
            if isinstance(message["content"], str)
        ]
        return {"root": messages} if isinstance(data, dict) else messages

    namespace = {
        "__module__": model.__module__,
        "__doc__": model.__doc__,
        "read": model_validator(mode="before")(staticmethod(read)),
    }
    return type(model)(model.__name__, (model,), namespace)


def _chat_interface(
    translator: Translator, original: Any, self: Any, fn: Any, *args: Any, **kwargs: Any
) -> None:
    """Translate for the function of a chat; the chat itself goes on with today's messages."""
    chatbot = kwargs.get("chatbot")
    style = kwargs.get("type") or getattr(chatbot, _KEPT_TYPE, None)
    if style is None or style == TODAY:
        style = TODAY if style == TODAY or reads_messages(fn) else PAIRS
    if chatbot is not None:
        setattr(chatbot, _KEPT_TYPE, TODAY)
    if style != TODAY and not isinstance(fn, type(self)):
        if style == PAIRS:
            _tell(translator)
        fn = _translated(fn, style)
    original(self, fn, *args, **kwargs)
    setattr(self.chatbot, _KEPT_TYPE, TODAY)


def _translated(fn: Callable[..., Any], style: str) -> Callable[..., Any]:
    """*fn*, whose second argument is a history as *style* has it."""

    def old(args: tuple[Any, ...]) -> tuple[Any, ...]:
        if len(args) < 2:
            return args
        return (args[0], as_written(args[1], style), *args[2:])

    called = fn if inspect.isroutine(fn) else type(fn).__call__
    if inspect.isasyncgenfunction(called):

        async def replies(*args: Any, **kwargs: Any) -> Any:
            async for reply in fn(*old(args), **kwargs):
                yield reply

        wrapped: Callable[..., Any] = replies
    elif inspect.iscoroutinefunction(called):

        async def answer(*args: Any, **kwargs: Any) -> Any:
            return await fn(*old(args), **kwargs)

        wrapped = answer
    elif inspect.isgeneratorfunction(called):

        def stream(*args: Any, **kwargs: Any) -> Any:
            yield from fn(*old(args), **kwargs)

        wrapped = stream
    else:

        def reply(*args: Any, **kwargs: Any) -> Any:
            return fn(*old(args), **kwargs)

        wrapped = reply
    return functools.update_wrapper(wrapped, fn)


def reads_messages(fn: Callable[..., Any]) -> bool:
    """Whether *fn* takes the turns of its history for messages, as its source shows."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(fn)))
        history = list(inspect.signature(fn).parameters)[1]
    except (OSError, TypeError, ValueError, SyntaxError, IndexError):
        return False
    nodes = list(ast.walk(tree))
    if any(_unpacks(node, history) for node in nodes):
        return False
    return any(_reads_key(node) for node in nodes) or (
        any(_adds(node, history) for node in nodes) and any(_writes_role(node) for node in nodes)
    )


def _unpacks(node: ast.AST, history: str) -> bool:
    """`for user, bot in history`."""
    if not isinstance(node, ast.For | ast.comprehension) or not isinstance(node.target, ast.Tuple):
        return False
    return any(isinstance(n, ast.Name) and n.id == history for n in ast.walk(node.iter))


def _reads_key(node: ast.AST) -> bool:
    """`turn["role"]` or `turn.get("content")`."""
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        key: ast.AST = node.slice
        value = node.value
        numbered = isinstance(value, ast.Subscript | ast.Name)
        return numbered and isinstance(key, ast.Constant) and key.value == "role"
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
        first = node.args[0]
        return node.func.attr == "get" and isinstance(first, ast.Constant) and first.value == "role"
    return False


def _adds(node: ast.AST, history: str) -> bool:
    """`[…] + history`, `messages.extend(history)`, `[*history, …]`, `messages = history`."""
    added: list[ast.AST] = []
    if isinstance(node, ast.BinOp):
        added = [node.left, node.right]
    elif isinstance(node, ast.AugAssign | ast.Starred):
        added = [node.value]
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        added = list(node.args) if node.func.attr == "extend" else [node.func.value]
    return any(isinstance(part, ast.Name) and part.id == history for part in added)


def _writes_role(node: ast.AST) -> bool:
    return isinstance(node, ast.Dict) and any(
        isinstance(key, ast.Constant) and key.value == "role" for key in node.keys
    )
