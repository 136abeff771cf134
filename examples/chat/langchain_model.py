"""Any chat model of LangChain, streaming."""

import logging
from collections.abc import AsyncIterator
from typing import Any

import gradio as gr

try:
    from langchain_core.language_models import FakeListChatModel
    from langchain_core.output_parsers import StrOutputParser
except ImportError:
    raise SystemExit("This example needs LangChain: pip install langchain-core") from None

# The one line to change, after `pip install langchain-openai`: MODEL = ChatOpenAI(model="…")
MODEL = FakeListChatModel(responses=["I only play a model.", "Put a real one here."], sleep=0.02)
CHAIN = MODEL | StrOutputParser()


async def reply(message: str, history: list[dict[str, Any]]) -> AsyncIterator[str]:
    talk = [(turn["role"], turn["content"]) for turn in history]
    said = ""
    try:
        async for piece in CHAIN.astream([*talk, ("user", message)]):
            said += piece
            yield said
    except Exception as error:  # a chat that raises is dead until its page is reloaded
        logging.exception("the model failed")
        yield f"{said}\n\nThe model failed: {type(error).__name__}. The terminal tells more."


demo = gr.ChatInterface(reply, title="LangChain", concurrency_limit=20, api_name="chat")

if __name__ == "__main__":
    demo.launch()
