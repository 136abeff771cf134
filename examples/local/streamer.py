"""A model of transformers, streaming, and a Stop that ends it; LOCAL_MODEL: a name or a folder."""

import asyncio
import os
from collections.abc import AsyncIterator
from threading import Event, Thread

import gradio as gr

from workbench.chat import from_gradio

try:
    from transformers import AutoModelForCausalLM, AutoTokenizer, TextIteratorStreamer
except ImportError:
    raise SystemExit("It needs more: pip install 'hf-inference-workbench[local]'") from None

NAME = os.environ.get("LOCAL_MODEL") or "HuggingFaceTB/SmolLM2-135M-Instruct"
TOKENIZER, MODEL = (Auto.from_pretrained(NAME) for Auto in (AutoTokenizer, AutoModelForCausalLM))


def generate(talk: list[dict[str, str]], streamer: TextIteratorStreamer, left: Event) -> None:
    try:
        options = {"add_generation_prompt": True, "return_dict": True, "return_tensors": "pt"}
        inputs = TOKENIZER.apply_chat_template(talk, **options)
        until = [lambda ids, _: ids.new_full((1,), left.is_set()).bool()]  # asked at each token
        MODEL.generate(**inputs, streamer=streamer, max_new_tokens=256, stopping_criteria=until)
    finally:
        streamer.end()


async def reply(message: str, history: list[gr.MessageDict]) -> AsyncIterator[str]:
    talk = [{"role": turn.role, "content": turn.content} for turn in from_gradio(history)]
    talk.append({"role": "user", "content": message})
    left, said = Event(), ""
    streamer = TextIteratorStreamer(TOKENIZER, skip_prompt=True, skip_special_tokens=True)
    Thread(target=generate, args=(talk, streamer, left), name="generate").start()
    try:
        while (piece := await asyncio.to_thread(next, streamer, None)) is not None:
            said += piece
            yield said or "…"
    finally:
        left.set()


demo = gr.ChatInterface(reply, title=NAME, api_name="chat")
if __name__ == "__main__":
    demo.launch()
