"""The `openai` package, streaming: from OpenAI, or from any server that speaks like it.

Offline: run `workbench serve` beside it. Elsewhere: OPENAI_BASE_URL, OPENAI_API_KEY, OPENAI_MODEL.
"""

import os
from collections.abc import AsyncIterator
from typing import Any

import gradio as gr

try:
    from openai import AsyncOpenAI, OpenAIError
except ImportError:
    raise SystemExit("This example needs the package of OpenAI: pip install openai") from None

URL = os.environ.get("OPENAI_BASE_URL") or "http://127.0.0.1:8200/v1"
KEY = os.environ.get("OPENAI_API_KEY") or "none"
MODEL = os.environ.get("OPENAI_MODEL") or "gpt-4o-mini"


async def reply(message: str, history: list[dict[str, Any]]) -> AsyncIterator[str]:
    talk: list[Any] = [{"role": turn["role"], "content": turn["content"]} for turn in history]
    talk.append({"role": "user", "content": message})
    said = ""
    try:
        async with AsyncOpenAI(base_url=URL, api_key=KEY) as client:
            async for event in await client.chat.completions.create(
                model=MODEL, messages=talk, stream=True
            ):
                said += (event.choices and event.choices[0].delta.content) or ""
                yield said
    except OpenAIError as error:  # a chat that raises is dead until its page is reloaded
        yield f"{said}\n\n{error} Is a server running at {URL}? `workbench serve` is one."


demo = gr.ChatInterface(reply, title="OpenAI", concurrency_limit=20, api_name="chat")
if __name__ == "__main__":
    demo.launch()
