"""`%load_ext workbench.course`: what an old notebook finds, and that all of it goes again."""

from __future__ import annotations

import ast
import base64
import json
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import nbformat
import pytest
import requests

from workbench.course import pictures, pip
from workbench.course.kernel import Kernel
from workbench.course.serving import BackgroundServer, CourseEngine
from workbench.course.variables import Variables
from workbench.engines.messages import Headers, Request

BASE = "http://127.0.0.1:1"


@pytest.fixture
def heard():
    """What was announced."""
    return []


def variables(heard, folder, monkeypatch, env_file="", **environ):
    """The variables as they are set up in a folder with a .env file."""
    (folder / ".env").write_text(env_file)
    monkeypatch.chdir(folder)
    found = Variables(BASE, heard.append, environ)
    found.set_up()
    return found, environ


def test_missing_variables_are_set(heard, tmp_path, monkeypatch):
    """Each of the course's variables points to the server; ports are free ones, all different."""
    _, environ = variables(heard, tmp_path, monkeypatch)
    assert environ["HF_API_SUMMARY_BASE"] == f"{BASE}/summarization"
    assert environ["HF_API_FALCOM_BASE"] == environ["HF_API_FALCON_BASE"] == BASE
    assert environ["HF_API_KEY"] == "not-needed"
    assert len({environ[f"PORT{n}"] for n in (1, 2, 3, 4)}) == 4
    assert heard == []


def test_both_spellings_of_the_chat_variable_are_set(heard, tmp_path, monkeypatch):
    """Whichever of FALCOM and FALCON is set, the other one has its target too."""
    living = "https://x.aws.endpoints.huggingface.cloud"
    _, environ = variables(heard, tmp_path, monkeypatch, HF_API_FALCOM_BASE=living)
    assert environ["HF_API_FALCON_BASE"] == living


def test_a_dead_address_of_the_env_file_is_replaced(heard, tmp_path, monkeypatch):
    """The host that was switched off is recognised, and the reason told."""
    dead = "HF_API_NER_BASE=https://api-inference.huggingface.co/models/dslim/bert-base-NER"
    _, environ = variables(heard, tmp_path, monkeypatch, dead)
    assert environ["HF_API_NER_BASE"] == f"{BASE}/ner"
    assert heard[0].startswith("HF_API_NER_BASE")
    assert "switched off" in heard[0]


def test_a_living_target_stays(heard, tmp_path, monkeypatch):
    """An address that is set is left alone; a target that is none gets an address of ours."""
    living = "https://x.aws.endpoints.huggingface.cloud"
    found, environ = variables(
        heard, tmp_path, monkeypatch, f"HF_API_TTI_BASE={living}", HF_API_NER_BASE="org/model"
    )
    assert "HF_API_TTI_BASE" not in environ  # load_dotenv brings it
    assert environ["HF_API_NER_BASE"] == f"{BASE}/targets/HF_API_NER_BASE"
    assert found.targets == {"HF_API_NER_BASE": ("ner", "org/model")}


def test_variables_are_taken_back(heard, tmp_path, monkeypatch):
    """What was set is gone again, but not what somebody changed since."""
    found, environ = variables(heard, tmp_path, monkeypatch, HF_API_NER_BASE="org/model")
    environ["PORT1"] = "1234"
    found.restore()
    assert environ == {"HF_API_NER_BASE": "org/model", "PORT1": "1234"}


def test_names_of_other_copies_are_provided(heard):
    """A cell that reads another name finds it set; a key only where it would fail."""
    environ = {}
    Variables(BASE, heard.append, environ).provide(
        "os.environ['PORT5']; os.getenv('HF_API_CAPTION_URL'); os.environ.get('HF_API_TOKEN')\n"
        "os.environ['HUGGINGFACE_API_TOKEN']; os.environ['HOME_PAGE']"
    )
    assert environ.pop("PORT5").isdecimal()
    assert environ == {
        "HF_API_CAPTION_URL": f"{BASE}/captioning",
        "HUGGINGFACE_API_TOKEN": "not-needed",
    }


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("!pip install gradio==3.37.0", "pass"),
        ("%pip install -q -U gradio text-generation transformers", "pass"),
        ("    !pip3 install --upgrade pip gradio", "    pass"),
        ("pip install gradio", "pass"),
        ("!{sys.executable} -m pip install gradio", "pass"),
        ("!conda install -y gradio", "pass"),
        ("out = !pip install gradio", "out = []"),
        ("!pip install -q gradio no-such-thing", "!pip install -q no-such-thing"),
        ("!pip install gradio && echo done", "!echo done"),
        ("!pip install no-such-thing", "!pip install no-such-thing"),
        ("!pip list", "!pip list"),
        ("pip = 'install gradio'", "pip = 'install gradio'"),
    ],
)
def test_what_is_here_is_not_installed(heard, line, left):
    """Lines that would put an old Gradio over this one do nothing; others stay."""
    assert pip.spare([f"{line}\n"], heard.append) == [f"{left}\n"]
    assert bool(heard) is (line != left)


def test_a_shell_cell_and_a_captured_one_are_spared(heard):
    """Inside %%bash and %%capture too."""
    cell = ["%%bash\n", "pip install gradio==3.37 \\\n", "  transformers\n", "ls\n"]
    assert pip.spare(cell, heard.append) == ["%%bash\n", ":\n", "ls\n"]
    cell = ["%%capture\n", "!pip install gradio\n"]
    assert pip.spare(cell, heard.append) == ["%%capture\n", "pass\n"]


def test_requirements_that_are_here_are_not_installed(heard, tmp_path):
    """A requirements file installs only what lacks."""
    wanted = tmp_path / "requirements.txt"
    wanted.write_text("gradio==3.37.0  # old\nno-such-thing >= 2\n")
    line = f"!pip install -r {wanted}\n"
    assert pip.spare([line], heard.append) == ["!pip install 'no-such-thing>=2'\n"]


def test_pictures_are_drawn_where_they_lack(heard, tmp_path, monkeypatch):
    """A picture that a cell names is put there once, and never over another."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cow.jpeg").write_text("mine")
    code = "examples=['cow.jpeg', \"bird_flight.jpeg\", 'http://x.org/christmas_dog.jpeg']"
    assert pictures.supply(code, heard.append) == code
    assert (tmp_path / "cow.jpeg").read_text() == "mine"
    assert (tmp_path / "bird_flight.jpeg").read_bytes().startswith(b"\xff\xd8\xff")
    assert len(heard) == 1
    assert not (tmp_path / "christmas_dog.jpeg").exists()


def test_pictures_go_elsewhere_where_nothing_can_be_written(heard, tmp_path, monkeypatch):
    """In a folder that isn't there the code is pointed to a picture that is."""
    monkeypatch.chdir(tmp_path)
    path = ast.literal_eval(pictures.supply("'nowhere/cow.jpeg'", heard.append))
    assert Path(path).stat().st_size > 1000
    assert len(heard) == 1


def ask(engine, path, **body):
    """What the engine answers to a JSON body."""
    headers = Headers({"content-type": "application/json"})
    request = Request("POST", path, headers=headers, body=json.dumps(body).encode())
    reply = engine(request)
    return reply.status, json.loads(reply.body)


def test_a_picture_is_captioned_by_its_address(heard):
    """The lesson's own is drawn where it can't be had; another's failure says why."""
    engine = CourseEngine({}, heard.append)
    status, answer = ask(engine, "/captioning", inputs=pictures.LESSON_ADDRESS)
    assert status == 200, answer
    assert "dog" in answer[0]["generated_text"]
    assert "drawing of ours" in heard[0]
    status, answer = ask(engine, "/captioning", inputs="http://127.0.0.1:1/x.jpg")
    assert status == 400
    assert "error" in answer


def test_a_model_of_the_old_host_is_answered_by_what_it_does(heard):
    """A model that the engine doesn't know is known by its name."""
    engine = CourseEngine({}, heard.append)
    status, answer = ask(engine, "/models/google/pegasus-xsum", inputs="One sentence.")
    assert (status, answer) == (200, [{"summary_text": "One sentence."}])


def test_a_target_that_is_no_address_is_answered_by_us(heard):
    """The notebooks post to our address, and the target behind it answers."""
    targets = {
        "HF_API_NER_BASE": ("ner", "embedded"),
        "HF_API_TTI_BASE": ("text-to-image", "embedded"),
        "HF_API_FALCOM_BASE": ("completion", "embedded"),
    }
    engine = CourseEngine(targets, heard.append)
    status, answer = ask(engine, "/targets/HF_API_NER_BASE", inputs="Ada lives here")
    assert status == 200, answer
    assert answer[0]["word"] == "Ada"
    status, answer = ask(engine, "/targets/HF_API_TTI_BASE", inputs="a dog")
    assert status == 200, answer
    assert base64.b64decode(answer)[1:4] == b"PNG"
    for path in ("/targets/HF_API_FALCOM_BASE", "/targets/HF_API_FALCOM_BASE/generate"):
        status, answer = ask(engine, path, inputs="Once", parameters={"max_new_tokens": 4})
        answer = answer[0] if isinstance(answer, list) else answer
        assert status == 200, answer
        assert answer["generated_text"]
    assert ask(engine, "/targets/HF_API_X_BASE", inputs="x")[0] == 404


def test_the_server_leaves_its_port():
    """A background server answers at once, and nobody listens when it has stopped."""
    server = BackgroundServer(CourseEngine({}, print))
    assert requests.get(f"{server.url}/health", timeout=10).text == "Ok"
    server.stop()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", urlsplit(server.url).port), timeout=5)


CELLS = [
    "import os\n"
    "for name in [n for n in os.environ if n.startswith(('HF_API', 'HF_TOKEN', 'PORT'))]:\n"
    "    del os.environ[name]\n"
    "before = dict(os.environ)",
    "%load_ext workbench.course",
    "!pip install gradio==3.37.0",
    "import json, os\nfrom dotenv import load_dotenv, find_dotenv\n"
    "_ = load_dotenv(find_dotenv(usecwd=True), override=True)\n"
    "print(os.environ['HF_API_NER_BASE'])",
    "import requests\n"
    "def ask(inputs, url):\n"
    "    return requests.post(url, data=json.dumps({'inputs': inputs})).json()\n"
    "print(ask('Ada lives here', os.environ['HF_API_NER_BASE'])[0]['word'])\n"
    "print(ask('One.', 'https://api-inference.huggingface.co/models/facebook/bart-large-cnn'))",
    "from text_generation import Client\n"
    "client = Client(os.environ['HF_API_FALCOM_BASE'], headers={'Authorization': 'Basic x'})\n"
    "print(len(client.generate('Once', max_new_tokens=5).generated_text) > 3)\n"
    "print(sum(1 for _ in client.generate_stream('Once', max_new_tokens=5)) >= 5)",
    "import gradio as gr\n"
    "gr.close_all()\n"
    "demo = gr.Interface(str.upper, 'text', gr.Textbox(), allow_flagging='never',\n"
    "                    examples=['cow.jpeg'])\n"
    "demo.launch(share=True, server_port=int(os.environ['PORT1']), debug=True)\n"
    "assert str(demo.server_port) == os.environ['PORT1'] and not demo.share",
    "%course share on",
    "%reload_ext workbench.course",
    "%unload_ext workbench.course\n"
    "assert dict(os.environ).get('HF_API_TTI_BASE') == before.get('HF_API_TTI_BASE')",
    "%load_ext workbench.course",
    "print(os.environ['HF_API_TTI_BASE'])",
]


@pytest.fixture(scope="module")
def kernel(tmp_path_factory):
    """The cells above, run in a real kernel."""
    folder = tmp_path_factory.mktemp("notebook")
    (folder / ".env").write_text(
        "HF_API_NER_BASE=https://api-inference.huggingface.co/models/dslim/bert-base-NER\n"
    )
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source) for source in CELLS]
    )
    with Kernel(notebook, folder) as kernel:
        for number, cell in enumerate(notebook.cells):
            kernel.run(cell, number, timeout_s=250)
    return [cell.outputs for cell in notebook.cells], folder


def text_of(outputs):
    """Everything a cell showed, as plain text."""
    shown = [o.text if o.output_type == "stream" else o.data["text/plain"] for o in outputs]
    return "\n".join(shown)


@pytest.mark.notebook
@pytest.mark.timeout(300)
def test_an_old_notebook_runs(kernel):
    """Every cell passes: Gradio stays, variables, requests, text_generation, an app, reloading."""
    outputs, folder = kernel
    failed = [o.evalue for cell in outputs for o in cell if o.output_type == "error"]
    assert failed == []
    assert "no key" in text_of(outputs[1])
    assert "gradio is here already" in text_of(outputs[2])
    assert text_of(outputs[3]).splitlines()[0].startswith("http://127.0.0.1:")
    assert text_of(outputs[4]).startswith("Ada")
    assert "[{'summary_text': 'One.'}]" in text_of(outputs[4])
    assert text_of(outputs[5]).count("True") == 2
    assert "no public link" in text_of(outputs[6])
    assert "a public link" in text_of(outputs[7])
    assert (folder / "cow.jpeg").exists()


@pytest.mark.notebook
@pytest.mark.timeout(300)
def test_a_translation_is_shown_as_a_note(kernel):
    """In a notebook it is a small table: the old way and today's."""
    outputs, _ = kernel
    pages = [o.data["text/html"] for o in outputs[6] if "data" in o and "text/html" in o.data]
    assert any("<code>gr.Interface(allow_flagging=" in page for page in pages)


PLAIN = """
from IPython.core.interactiveshell import InteractiveShell
from workbench.course.extension import load_ipython_extension
import os
load_ipython_extension(InteractiveShell.instance())
print(os.environ["HF_API_NER_BASE"], flush=True)
input()
"""


@pytest.mark.server
def test_a_killed_process_leaves_no_server():
    """kill -9 takes the server along: nobody answers on its port any more."""
    command = [sys.executable, "-c", PLAIN]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout is not None
        port = urlsplit(process.stdout.readline().strip()).port
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
        process.kill()
        process.wait()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=5)
