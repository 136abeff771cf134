"""A reply that grows letter by letter, and a Stop that ends the work at once.

In an async generator, Stop takes effect at the `await` it stands at. In a plain generator it
would wait for the next `yield`, and a plain function runs on to its end, unseen.
"""

import asyncio
from collections.abc import AsyncIterator

import gradio as gr

PAUSE_S = 0.05


async def reply(message: str, _history: list[gr.MessageDict]) -> AsyncIterator[str]:
    for end in range(1, len(message) + 1):
        await asyncio.sleep(PAUSE_S)
        yield message[:end]


demo = gr.ChatInterface(
    reply,
    title="Slow echo",
    stop_btn="Stop",
    concurrency_limit=20,  # this many people at once; by default each waits for the one before
    api_name="chat",
)

if __name__ == "__main__":
    demo.launch()
