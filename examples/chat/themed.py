"""A theme, a placeholder, and examples whose replies are made once, when the app starts."""

import os
import tempfile

import gradio as gr

# Without this, the replies are kept in a folder .gradio where the app was started, and are
# found there again after the function has changed.
os.environ["GRADIO_EXAMPLES_CACHE"] = tempfile.mkdtemp()

CAPITALS = {"France": "Paris", "Japan": "Tokyo", "Kenya": "Nairobi"}


def reply(message: str, _history: list[gr.MessageDict]) -> str:
    for country, capital in CAPITALS.items():
        if country.lower() in message.lower():
            return f"The capital of {country} is **{capital}**."
    return f"I know the capitals of {', '.join(CAPITALS)} only."


demo = gr.ChatInterface(
    reply,
    title="Capitals",
    chatbot=gr.Chatbot(placeholder="## Where to?\nName a country, or choose one.", scale=1),
    examples=[f"What is the capital of {country}?" for country in CAPITALS],
    cache_examples=True,
    api_name="chat",
)

if __name__ == "__main__":
    demo.launch(theme=gr.themes.Soft(primary_hue="teal"))
