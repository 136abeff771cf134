"""StarChat, a model for questions about code, on a TGI server and with its dialogue template.

HF_API_STARCHAT_BASE is the server's address; without it the embedded talker answers.
"""

import asyncio
from collections.abc import AsyncIterator

import gradio as gr

from tasks.chat import respond
from workbench.chat_endpoints import missing
from workbench.client import EndpointClient
from workbench.errors import WorkbenchError

CLIENT = EndpointClient().using("starchat")
if lacks := missing(CLIENT.chat_model(), CLIENT.settings):
    CLIENT = CLIENT.using("talker")
NOTE = f"StarChat can't answer yet: {lacks} Until then the embedded talker does." if lacks else ""


async def reply(message: str, history: list[gr.MessageDict]) -> AsyncIterator[str]:
    said = ""
    try:
        with respond(message, history, client=CLIENT) as pieces:
            while piece := await asyncio.to_thread(next, pieces, ""):
                said += piece
                yield said
    except WorkbenchError as error:  # a chat that raises is dead until its page is reloaded
        yield f"{said}\n\n{error}. {error.hint}"


demo = gr.ChatInterface(reply, title="StarChat", description=NOTE, api_name="chat")

if __name__ == "__main__":
    demo.launch()
