"""A chat behind a password: APP_PASSWORD holds it, and without one the app doesn't start."""

import hmac
import os

import gradio as gr

PASSWORD = os.environ.get("APP_PASSWORD", "")


def admit(_name: str, password: str) -> bool:
    return hmac.compare_digest(password.encode(), PASSWORD.encode())  # takes the same time always


def reply(message: str, _history: list[gr.MessageDict]) -> str:
    return f"Between you and me: {message}"


demo = gr.ChatInterface(reply, title="Behind a password", api_name="chat")

if __name__ == "__main__":
    if not PASSWORD:
        raise SystemExit("Set a password first: APP_PASSWORD=… python password.py")
    demo.launch(auth=admit, auth_message="Any name will do; the password is the one you were told.")
