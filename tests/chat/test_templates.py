"""Prompts for models that take text: as each was trained, and never with a forged turn."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.chat import TEMPLATES, Message, find_template, read_template
from workbench.engines.embedded.talkers import prompt_to_messages
from workbench.errors import ConfigurationError, InvalidInputError

TALK = [
    Message("system", "Be kind."),
    Message("user", "Hi"),
    Message("assistant", "Hello!"),
    Message("user", "Why?\r\n\r\nTell."),
]
OWN = read_template(
    "own",
    {
        "system": "[SYS] {text}\n",
        "user": "[INST] {text} [/INST]\n",
        "assistant": "Bot:: {text}\n",
        "stops": ["[INST]"],
    },
)
MARKS = {
    "falcon": r"\n\n(?:User|Assistant):",
    "falcon-course": r"^(?:System|User|Assistant):",
    "falcon-180b": r"^(?:System|User|Falcon):",
    "starchat": r"<\|(?:system|user|assistant)\|>",
    "chatml": r"<\|im_start\|>",
    "alpaca": r"^### (?:Instruction|Response):",
    "own": r"\[SYS\]|\[INST\]|Bot::",
}
TEXT = st.text(max_size=40) | st.lists(
    st.sampled_from(
        ["User:", "user :", "Assistant:", "System:", "Falcon:", "### Instruction:", "### Response:"]
        + ["<|user|>", "<|im_start|>", "<|", "|>", "<", "|", "user", "[INST]", "[SYS]", "Bot::"]
        + [":", "[", "\n", "\r", "\r\n", "\u2028", "\x0b", " ", "\t", "hello"]
    ),
    max_size=12,
).map("".join)


@pytest.mark.parametrize(
    ("name", "prompt"),
    [
        (
            "falcon",
            "Be kind.\n\nUser: Hi\n\nAssistant: Hello!\n\nUser: Why?\nTell.\n\nAssistant:",
        ),
        (
            "falcon-course",
            "System:Be kind.\nUser: Hi\nAssistant: Hello!\nUser: Why?\n\nTell.\nAssistant:",
        ),
        (
            "falcon-180b",
            "System: Be kind.\nUser: Hi\nFalcon: Hello!\nUser: Why?\n\nTell.\nFalcon:",
        ),
        (
            "starchat",
            "<|system|>\nBe kind.<|end|>\n<|user|>\nHi<|end|>\n<|assistant|>\nHello!<|end|>\n"
            "<|user|>\nWhy?\n\nTell.<|end|>\n<|assistant|>",
        ),
        (
            "chatml",
            "<|im_start|>system\nBe kind.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n"
            "<|im_start|>assistant\nHello!<|im_end|>\n<|im_start|>user\nWhy?\n\nTell.<|im_end|>\n"
            "<|im_start|>assistant\n",
        ),
        (
            "alpaca",
            "Be kind.\n\n### Instruction:\nHi\n\n### Response:\nHello!\n\n"
            "### Instruction:\nWhy?\n\nTell.\n\n### Response:\n",
        ),
    ],
)
def test_prompt(name, prompt):
    """Each template writes a conversation exactly as its model was trained."""
    assert TEMPLATES[name].render(TALK) == prompt


@pytest.mark.parametrize("template", [*TEMPLATES.values(), OWN], ids=lambda each: each.name)
@given(texts=st.lists(TEXT.filter(str.strip), min_size=1, max_size=4), system=TEXT)
def test_no_text_forges_a_turn(template, texts, system):
    """Whatever is typed, a prompt has one mark for each turn, and no stop inside a text."""
    roles = ("user", "assistant")
    said = [Message(roles[i % 2], text) for i, text in enumerate(texts)]
    if said[-1].role == "assistant":
        said.append(Message("user", "now"))
    plain = [Message("system", "s" * bool(system.strip())), *(Message(m.role, "x") for m in said)]
    prompt = template.render([Message("system", system), *said])
    for pattern in (MARKS[template.name], "|".join(map(re.escape, template.stops))):
        expected = len(re.findall(pattern, template.render(plain), re.MULTILINE))
        assert len(re.findall(pattern, prompt, re.MULTILINE)) == expected


@pytest.mark.parametrize("name", TEMPLATES)
def test_ordinary_words_are_kept(name):
    """What no template uses as a mark arrives as it was typed."""
    text = "The user: a person. 1 < 2 | 3 > 2; f <| x |> g; note: ask (user: me)"
    assert text in TEMPLATES[name].render([Message("user", text)])


@pytest.mark.parametrize("name", TEMPLATES)
def test_partial_reply_is_left_open(name):
    """A trailing assistant message ends the prompt, so that the model goes on with it."""
    assert TEMPLATES[name].render([*TALK, Message("assistant", "Because I")]).endswith("Because I")


@pytest.mark.parametrize("name", TEMPLATES)
def test_prompt_is_taken_apart_again(name):
    """The embedded engine reads every template back."""
    single = [*TALK[:3], Message("user", "Why?")]
    assert prompt_to_messages(TEMPLATES[name].render(single)) == single


def test_neighbours_are_one_turn():
    """Two messages in a row, as after a stop, make one turn."""
    prompt = TEMPLATES["falcon"].render([Message("user", "a"), Message("user", "b")])
    assert prompt == "User: a\nb\n\nAssistant:"


def test_pictures():
    """A new picture is refused, an earlier one mentioned."""
    seen = Message("user", "Look", ("data:image/png;base64,AAAA",))
    render = TEMPLATES["falcon"].render
    with pytest.raises(InvalidInputError, match="can't see a picture"):
        render([seen])
    assert "[picture]\nLook" in render([seen, Message("assistant", "Red."), Message("user", "Why")])


def test_remote_picture_is_defused():
    """A Markdown picture, which a server would fetch, is none any more."""
    prompt = TEMPLATES["chatml"].render([Message("user", "![x](http://host/a.png)")])
    assert "![" not in prompt


def test_nothing_said():
    """A prompt needs a user message."""
    with pytest.raises(InvalidInputError, match="no message"):
        TEMPLATES["falcon"].render([Message("system", "x")])


def test_unknown_template_lists_the_known():
    """The hint names every template."""
    with pytest.raises(ConfigurationError) as caught:
        find_template("llama")
    assert "starchat" in caught.value.hint


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ({"assistant": "A: {text}"}, "user is missing"),
        ({"user": "Q: ", "assistant": "A: {text}"}, "user must be text that holds {text} once"),
        ({"user": "Q: {text}{text}", "assistant": "A: {text}"}, "{text} once"),
        ({"user": "{text}\n", "assistant": "A: {text}"}, "user must begin with a mark"),
        ({"user": "Q: {text}", "assistant": 3}, "assistant must be text"),
        ({"user": "Q: {text}", "assistant": "A: {text}", "stops": "Q:"}, "stops must be a list"),
        ({"user": "Q: {text}", "assistant": "A: {text}", "stops": ["a"] * 5}, "at most 4"),
        ({"user": "Q: {text}", "assistant": "A: {text}", "suffix": 1}, "suffix must be text"),
        ({"user": "Q: {text}", "assistant": "A: {text}", "bot": ""}, "bot is no key"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_bad_own_template(table, told):
    """Each thing wrong with a person's template is named."""
    with pytest.raises(ConfigurationError, match=re.escape(told)):
        read_template("mine", table)


def test_own_template_loses_no_system_text():
    """Without a place of its own, the system text comes before the first message."""
    template = read_template("mine", {"user": "Q: {text}\n", "assistant": "A: {text}\n"})
    assert template.render(TALK[:2]) == "Q: Be kind.\nHi\nA:"
    assert template.stops == ("Q:",)
