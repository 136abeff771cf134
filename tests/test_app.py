"""The running app, without a browser: its API, and what it refuses."""

from __future__ import annotations

import subprocess
import sys

import launching
import pytest
import requests
from test_line import Peer, silent

pytestmark = pytest.mark.server
COURSE = "My name is Andrew, I'm building DeepLearningAI and I live in California"


@pytest.fixture(scope="module")
def url():
    """The app with no settings."""
    with launching.app() as url:
        yield url


def ask(url, code):
    """Run code with a `gradio_client.Client` called client, in a process of its own."""
    script = (
        "import json\nfrom gradio_client import Client\n"
        f"client = Client({url!r}, verbose=False)\n{code}"
    )
    return subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60
    )


def test_api_names_and_answers(url):
    """/summarize and /ner answer `gradio_client` with plain results, and nothing else is listed."""
    done = ask(
        url,
        "api = client.view_api(return_format='dict', print_info=False)\n"
        "print(sorted(api['named_endpoints']))\n"
        f"print([e['word'] for e in client.predict({COURSE!r}, api_name='/ner')])\n"
        "print(client.predict('The tower is tall.', api_name='/summarize'))\n"
        f"print(len(client.predict({COURSE!r}, 'none', api_name='/ner')) > 3)\n"
        "job = client.submit('Once upon a time', 40, api_name='/complete')\n"
        "texts = [*job]\n"
        "print(all(b.startswith(a) for a, b in zip(texts, texts[1:])), texts[-1][:5])",
    )
    assert done.stdout.splitlines() == [
        "['/caption', '/chat', '/complete', '/describe_and_generate', '/ner', '/summarize', "
        "'/text_to_image']",
        "['Andrew', 'DeepLearningAI', 'California']",
        "The tower is tall.",
        "True",
        "True  a gi",
    ], done.stderr


def test_api_chats(url):
    """/chat keeps what one client said, streams its reply, and begins anew when told to."""
    done = ask(
        url,
        "say = lambda text, **more: client.predict(text, **more, api_name='/chat')\n"
        "say('My name is Ada.')\nprint(say('What is my name?'))\n"
        "print('Ada' in say('What is my name?', new=True))\n"
        "texts = list(client.submit('one two three', model='echo', api_name='/chat'))\n"
        "print(texts[-1], len(texts) > 1)\n"
        "other = Client(client.src, verbose=False)\n"
        "print('Ada' in other.predict('What is my name?', api_name='/chat'))\n"
        "try:\n    say('Hello', model='ecko')\nexcept Exception as error:\n    print(error)",
    )
    answers = done.stdout.splitlines()
    assert answers[:4] == ["Your name is Ada.", "False", "one two three True", "False"], done.stderr
    assert answers[4].startswith("There is no chat model 'ecko'.")
    assert answers[4].endswith("Did you mean `echo`?")


def test_api_failure_has_its_words(url):
    """A failure reaches an API caller with cause and next step."""
    done = ask(
        url,
        "try:\n    client.predict('x', 'simple', 'http://127.0.0.1:9/x', api_name='/ner')\n"
        "except Exception as error:\n    print(error)",
    )
    assert "can't be reached" in done.stdout, done.stderr
    assert "Check the address" in done.stdout


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "OWN"}, 200),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://127.0.0.1:1"}, 403),
        ({"Origin": "http://["}, 403),
        ({"Host": "evil.example"}, 403),
        ({"Host": "evil.example", "Origin": "http://evil.example"}, 403),
        ({"Host": ""}, 403),
    ],
)
def test_foreign_pages_are_refused(url, headers, status):
    """A page of another site, or a name rebound to this machine, gets nothing from the app."""
    own = {name: url if value == "OWN" else value for name, value in headers.items()}
    for path in ("/", "/gradio_api/info", "/config"):
        answer = requests.get(url + path, headers=own, timeout=10)
        assert answer.status_code == status
        if status == 403:
            assert answer.text.startswith("This app answers its own pages only.")


def test_pages_may_load_nothing_from_elsewhere(url):
    """The policy that forbids remote images, forms and scripts goes with every page."""
    policy = requests.get(url, timeout=10).headers["content-security-policy"]
    assert "img-src 'self' data: blob:" in policy
    assert "form-action 'self'" in policy


def test_page_names_no_other_host(url):
    """The page asks no font, script or style of another host."""
    page = requests.get(url, timeout=10).text
    for host in ("googleapis", "gstatic", "cdnjs", "jsdelivr", "api.gradio.app"):
        assert host not in page


def test_token_stays_inside():
    """The page and the API description show four characters of the token at most."""
    env = {"HF_TOKEN": "hf_verysecrettoken42zz", "HF_API_NER_BASE": "embedded"}
    with launching.app(env) as url:
        shown = "".join(
            requests.get(url + path, timeout=10).text
            for path in ("/", "/config", "/gradio_api/info")
        )
    assert "42zz" in shown
    assert "verysecret" not in shown


def test_open_app_answers_at_listed_targets_alone():
    """In an app that others can reach, a visitor's own target is refused, a listed one is not."""
    with launching.app(None, "--host", "0.0.0.0", "--allow-target", "embedded:ner") as open_url:
        url = open_url.replace("0.0.0.0", "127.0.0.1")
        done = ask(
            url,
            "for target in ('embedded:ner', 'http://127.0.0.1:9/x', 'embedded'):\n"
            "    try:\n        client.predict('x', 'simple', target, api_name='/ner')\n"
            "    except Exception as error:\n        print(error)",
        )
    refusals = [line for line in done.stdout.splitlines() if "targets its owner listed" in line]
    assert len(refusals) == 2, done.stdout + done.stderr


def test_open_app_answers_under_its_own_name_alone():
    """An app on all addresses is not reached by a name that a foreign page rebound to it."""
    with launching.app(None, "--host", "0.0.0.0") as open_url:
        url = open_url.replace("0.0.0.0", "127.0.0.1")
        evil = {"Host": "evil.example", "Origin": "http://evil.example"}
        assert requests.get(url, timeout=10).status_code == 200
        assert requests.get(url, headers=evil, timeout=10).status_code == 403
        forwarded = {"X-Forwarded-Host": "evil.example"}
        assert (
            "evil.example" not in requests.get(f"{url}/config", headers=forwarded, timeout=10).text
        )


def test_app_behind_a_proxy_is_an_open_app():
    """With a public address visitors get the owner's targets alone, and nothing of the token."""
    env = {"HF_TOKEN": "hf_verysecrettoken42zz", "HF_API_NER_BASE": "embedded"}
    with launching.app(env, "--public-url", "https://pub.example/wb", port=7951):
        url, headers = "http://127.0.0.1:7951", {"Host": "pub.example"}
        assert "42zz" not in requests.get(f"{url}/config", headers=headers, timeout=10).text
        data = {"data": ["x", "simple", "http://127.0.0.1:9/x"]}
        call = f"{url}/gradio_api/call/ner"
        event = requests.post(call, json=data, headers=headers, timeout=10).json()["event_id"]
        told = requests.get(f"{call}/{event}", headers=headers, timeout=10).text
    assert "targets its owner listed" in told


def test_cancelled_job_hangs_up(url):
    """A `gradio_client` job that is cancelled does not keep the endpoint busy."""
    there = Peer(silent)
    code = (
        f"job = client.submit('x', 'simple', {there.url!r}, api_name='/ner')\n"
        "import time; time.sleep(2); job.cancel(); time.sleep(3)"
    )
    done = ask(url, code)
    assert there.asked.is_set(), done.stderr
    assert there.hung_up.is_set()
    there.close()


def test_broken_tab_leaves_the_others():
    """A plugin whose tab fails shows a message there; the other tabs are built."""
    code = """
from dataclasses import replace
from workbench.client import EndpointClient
from workbench.settings import Settings
from workbench.task import discover
from workbench.ui.app import build_app

def fail(client, **options):
    raise RuntimeError("plugin")

tasks = list(discover().values())
app = build_app(EndpointClient(Settings()), [replace(tasks[0], tab=fail), tasks[1]])
config = str(app.get_config_file())
print("This tab is broken" in config, "Find entities" in config)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "True True", done.stderr


def test_two_apps_at_once(url):
    """A second app started without a port takes the next free one."""
    with launching.running("launch", "ner", "--no-browser") as first:
        with launching.running("launch", "ner", "--no-browser") as second:
            assert first != second
            assert requests.get(second, timeout=10).status_code == 200


def test_a_setting_that_fails_one_task_leaves_the_others(url):
    """A retired address in an old .env is told at the start, and the rest of the app works."""
    env = {"HF_API_SUMMARY_BASE": "https://api-inference.huggingface.co/models/a/b"}
    with launching.app(env) as url:
        done = ask(url, f"print(client.predict({COURSE!r}, api_name='/ner')[0]['word'])")
    assert done.stdout.strip() == "Andrew"
