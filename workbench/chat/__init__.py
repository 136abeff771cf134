"""A conversation as values: its messages, how much of it fits, how a prompt is made of it."""

from workbench.chat.conversation import Message, from_openai, to_openai
from workbench.chat.histories import from_gradio, from_pairs, to_gradio, to_pairs
from workbench.chat.own import read_template
from workbench.chat.templates import TEMPLATES, Template, find_template
from workbench.chat.window import Window, fit, without_oldest

__all__ = [
    "TEMPLATES",
    "Message",
    "Template",
    "Window",
    "find_template",
    "fit",
    "from_gradio",
    "from_openai",
    "from_pairs",
    "read_template",
    "to_gradio",
    "to_openai",
    "to_pairs",
    "without_oldest",
]
