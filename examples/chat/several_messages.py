"""Several messages in one reply: return a list. One of them is folded, under a title."""

import gradio as gr


def reply(message: str, _history: list[gr.MessageDict]) -> list[str | gr.ChatMessage]:
    words = message.split()
    return [
        "Let me count.",
        gr.ChatMessage(", ".join(words), metadata={"title": "The words", "status": "done"}),
        f"Words: {len(words)}. Letters: {sum(map(len, words))}.",
    ]


demo = gr.ChatInterface(reply, title="Several messages", api_name="chat")

if __name__ == "__main__":
    demo.launch()
