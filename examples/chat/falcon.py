"""The course's chat with Falcon, in Blocks; HF_API_FALCOM_BASE is the address of its server."""

from collections.abc import Iterator

import gradio as gr

from tasks.chat import respond
from workbench.chat_endpoints import missing
from workbench.client import EndpointClient
from workbench.errors import WorkbenchError

CLIENT = EndpointClient().using("falcon-course")
if lacks := missing(CLIENT.chat_model(), CLIENT.settings):
    CLIENT = CLIENT.using("talker")
NOTE = f"Falcon can't answer yet: {lacks} Until then the embedded talker does." if lacks else ""
Talk = list[gr.MessageDict]


def reply(message: str, talk: Talk, system: str, heat: float) -> Iterator[tuple[str, Talk]]:
    talk = [*talk, {"role": "user", "content": message}]
    said = ""
    try:
        for piece in respond(None, talk, client=CLIENT, system=system, temperature=heat):
            said += piece
            yield "", [*talk, {"role": "assistant", "content": said}]
    except WorkbenchError as error:  # what was said stays
        yield "", [*talk, {"role": "assistant", "content": f"{said}\n\n{error}. {error.hint}"}]


with gr.Blocks(title="Falcon") as demo:
    gr.Markdown(f"# Falcon\n{NOTE}")
    chat = gr.Chatbot(label="Chat")
    box = gr.Textbox(label="Message", submit_btn=True)
    with gr.Accordion("Advanced options", open=False):
        told = gr.Textbox("You are helpful and honest.", label="System message")
        heat = gr.Slider(0.1, 1, value=0.7, step=0.1, label="Temperature")
    box.submit(reply, [box, chat, told, heat], [box, chat], api_name="chat")
if __name__ == "__main__":
    demo.launch()
