"""Qwen with a system setting; without DASHSCOPE_API_KEY the embedded talker answers."""

import asyncio
from collections.abc import AsyncIterator

import gradio as gr

from tasks.chat import respond
from workbench.chat_endpoints import missing
from workbench.client import EndpointClient
from workbench.errors import WorkbenchError

CLIENT = EndpointClient().using("qwen")
if lacks := missing(CLIENT.chat_model(), CLIENT.settings):
    CLIENT = CLIENT.using("talker")
NOTE = f"Qwen can't answer yet: {lacks} Until then the embedded talker does." if lacks else ""


async def reply(message: str, history: list[gr.MessageDict], system: str) -> AsyncIterator[str]:
    said = ""
    try:
        with respond(message, history, client=CLIENT, system=system) as pieces:
            while piece := await asyncio.to_thread(next, pieces, ""):
                said += piece
                yield said
    except WorkbenchError as error:  # a chat that raises is dead until its page is reloaded
        yield f"{said}\n\n{error}. {error.hint}"


system = gr.Textbox("You are a helpful assistant.", label="System")
demo = gr.ChatInterface(
    reply, title="Qwen", description=NOTE, additional_inputs=system, api_name="chat"
)

if __name__ == "__main__":
    demo.launch()
