"""A process of its own for apps written for Gradio 3 and 4; prints what they answered as JSON."""

from __future__ import annotations

import json
import socket
import tempfile
import time
import warnings
from pathlib import Path

import requests

from workbench.course.announcing import Announcer
from workbench.course.gradio_old import OldGradio
from workbench.ui.quiet import quiet_gradio

warnings.simplefilter("ignore")
quiet_gradio()
announcer = Announcer(lambda _: None)
old = OldGradio(announcer)
old.install()

import gradio as gr  # noqa: E402 - after the hook, as in a notebook
from gradio_client import Client, handle_file  # noqa: E402
from PIL import Image  # noqa: E402

seen = {}


def client(demo, **options):
    demo.launch(prevent_thread_lock=True, quiet=True, **options)
    return Client(demo.local_url, verbose=False)


def turns(value):
    return [[message["role"], message["content"][0]["text"]] for message in value]


def respond(message, history):
    before = len(history)
    history.append((message, f"bot {message}, {before} before"))
    return "", history


def stream(message, history):
    history = [*history, [message, ""]]
    for letter in "abc":
        last = list(history.pop(-1))
        last[-1] += letter
        history = [*history, last]
        yield "", history


def user(message, history):
    return "", [*history, [message, None]]


def bot(history):
    history[-1][1] = ""
    for letter in "Hey":
        history[-1][1] += letter
        yield history


def plain(message, history):
    shown = str(history)
    return shown, [*history, {"role": "user", "content": message}]


demo = gr.Interface(
    str.upper,
    "text",
    "text",
    allow_flagging="never",
    theme="huggingface",
    css="p {color: red}",
    interpretation="default",
    enable_queue=True,
)
interface = client(demo, share=True, debug=True, enable_queue=True, show_tips=False)
seen["interface"] = interface.predict("abc", api_name="/predict")
seen["share"] = demo.share
page = requests.get(f"{demo.local_url}gradio_api/heartbeat/x", stream=True, timeout=30)
started = time.monotonic()
gr.close_all()
seen["closing"] = time.monotonic() - started
page.close()

with gr.Blocks(theme=gr.themes.Soft(), css="p {}") as blocks:
    chatbot = gr.Chatbot(bubble_full_width=False, likeable=True, nonsense=1).style(height=200)
    streamed = gr.Chatbot([(None, "Welcome")], show_copy_button=True)
    messages = gr.Chatbot(type="messages")
    box = gr.Textbox(type="str")
    with gr.Box(), gr.Accordion("More", False):
        state = gr.Variable([])
        picture = gr.Image(source="upload", tool="editor", shape=(28, 28))
        number = gr.inputs.Slider(0, 10, 1, default=5, label="n")
        shape = gr.JSON()
    out = gr.outputs.Textbox(label="out")
    button = gr.Button("Go").style(full_width=True)
    button.click(respond, [box, chatbot], [box, chatbot], _js=None, show_api=True)
    button.click(stream, [box, streamed], [box, streamed])
    button.click(user, [box, streamed], [box, streamed]).then(bot, streamed, streamed)
    button.click(plain, [box, messages], [out, messages])
    button.click(lambda image: list(image.shape), picture, shape, api_name="shape")
    button.click(str, number, out, api_name="number")
    button.click(
        lambda: gr.Textbox.update(value="changed", visible=False), None, out, api_name="update"
    )
    blocks.load(lambda: "now", None, out, every=60)
blocks.queue(concurrency_count=2)
with tempfile.TemporaryDirectory() as folder:
    file = Path(folder) / "x.png"
    Image.new("RGB", (100, 50)).save(file)
    calls = client(blocks, server_name="0.0.0.0")
    seen["host"] = blocks.server_name
    seen["shape"] = calls.predict(handle_file(str(file)), api_name="/shape")
update = calls.predict(api_name="/update")
seen["update"] = {key: update[key] for key in ("visible", "value")}
seen["inputs"] = calls.predict(3.0, api_name="/number")
seen["tuples"] = turns(calls.predict("hi", [], api_name="/respond")[1])
seen["pairs sent"] = turns(calls.predict("hi", [["a", "b"]], api_name="/respond")[1])
job = calls.submit("q", [], api_name="/stream")
job.result()
seen["stream"] = [turns(output[1])[-1][1] for output in job.outputs()]
started = calls.predict("q", [], api_name="/user")[1]
seen["last turn"] = turns(calls.predict(started, api_name="/bot"))
once = calls.predict("one", [], api_name="/plain")[1]
seen["plain"] = calls.predict("two", once, api_name="/plain")[0]

port = blocks.server_port
again = gr.Interface(str.upper, "text", "text")
again.launch(prevent_thread_lock=True, server_port=port)
seen["same port"] = again.server_port == port
seen["first closed"] = not blocks.is_running
with socket.socket() as taken:
    taken.bind(("127.0.0.1", 0))
    taken.listen()
    again.launch(prevent_thread_lock=True, server_port=taken.getsockname()[1])
    seen["taken port"] = again.server_port == taken.getsockname()[1]
gr.close_all()


def add(text):
    return gr.Interface(lambda x: x + text, "text", "text")


seen["parallel"] = list(client(gr.Parallel(add("1"), add("2"))).predict("q", api_name="/predict"))
seen["series"] = client(gr.mix.Series(add("1"), add("2"))).predict("q", api_name="/predict")


def told(message, history):
    return str(history)


def unpacked(message, history):
    return "".join(f"user {asked} bot {answered}" for asked, answered in history)


def second(chat):
    calls = client(chat)
    calls.predict("one", api_name="/chat")
    return calls.predict("two", api_name="/chat")


seen["chat"] = second(
    gr.ChatInterface(told, retry_btn=None, undo_btn="Back", clear_btn="Clear", theme="soft")
)
seen["chat messages"] = second(gr.ChatInterface(told, type="messages"))
seen["chat unpacked"] = second(gr.ChatInterface(unpacked, chatbot=gr.Chatbot(height=300)))
gr.close_all()

announcer.flush()
seen["told"] = announcer.told
launch, make = gr.Blocks.launch, gr.Textbox.__init__
old.remove()
seen["restored"] = (
    gr.Blocks.launch is launch.__wrapped__
    and gr.Textbox.__init__ is make.__wrapped__
    and not hasattr(gr, "Box")
)
print(json.dumps(seen))
