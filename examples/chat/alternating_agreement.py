"""A reply that follows from the conversation: agreement with every other message."""

import gradio as gr


def reply(message: str, history: list[gr.MessageDict]) -> str:
    replies = sum(turn["role"] == "assistant" for turn in history)
    return "I don't think so." if replies % 2 else f"Yes, I do think that: {message}"


demo = gr.ChatInterface(reply, title="Every other time", api_name="chat")

if __name__ == "__main__":
    demo.launch()
