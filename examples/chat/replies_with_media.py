"""Replies that are an image, a plot, a sound or a file, each made on the spot."""

import json
import tempfile
import wave
from pathlib import Path

import gradio as gr
import numpy as np
from gradio.components.plot import PlotData
from PIL import Image

FOLDER = Path(tempfile.mkdtemp())


def reply(message: str, _history: list[gr.MessageDict]) -> str | gr.Plot | dict[str, object]:
    kind = message.strip().lower()
    file = FOLDER / {"image": "gradient.png", "audio": "tone.wav"}.get(kind, "poem.txt")
    if kind == "plot":  # with Plotly or Matplotlib installed, gr.Plot(figure) is all
        bars = {"type": "bar", "y": [0, 1, 4, 9, 16, 25, 36]}
        figure = json.dumps({"data": [bars], "layout": {"margin": dict.fromkeys("lrtb", 30)}})
        return gr.Plot(PlotData(type="plotly", plot=figure))
    if kind == "image":
        Image.radial_gradient("L").save(file)
    elif kind == "audio":
        tone = 8000 * np.sin(2 * np.pi * 440 * np.arange(16_000) / 16_000)
        with wave.open(str(file), "wb") as sound:
            sound.setparams((1, 2, 16_000, 0, "NONE", ""))
            sound.writeframes(tone.astype("<i2").tobytes())
    elif kind == "file":
        file.write_text("Roses are red.\n", encoding="utf-8")
    else:
        return "Say image, plot, audio or file."
    return {"role": "assistant", "content": {"path": str(file), "alt_text": f"The {kind}"}}


demo = gr.ChatInterface(reply, examples=["image", "plot", "audio", "file"], api_name="chat")
if __name__ == "__main__":
    demo.launch(allowed_paths=[str(FOLDER)])  # or callers of /chat couldn't fetch the files
