"""The tab that writes on from a prompt, and its name on the app's API."""

from __future__ import annotations

from collections.abc import AsyncIterator, Generator, Sequence
from typing import Any

import gradio as gr

from tasks.completion import MAX_NEW_TOKENS, Completion, complete
from workbench.client import EndpointClient
from workbench.routes import COMPLETION
from workbench.ui import api, parts
from workbench.ui.targets import choose_target

EXAMPLES = (
    "Has math been invented or discovered?",
    "Once upon a time, in a town by the sea,",
    "User: What can you do?\nAssistant:",
)
SEED = "Seed"


def lay_out(client: EndpointClient, *, targets: Sequence[str] | None = None) -> None:
    """Lay out the tab inside the caller's Blocks; visitors may choose among *targets*, if any."""
    with gr.Row():
        with gr.Column():
            prompt = gr.Textbox(
                label="Prompt",
                lines=4,
                max_lines=12,
                placeholder="The beginning of a text. Shift + Enter runs it.",
            )
            most = gr.Slider(
                1,
                1024,
                value=MAX_NEW_TOKENS,
                step=1,
                label="Max new tokens",
                info="A token is a word or a part of one.",
            )
            buttons = parts.controls("Complete")
            parts.examples(prompt, EXAMPLES)
            with gr.Accordion("Advanced options", open=False):
                temperature = gr.Slider(
                    0,
                    2,
                    value=1,
                    step=0.1,
                    label="Temperature",
                    info="How freely tokens are drawn; 0 takes the likeliest each time.",
                )
                top_p = gr.Slider(
                    0.05,
                    1,
                    value=1,
                    step=0.05,
                    label="Top p",
                    info="The share of likely tokens to draw from.",
                )
                penalty = gr.Slider(
                    1,
                    2,
                    value=1,
                    step=0.05,
                    label="Repetition penalty",
                    info="1: none.",
                )
                seed = parts.whole_box(SEED, "The same seed draws the same tokens. Empty: any.")
                settled = parts.options(client, COMPLETION, targets)
        with gr.Column():
            told = gr.Textbox(label="Completion", lines=8, max_lines=24, interactive=False)
            parts.copy_button(told)

    def work(
        prompt: str | None,
        most: int,
        temperature: float,
        top_p: float,
        penalty: float,
        seed: str | None,
        *,
        client: EndpointClient,
    ) -> Generator[str, None, str]:
        stream = complete(
            prompt or "",
            client=client,
            max_new_tokens=most,
            temperature=temperature,
            top_p=top_p,
            repetition_penalty=penalty,
            seed=parts.read_whole(SEED, seed),
        )
        return (yield from read(stream))

    parts.wire(
        client=client,
        allowed=targets,
        controls=buttons,
        settled=settled,
        inputs=[prompt, most, temperature, top_p, penalty, seed],
        outputs=[told],
        work=work,
        show=lambda text, *_: [text],
        submit=prompt,
        preprocess=False,
    )

    async def complete_prompt(
        prompt: str,
        max_new_tokens: int = MAX_NEW_TOKENS,
        temperature: float | None = None,
        top_p: float | None = None,
        repetition_penalty: float | None = None,
        seed: int | None = None,
        target: str | None = None,
    ) -> AsyncIterator[str]:
        """Write on from a prompt; each result is the new text so far."""
        options: dict[str, Any] = {
            "max_new_tokens": max_new_tokens,
            "temperature": temperature,
            "top_p": top_p,
            "repetition_penalty": repetition_penalty,
            "seed": seed,
        }

        def completed() -> Generator[str, None, str]:
            there = choose_target(client, target, targets)
            return (yield from read(complete(prompt, client=there, **options)))

        async for text in api.answer_in_pieces(completed):
            yield text

    api.offer(complete_prompt, "complete")


def read(stream: Completion) -> Generator[str, None, str]:
    """Hand on the pieces; the result is the whole. Closing it hangs up."""
    with stream:
        yield from stream
    return stream.text
