"""Inputs beside the message: a system prompt and a limit of tokens, folded away until wanted."""

from collections.abc import Iterator

import gradio as gr

from tasks.chat import respond
from workbench.client import EndpointClient
from workbench.errors import WorkbenchError

CLIENT = EndpointClient().using("talker")


def reply(message: str, history: list[gr.MessageDict], system: str, tokens: float) -> Iterator[str]:
    said = ""
    limit = int(tokens)
    try:
        for piece in respond(message, history, client=CLIENT, system=system, max_new_tokens=limit):
            said += piece
            yield said
    except WorkbenchError as error:  # a chat that raises is dead until its page is reloaded
        yield f"{said}\n\n{error}. {error.hint}"


demo = gr.ChatInterface(
    reply,
    title="Extra inputs",
    additional_inputs=[
        gr.Textbox("You are a pirate", label="System prompt"),
        gr.Slider(1, 200, value=60, step=1, label="Tokens at most"),
    ],
    additional_inputs_accordion=gr.Accordion("Settings", open=False),
    api_name="chat",
)

if __name__ == "__main__":
    demo.launch()
