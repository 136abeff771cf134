"""What the chat tab consists of; what each part does is in `tasks.tabs.chat`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from tasks.tabs.talk import picker
from tasks.tabs.talk.asking import state_html
from workbench.client import EndpointClient
from workbench.ui import parts

EXAMPLES = (
    "What can you do?",
    "How do I connect a real model?",
    "What does temperature do?",
    "My name is Ada. What is 12 × 34?",
)
SEED = "Seed"
RATINGS = ("Like", "Dislike", "Wrong", "Too long", "Harmful")
PLACEHOLDER = "### Say something\nEnter sends, Shift + Enter begins a new line."
LATEX: list[dict[str, str | bool]] = [
    {"left": "$$", "right": "$$", "display": True},
    {"left": "\\[", "right": "\\]", "display": True},
    {"left": "\\(", "right": "\\)", "display": False},
]
MOST_TOKENS = 8192


@dataclass(frozen=True, kw_only=True)
class Head:
    """Whom one talks to."""

    model: gr.Dropdown
    checked: gr.HTML


@dataclass(frozen=True, kw_only=True)
class Talk:
    """The conversation, and the box to go on with it."""

    chat: gr.Chatbot
    state: gr.HTML
    stop: gr.Button
    go_on: gr.Button
    earlier: gr.Button
    later: gr.Button
    box: gr.MultimodalTextbox
    comment_row: gr.Row
    comment: gr.Textbox
    comment_send: gr.Button


@dataclass(frozen=True, kw_only=True)
class Settled:
    """How the model is to answer."""

    system: gr.Textbox
    temperature: gr.Slider
    max_new_tokens: gr.Slider
    top_p: gr.Slider
    repetition_penalty: gr.Slider
    seed: gr.Textbox
    request: gr.Textbox


def lay_out_head(client: EndpointClient, allowed: Sequence[str] | None) -> Head:
    """Lay out the picker of models."""
    model = gr.Dropdown(
        picker.choices(client, allowed),
        value=picker.configured(client),
        allow_custom_value=allowed is None,
        label="Model" if allowed is not None else "Model, or any target",
    )
    checked = gr.HTML(picker.describe(client, None, allowed), padding=False)
    return Head(model=model, checked=checked)


def lay_out_talk() -> Talk:
    """Lay out the conversation."""
    chat = gr.Chatbot(
        label="Conversation",
        show_label=False,
        height="max(22rem, 100vh - 31rem)",
        placeholder=PLACEHOLDER,
        examples=[{"text": text} for text in EXAMPLES],
        editable="user",
        feedback_options=RATINGS,
        latex_delimiters=LATEX,
        buttons=["copy"],
        allow_tags=False,
        elem_classes="wb-talk",
    )
    with gr.Row(elem_classes="wb-chat-line"):
        # The page shows each button by what the line says: an update of its own costs Gradio
        # more than the rest of a message.
        state = gr.HTML(state_html("Ready."), padding=False)
        small: dict[str, Any] = {"size": "sm", "scale": 0, "min_width": 44}
        earlier = gr.Button("‹ Earlier", elem_classes="wb-versions", **small)
        later = gr.Button("Later ›", elem_classes="wb-versions", **small)
        go_on = gr.Button("Continue", elem_classes="wb-go-on", **small)
        stop = gr.Button("Stop", elem_classes="wb-stop", **small)
    box = gr.MultimodalTextbox(
        label="Message",
        show_label=False,
        placeholder="Message",
        file_types=["image"],
        file_count="multiple",
        submit_btn="Send",
        max_lines=8,
        elem_classes="wb-message",
    )
    with gr.Row(visible=False, elem_classes="wb-line") as comment_row:
        comment = gr.Textbox(label="Say why, if you like", max_lines=3)
        comment_send = gr.Button("Send comment", scale=0, min_width=130)
    return Talk(
        chat=chat,
        state=state,
        stop=stop,
        go_on=go_on,
        earlier=earlier,
        later=later,
        box=box,
        comment_row=comment_row,
        comment=comment,
        comment_send=comment_send,
    )


def lay_out_options(client: EndpointClient) -> Settled:
    """Lay out the system message and the parameters, folded."""
    usual, system_text = picker.defaults(client, None)
    with gr.Accordion("System message", open=bool(system_text)):
        system = gr.Textbox(
            system_text,
            label="System message",
            info="How the model is to behave. A change begins a new conversation.",
            lines=2,
            max_lines=8,
        )
    with gr.Accordion("Options", open=False):
        temperature = gr.Slider(
            0,
            2,
            value=usual["temperature"],
            step=0.1,
            label="Temperature",
            info="How freely tokens are drawn; 0 takes the likeliest each time.",
        )
        most = gr.Slider(
            1,
            MOST_TOKENS,
            value=usual["max_new_tokens"],
            step=1,
            label="Max new tokens",
            info="A token is a word or a part of one.",
        )
        top_p = gr.Slider(
            0.05,
            1,
            value=usual["top_p"],
            step=0.05,
            label="Top p",
            info="The share of likely tokens to draw from.",
        )
        penalty = gr.Slider(
            1,
            2,
            value=usual["repetition_penalty"],
            step=0.05,
            label="Repetition penalty",
            info="1: none.",
        )
        seed = parts.whole_box(SEED, "The same seed draws the same tokens. Empty: any.")
        request = gr.Textbox(
            label="Exact request",
            placeholder="Say something to see it here.",
            interactive=False,
            lines=2,
            max_lines=10,
            elem_classes="wb-mono",
        )
        parts.copy_button(request)
    return Settled(
        system=system,
        temperature=temperature,
        max_new_tokens=most,
        top_p=top_p,
        repetition_penalty=penalty,
        seed=seed,
        request=request,
    )
