"""Files with a message: they are counted and shown back."""

from typing import Any

import gradio as gr


def reply(message: dict[str, Any], _history: list[gr.MessageDict]) -> dict[str, Any]:
    files = message["files"]
    counted = f"You sent {len(files)} {'file' if len(files) == 1 else 'files'}."
    return {"role": "assistant", "content": [counted, *({"path": file} for file in files)]}


demo = gr.ChatInterface(
    reply,
    multimodal=True,
    title="Files",
    textbox=gr.MultimodalTextbox(file_count="multiple", placeholder="Add files and send them"),
    api_name="chat",
)

if __name__ == "__main__":
    demo.launch(max_file_size="20mb")
