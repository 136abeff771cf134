"""Like, dislike and other verdicts on a reply, each a line of the CSV file named here."""

import csv
import os
from datetime import datetime, timezone
from pathlib import Path

import gradio as gr

FILE = Path(os.environ.get("FEEDBACK_FILE") or Path.home() / "chat-feedback.csv")
WORDS: dict[object, str] = {True: "Like", False: "Dislike", "": "taken back"}


def reply(message: str, _history: list[gr.MessageDict]) -> str:
    return message[::-1]


def note(last: list[object], data: gr.LikeData) -> list[object]:
    said = "".join(map(str, data.value))
    safe = f"'{said}" if said.startswith(("=", "+", "-", "@")) else said  # no formula
    line: list[object] = [data.index, safe, WORDS.get(data.liked, data.liked)]
    if line != last:  # Gradio's page tells what is chosen from the flag's menu twice
        with FILE.open("a", encoding="utf-8", newline="") as file:
            if not file.tell():
                csv.writer(file).writerow(["time", "message", "reply", "verdict"])
            csv.writer(file).writerow([datetime.now(timezone.utc).isoformat(), *line])
    return line


chatbot = gr.Chatbot(feedback_options=["Like", "Dislike", "Wrong", "Too long"], scale=1)
told = f"Verdicts go to {FILE}"
demo = gr.ChatInterface(reply, description=told, chatbot=chatbot, api_name="chat")
with demo:
    last = gr.State([])
    chatbot.like(note, last, last, api_visibility="private")

if __name__ == "__main__":
    demo.launch()
