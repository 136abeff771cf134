"""The smallest chat: a function of two lines that says yes or no, whatever it is asked."""

import random

import gradio as gr


def reply(_message: str, _history: list[gr.MessageDict]) -> str:
    return random.choice(["Yes", "No"])  # noqa: S311 - no secret hangs on it


demo = gr.ChatInterface(reply, title="Yes or no", api_name="chat")

if __name__ == "__main__":
    demo.launch()
