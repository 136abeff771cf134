"""`workbench space` writes a Space: its front matter, what it consists of, what it leaves alone."""

from __future__ import annotations

import configparser
import json
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
import spaces
from huggingface_hub import SpaceCard

from workbench.cli.space import write
from workbench.errors import ConfigurationError
from workbench.redaction import redact
from workbench.space.card import Plan, front_matter, is_emoji, readme
from workbench.space.files import app_file, files_of
from workbench.space.writing import MANIFEST, check_secrets, write_space

ROOT = Path(__file__).parents[1]
COLOURS = {"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"}


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A Space with a target, written with secrets all around."""
    folder = tmp_path_factory.mktemp("space") / "bench"
    home = folder.parent
    (home / ".env").write_text("HF_TOKEN=hf_fr0mThed0tenvFile\n")
    env = {
        "HF_API_KEY": "hf_theEnvironment123",
        "HF_API_NER_KEY": "ner-key-that-is-secret",
        "APP_PASSWORD": "open sesame 17",
        "OPENAI_API_KEY": "sk-abcdefghijklmnop",
    }
    done = spaces.write(folder, "ner", "chat", "--target", "ner=org/model", env=env)
    assert done.returncode == 0, done.stderr
    return folder


def test_front_matter_is_what_hugging_face_reads(written):
    """Its own class reads every field back, with the types and the limits of the reference."""
    card = SpaceCard.load(written / "README.md")
    data = card.data.to_dict()
    assert data["sdk"] == "gradio"
    assert data["sdk_version"] == version("gradio")
    assert data["python_version"] == "{}.{}".format(*sys.version_info)
    assert (written / data["app_file"]).is_file()
    assert {data["colorFrom"], data["colorTo"]} <= COLOURS
    assert is_emoji(data["emoji"])
    assert len(data["short_description"]) <= 60
    assert data["license"] == "apache-2.0"
    assert data["pinned"] is False
    assert data["models"] == ["org/model", "meta-llama/Llama-3.1-8B-Instruct"]
    assert data["hf_oauth"] is True
    assert data["hf_oauth_scopes"] == ["inference-api"]
    assert card.text.strip().startswith("# Inference workbench")


@pytest.mark.parametrize("visitors", ["login", "limit"])
def test_only_own_asks_for_oauth(visitors):
    """Where the owner pays nobody is asked for permissions."""
    data = front_matter(Plan(visitors=visitors)).to_dict()
    assert "hf_oauth" not in data
    assert "hf_oauth_scopes" not in data


def test_readme_names_every_secret():
    """Each kind of Space tells which secrets it needs, and that they belong into the settings."""
    for visitors, named in (("own", set()), ("login", {"APP_PASSWORD", "HF_TOKEN"})):
        text = readme(Plan(visitors=visitors))
        assert set(re.findall(r"^\| `(\w+)`", text, re.MULTILINE)) == named
        assert "New secret" in text
    assert "7 calls a day" in readme(Plan(visitors="limit", daily=7))


def test_requirements_are_ours_without_extras(written):
    """What setup.cfg wants is there, and nothing of its extras."""
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    wanted = config["options"]["install_requires"].split("\n")[1:]
    assert (written / "requirements.txt").read_text().splitlines() == wanted


def test_carries_what_it_runs(written):
    """Both packages are there, with licence and notice; command line and course are not."""
    for name in ("LICENSE", "NOTICE", "workbench/ui/style.css", "workbench/language/zh/space.json"):
        assert (written / name).read_bytes() == (ROOT / name).read_bytes()
    for name in ("cli", "course"):
        assert not (written / "workbench" / name).exists()
    assert list(written.rglob("__pycache__")) == []
    assert sum(path.stat().st_size for path in written.rglob("*") if path.is_file()) < 6e6
    entries = (written / next(written.glob("*.dist-info")) / "entry_points.txt").read_text()
    assert "ner = tasks.ner:TASK" in entries


def test_app_is_short_and_names_what_was_asked(written):
    """The app.py is Python that a person can read, with the tasks, the targets and who pays."""
    text = (written / "app.py").read_text()
    assert len(text.splitlines()) < 20
    assert 'TASKS = ["ner", "chat"]' in text
    assert '"ner": "org/model"' in text
    assert 'visitors="own"' in text
    for plan in (Plan(), Plan(visitors="limit", daily=3), Plan(targets={"ner": "a/b"})):
        compile(app_file(plan), "app.py", "exec")


def test_no_secret_is_written(written):
    """No token, key or password of the environment or a `.env` file is in any file."""
    secrets = rb"hf_fr0mThe|hf_theEnv|ner-key-that|open sesame 17|sk-abcdef"
    files = [path for path in written.rglob("*") if path.is_file()]
    assert len(files) > 100
    assert not [path for path in files if re.search(secrets, path.read_bytes())]
    assert not [path for path in files if path.name == ".env"]


def test_a_secret_in_what_is_asked_is_refused(tmp_path):
    """A token in a title or a key in an address is not put where everybody reads it."""
    token = "hf_theEnvironment123"
    folder = tmp_path / "space"
    for arguments in (
        ["--title", f"mine {token}"],
        ["--target", "ner=https://host.example/ner?key=abc"],
    ):
        done = spaces.write(folder, *arguments, env={"HF_TOKEN": token})
        assert done.returncode == 2, done.stderr
        assert "secret" in done.stderr
        assert token not in done.stderr + done.stdout
        assert "abc" not in done.stderr.replace("HF_API_", "")
        assert not folder.exists()
    with pytest.raises(ConfigurationError, match=r"workbench/x\.txt would hold a secret"):
        check_secrets({"workbench/x.txt": b"note: letmein-letmein-17"}, [], ["letmein-letmein-17"])
    check_secrets({"workbench/x.py": b"password = 1"}, ["Bench"], ["password", None])


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"visitors": "all"}, "--visitors is none of own, login, limit"),
        ({"daily": 5}, "--daily is the limit of --visitors limit"),
        ({"daily": 0, "visitors": "limit"}, "a daily limit is 1 or more"),
        ({"emoji": "x"}, "'x' is no emoji"),
        ({"title": " "}, "a Space needs a title"),
        ({"targets": ["ner=local:org/model"]}, "a Space runs no models itself"),
        ({"targets": ["ner=http://127.0.0.1:8200/ner"]}, "a Space can't reach"),
        ({"targets": ["ner=org/model:fal-ai"]}, "served by hf-inference alone"),
        ({"names": ["nothing"]}, "there is no task 'nothing'"),
    ],
)
def test_what_makes_no_space_is_refused(tmp_path, given, told):
    """Options that can't work raise a cause and a next step, and write nothing."""
    usual = {"names": [], "title": None, "emoji": None, "visitors": "own", "daily": None}
    options = {**usual, "targets": [], "force": False, **given}
    with pytest.raises(ConfigurationError, match=told) as raised:
        write(tmp_path / "space", options.pop("names"), **options)
    assert raised.value.hint
    assert not (tmp_path / "space").exists()


FILES = {"README.md": b"one", "app.py": b"two", "old/part.py": b"three"}


def test_a_folder_of_somebody_else_is_left_alone(tmp_path):
    """What lies in a folder stays as it is, unless it is said to be replaced; git may be there."""
    folder = tmp_path / "space"
    folder.mkdir()
    (folder / "README.md").write_text("mine")
    with pytest.raises(ConfigurationError, match="no Space that was written here"):
        write_space(folder, FILES)
    assert [path.name for path in folder.iterdir()] == ["README.md"]
    write_space(folder, FILES, force=True)
    assert (folder / "README.md").read_bytes() == b"one"
    (tmp_path / "new" / ".git").mkdir(parents=True)
    write_space(tmp_path / "new", FILES)
    assert (tmp_path / "new" / "app.py").read_bytes() == b"two"


def test_what_a_person_changed_is_kept(tmp_path):
    """A new copy replaces what is as it was written, removes what is gone, and nothing else."""
    folder = tmp_path / "space"
    write_space(folder, FILES)
    (folder / "mine.txt").write_text("mine")
    newer = {"README.md": b"one more", "app.py": b"two"}
    write_space(folder, newer)
    assert (folder / "README.md").read_bytes() == b"one more"
    assert not (folder / "old" / "part.py").exists()
    assert (folder / "mine.txt").read_text() == "mine"
    (folder / "app.py").write_bytes(b"my own")
    with pytest.raises(
        ConfigurationError, match=r"changed since they were written: app\.py"
    ) as told:
        write_space(folder, {**newer, "app.py": b"three"})
    assert "--force" in told.value.hint
    assert (folder / "app.py").read_bytes() == b"my own"


def test_links_lead_nowhere(tmp_path):
    """Neither a link in the folder nor a path in its list reaches what is outside of it."""
    outside, folder = tmp_path / "outside", tmp_path / "space"
    outside.mkdir()
    (outside / "kept").write_text("kept")
    write_space(folder, FILES)
    listed = json.loads((folder / MANIFEST).read_text())
    digest = listed["files"]["app.py"]
    (outside / "two").write_bytes(b"two")
    listed["files"]["../outside/two"] = digest
    (folder / MANIFEST).write_text(json.dumps(listed))
    (folder / "app.py").unlink()
    (folder / "app.py").symlink_to(outside / "kept")
    with pytest.raises(ConfigurationError, match=r"app\.py"):
        write_space(folder, FILES)
    write_space(folder, FILES, force=True)
    assert (outside / "kept").read_text() == "kept"
    assert (outside / "two").read_bytes() == b"two"
    assert (folder / "app.py").read_bytes() == b"two"


def test_copies_what_belongs_to_the_packages_alone(tmp_path, monkeypatch):
    """Notes, keys and caches that lie in the folder of a package stay there."""
    package = tmp_path / "tasks"
    (package / "__pycache__").mkdir(parents=True)
    for name in ("__init__.py", ".env", "notes.md", "id_rsa", "__pycache__/x.cpython-311.pyc"):
        (package / name).write_text("")
    monkeypatch.setattr(
        "workbench.space.files._folder", lambda name: package if name == "tasks" else ROOT / name
    )
    assert [path for path in files_of(Plan()) if path.startswith("tasks/")] == ["tasks/__init__.py"]


def test_command_line_starts_without_gradio():
    """Writing a Space needs no Gradio loaded, only its version."""
    code = "import sys; sys.modules['gradio'] = None; import workbench.cli.space"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert redact("hf_oauth_scopes") != "hf_oauth_scopes", "why a README is not simply redacted"
