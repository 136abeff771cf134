"""Where an app is launched, how it is reached from there, and who may frame it."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from workbench.errors import ConfigurationError
from workbench.language import current, set_default
from workbench.notebook import frame, place
from workbench.notebook.tabs import alone
from workbench.ui.guard import Guard
from workbench.ui.launch import launch_app

HUB = {"JUPYTERHUB_SERVICE_PREFIX": "/user/ann/"}


@pytest.fixture
def kernel(monkeypatch):
    """As if in a notebook's kernel."""
    monkeypatch.setattr(place, "has_kernel", lambda: True)


def test_a_terminal_shows_no_frame():
    """Outside of a kernel an address is printed."""
    assert not place.find_place({}).inline


def test_a_notebook_here_needs_nothing(kernel):
    """Jupyter at localhost may frame any app on loopback."""
    assert place.find_place({}) == place.Place()


def test_vs_code_may_frame(kernel):
    """Its outputs are pages of its own scheme."""
    assert "vscode-webview:" in place.find_place({"VSCODE_PID": "7"}).frames


def test_colab_names_its_own_address(kernel, monkeypatch):
    """Colab is asked where it shows a port, before the app is launched there."""
    output = type(sys)("google.colab.output")
    output.eval_js = lambda code: f"https://{re.sub('[^0-9]', '', code)}-colab.example/"
    monkeypatch.setitem(sys.modules, "google", type(sys)("google"))
    monkeypatch.setitem(sys.modules, "google.colab", type(sys)("google.colab"))
    monkeypatch.setitem(sys.modules, "google.colab.output", output)
    found = place.find_place({})
    assert found.address(8123) == "https://8123-colab.example/"
    assert "https://colab.research.google.com" in found.frames


def test_a_hub_that_says_its_name_hands_ports_on(kernel):
    """With its public address known the app is shown through jupyter-server-proxy."""
    known = {**HUB, "JUPYTERHUB_PUBLIC_URL": "https://hub.example/user/ann/"}
    found = place.find_place(known)
    assert found.address(8123) == "https://hub.example/user/ann/proxy/8123/"


def test_of_another_hub_a_person_tells_the_address(kernel):
    """The note says what to write."""
    found = place.find_place(HUB)
    assert found.address is None
    assert "public_url='https://HUB/user/ann/proxy/{port}/'" in found.note


def test_kaggle_is_told_that_it_can_not(kernel):
    """No browser reaches a port there."""
    found = place.find_place({"KAGGLE_KERNEL_RUN_TYPE": "Interactive"})
    assert not found.inline
    assert "Kaggle" in found.note


@pytest.mark.parametrize(
    ("options", "sources"),
    [
        ({"local": True}, "'self' http://localhost:* http://127.0.0.1:*"),
        ({"local": False}, "'self'"),
        ({"local": True, "hosts": frozenset({"hub.example"})}, "'self'"),
        ({"local": False, "frames": ["https://huggingface.co"]}, "'self' https://huggingface.co"),
    ],
)
def test_frames_that_may_show_the_app(options, sources):
    """An app on loopback may be framed by notebooks here; any app by whom it names."""
    app = TestClient(Guard(Starlette(), **options), base_url="http://127.0.0.1")
    policy = app.get("/").headers["content-security-policy"]
    assert policy.endswith(f"; frame-ancestors {sources}")


@pytest.mark.parametrize("frame", ["huggingface.co", "https://a; script-src *", "https://a b", "*"])
def test_what_is_no_origin_may_not_frame(frame):
    """What would say something else in the policy is refused."""
    with pytest.raises(ConfigurationError, match="no address of pages"):
        launch_app(None, port=0, frames=[frame])


def test_an_address_stays_inside_its_frame():
    """Nothing of address or title ends the tag, the attribute or the script that it stands in."""
    page = frame.frame_html('http://a/</script><b>"', title='"><b>', width='1"><b>', height=5)
    assert "<b>" not in page
    assert page.count("</script>") == 1


def test_workbench_alone_is_cheap():
    """`import workbench` and a task load neither Gradio nor IPython; `launch` is there."""
    code = (
        "import sys, workbench\n"
        "assert len([name for name in sys.modules if name.startswith('workbench')]) == 1\n"
        "assert 'launch' in dir(workbench)\n"
        "import tasks.ner\n"
        "heavy = {'gradio', 'starlette', 'IPython', 'numpy', 'PIL'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
        "assert workbench.launch.__doc__.startswith('Launch an app')\n"
        "try:\n    workbench.lunch\nexcept AttributeError as error:\n    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "module 'workbench' has no attribute 'lunch'\n", done.stderr


@pytest.mark.server
def test_a_script_prints_the_address_and_waits(tmp_path):
    """In a script the app is kept until Ctrl+C, and the script goes on after it."""
    code = (
        "import os, signal, requests, workbench\napp = workbench.launch('ner')\n"
        "assert requests.get(app.url).status_code == 200\n"
        "app._closed.wait = lambda _: os.kill(os.getpid(), signal.SIGINT)\n"
        "app.wait()\nprint(app)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, timeout=100
    )
    assert done.stdout == "<App 'Find entities' closed>\n", done.stderr
    assert re.match(r"Find entities: http://127\.0\.0\.1:\d+/\n", done.stderr)


def test_a_notebook_speaks_as_the_terminal_that_started_it(monkeypatch):
    """Where nobody said otherwise; a tab is laid out in English, and translated as it is sent."""
    set_default(None)
    monkeypatch.setenv("WORKBENCH_LANG", "")
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert "在单独的标签页中打开" in frame.frame_html("http://a/", title="", width=1, height=1)
    spoken = []
    monkeypatch.setattr("workbench.notebook.tabs.inside_blocks", lambda: True)
    alone(lambda *_, **__: spoken.append(current()))()
    assert spoken == ["en"]
