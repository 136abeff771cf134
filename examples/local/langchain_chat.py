"""A chain of LangChain around a model on this machine; LOCAL_MODEL names the model."""

import asyncio
import os
from collections.abc import AsyncIterator
from typing import Any

import gradio as gr

from tasks.chat import Response, respond
from workbench.chat import from_gradio
from workbench.client import EndpointClient
from workbench.errors import WorkbenchError

try:
    from langchain_core import language_models, messages, output_parsers, outputs, prompts
except ImportError:
    raise SystemExit("This example needs LangChain: pip install langchain-core") from None

NAME = os.environ.get("LOCAL_MODEL") or "HuggingFaceTB/SmolLM2-135M-Instruct"
CLIENT = EndpointClient().using(f"local:{NAME}")


class Local(language_models.SimpleChatModel):
    _llm_type = "workbench"

    def _ask(self, said: list[Any], stop: Any) -> Response:
        talk = messages.convert_to_openai_messages(said)
        return respond(None, talk, client=CLIENT, stop=stop, max_new_tokens=256)

    async def _astream(self, said: list[Any], stop: Any = None, *_: Any, **__: Any) -> Any:
        with self._ask(said, stop) as pieces:  # left, it frees the model; so Stop works at once
            while piece := await asyncio.to_thread(next, pieces, ""):
                yield outputs.ChatGenerationChunk(message=messages.AIMessageChunk(piece))

    def _call(self, said: list[Any], stop: Any = None, *_: Any, **__: Any) -> str:
        return "".join(self._ask(said, stop))


PROMPT = prompts.ChatPromptTemplate([("system", "Be brief."), ("placeholder", "{talk}")])
CHAIN = PROMPT | Local() | output_parsers.StrOutputParser()


async def reply(message: str, history: list[Any]) -> AsyncIterator[str]:
    talk, said = [(turn.role, turn.content) for turn in from_gradio(history)], ""
    try:
        async for piece in CHAIN.astream({"talk": [*talk, ("user", message)]}):
            said += piece
            yield said
    except WorkbenchError as error:  # a chat that raises is dead until its page is reloaded
        yield f"{said}\n\n{error}. {error.hint}"


demo = gr.ChatInterface(reply, title=NAME, api_name="chat")
if __name__ == "__main__":
    demo.launch()
