"""The table of chat models, and what a person's `workbench.toml` makes of it."""

from __future__ import annotations

import pytest

from workbench.chat import Message
from workbench.chat.models import CHAT_MODELS, ChatModel, read_chat
from workbench.errors import ConfigurationError
from workbench.settings import Settings

QUIZ = {"user": "[Q] {text}\n", "assistant": "[A] {text}\n"}


def read(models, **more):
    """The models of a table, and what is wrong with it."""
    problems = []
    return read_chat({"models": models, **more}, problems), problems


def test_the_table():
    """All models of the workbench are there, the default talker first, each with a title."""
    assert list(CHAT_MODELS) == [
        *("talker", "falcon", "falcon-course", "starchat", "qwen", "gpt", "hf", "langchain"),
        *("echo", "canned", "yes-no", "agree"),
    ]
    for name, model in CHAT_MODELS.items():
        assert (model.name, bool(model.title)) == (name, True)
        assert model.writing.stops


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("falcon", ("HF_API_FALCOM_BASE", "HF_API_FALCOM_KEY", "tgi", "Bearer", "falcon")),
        (
            "falcon-course",
            ("HF_API_FALCOM_BASE", "HF_API_FALCOM_KEY", "tgi", "Basic", "falcon-course"),
        ),
        ("starchat", ("HF_API_STARCHAT_BASE", "HF_API_STARCHAT_KEY", "tgi", "Bearer", "starchat")),
        ("qwen", ("DASHSCOPE_BASE_URL", "DASHSCOPE_API_KEY", "chat", "Bearer", "")),
        ("gpt", ("OPENAI_BASE_URL", "OPENAI_API_KEY", "chat", "Bearer", "")),
    ],
)
def test_where_each_answers(name, facts):
    """Variables, wire, scheme and template are those that the course and the services use."""
    model = CHAT_MODELS[name]
    assert (model.variable, model.key, model.wire, model.auth, model.template) == facts


def test_options_are_not_in_the_repr():
    """What a model is made with may hold a secret."""
    model = ChatModel(name="mine", options={"api_key": "hunter2"})
    assert "hunter2" not in repr(model)


@pytest.mark.parametrize("table", [{}, None, "text", {"models": {}}, {"templates": {}}])
def test_nothing_said_changes_nothing(table):
    """Without models of a person's own there are ours."""
    problems = []
    assert dict(read_chat(table, problems)) == dict(CHAT_MODELS)
    assert problems == []


def test_a_model_of_ones_own():
    """Every key arrives, and the new model stands last."""
    models, problems = read(
        {
            "mine": {
                "title": "Mine",
                "target": "http://localhost:8000/v1",
                "model": "org/m",
                "key": "MY_KEY",
                "auth": "basic",
                "sees": True,
                "thinks": True,
                "system": "Be kind.",
                "temperature": 0,
                "max_new_tokens": 9,
                "top_p": 0.5,
                "repetition_penalty": 1.5,
                "seed": 7,
            }
        }
    )
    assert problems == []
    assert list(models) == [*CHAT_MODELS, "mine"]
    assert models["mine"] == ChatModel(
        name="mine",
        title="Mine",
        target="http://localhost:8000/v1",
        model="org/m",
        key="MY_KEY",
        auth="Basic",
        sees=True,
        thinks=True,
        system="Be kind.",
        defaults={
            "temperature": 0,
            "max_new_tokens": 9,
            "top_p": 0.5,
            "repetition_penalty": 1.5,
            "seed": 7,
        },
    )


def test_change_of_one_of_ours():
    """What is given replaces, the rest stays; a target given wins over the model's variable."""
    models, problems = read(
        {
            "gpt": {"model": "gpt-5"},
            "starchat": {"temperature": 1, "target": "tgi+https://h.example"},
        }
    )
    assert problems == []
    assert (models["gpt"].model, models["gpt"].key) == ("gpt-5", "OPENAI_API_KEY")
    assert (models["gpt"].target, models["gpt"].variable) == (
        CHAT_MODELS["gpt"].target,
        "OPENAI_BASE_URL",
    )
    starchat = models["starchat"]
    assert (starchat.variable, starchat.template) == ("", "starchat")
    assert starchat.defaults == {"temperature": 1, "top_p": 0.95}
    assert CHAT_MODELS["starchat"].defaults == {"temperature": 0.2, "top_p": 0.95}


def test_langchain_by_import():
    """An import path and what to call it with make a LangChain model."""
    models, problems = read({"langchain": {"import": "pkg.chat:Model", "options": {"n": 1}}})
    assert problems == []
    assert (models["langchain"].imports, models["langchain"].options) == (
        "pkg.chat:Model",
        {"n": 1},
    )


def test_template_of_ones_own():
    """A model with a template speaks `tgi`, and writes as it is told."""
    models, problems = read(
        {
            "quiz": {"target": "https://h.example", "template": "quiz"},
            "alp": {"target": "https://h.example", "template": "alpaca"},
        },
        templates={"quiz": QUIZ},
    )
    assert problems == []
    assert (models["quiz"].wire, models["alp"].wire) == ("tgi", "tgi")
    assert models["quiz"].writing.render([Message("user", "Why?")]) == "[Q] Why?\n[A]"
    assert models["quiz"].writing.stops == ("[Q]",)
    assert models["alp"].writing.name == "alpaca"


def test_template_that_is_wrong_is_told_once():
    """Its models aren't found wrong as well."""
    models = {"quiz": {"target": "https://h.example", "template": "quiz"}}
    for written, said in (({"user": "x"}, "assistant is missing"), ("x", "user is missing")):
        problems = read(models, templates={"quiz": written})[1]
        assert len(problems) == 1
        assert problems[0].startswith("chat.templates.quiz: ")
        assert said in problems[0]


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        ({"targets": "x"}, "chat.models.m: targets is no key of a chat model; there are title,"),
        ({"wire": "tgi"}, "wire is no key"),
        ({"target": 7}, "target can't be 7"),
        ({"sees": "yes"}, "sees can't be 'yes'"),
        ({"sees": 1}, "sees can't be 1"),
        ({"temperature": "hot"}, "temperature can't be 'hot'"),
        ({"temperature": True}, "temperature can't be True"),
        ({"temperature": -1}, "temperature can't be -1"),
        ({"temperature": float("nan")}, "temperature can't be nan"),
        ({"temperature": float("inf")}, "temperature can't be inf"),
        ({"max_new_tokens": 0}, "max_new_tokens can't be 0"),
        ({"max_new_tokens": 1.5}, "max_new_tokens can't be 1.5"),
        ({"seed": -1}, "seed can't be -1"),
        ({"key": "sk-secret"}, "key is the name of a variable, as in MY_KEY"),
        ({"variable": "http://x"}, "variable is the name of a variable"),
        ({"auth": "digest"}, "auth is bearer or basic"),
        ({"import": "pkg.Model"}, "import is written as package.module:Name"),
        ({"import": "os;x:y"}, "import is written as package.module:Name"),
        ({"template": "nobody"}, "there is no template 'nobody'"),
        ({"title": "Mine"}, "chat.models.m: it needs a target, a variable or import"),
        ("x", "chat.models.m: it must be a table, with a target"),
    ],
    ids=str,
)
def test_what_is_wrong_is_told_with_its_place(table, problem):
    """Model and key are named, and never a value that may be a secret."""
    given = {"target": "https://h.example", **table} if isinstance(table, dict) else table
    given = table if table == {"title": "Mine"} else given
    problems = read({"m": given})[1]
    assert len(problems) == 1
    assert problems[0].startswith("chat.models.m: ")
    assert problem in problems[0]
    assert "sk-secret" not in problems[0]


@pytest.mark.parametrize("name", ["", "two words", "1st", "a/b", "é", "a" * 41, "a.b"])
def test_names(name):
    """A name that could be taken for a target, or for nothing, is refused."""
    models, problems = read({name: {"target": "https://h.example"}})
    assert dict(models) == dict(CHAT_MODELS)
    assert problems == [f"chat.models.{name}: a name is letters, digits, - and _, at most 40"]


@pytest.mark.parametrize("part", [{"model": {}}, {"models": []}, {"templates": "x"}])
def test_tables_of_chat(part):
    """Beside models and templates there is nothing."""
    problems = []
    assert read_chat(part, problems) == CHAT_MODELS
    assert problems == [
        f"chat.{next(iter(part))}: there are the tables chat.models and chat.templates"
    ]


def test_several_are_told_together():
    """All that is wrong with all models is in the one error of the settings."""
    models = {"a": {"target": 1, "auth": "x"}, "b": {"seed": 0.5}, "c": {}}
    with pytest.raises(ConfigurationError, match="4 settings") as caught:
        Settings.from_env({}, {"chat": {"models": models}})
    for name in ("a: target", "a: auth", "b: seed", "c: it needs"):
        assert f"\n- chat.models.{name}" in str(caught.value)


@pytest.mark.parametrize("target", ["nobody", "ftp://h.example", "https://"])
def test_target_that_can_not_be_one(target):
    """A target that can never answer is told when the file is read, with its place."""
    with pytest.raises(ConfigurationError, match=r"chat\.models\.mine: .*target"):
        Settings.from_env({}, {"chat": {"models": {"mine": {"target": target}}}})
