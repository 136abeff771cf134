"""The embedded talkers: honest, attentive, the same every time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from workbench.chat import Message
from workbench.engines.embedded.talkers import (
    TALKERS,
    complete,
    continue_prompt,
    count_tokens,
    pieces,
    prompt_to_messages,
    reply,
)
from workbench.engines.embedded.talkers.companion.setting import read_setting
from workbench.engines.embedded.talkers.companion.sums import work_out
from workbench.errors import InvalidInputError
from workbench.images import encode_image


def converse(*said, system=None, **options):
    """The replies to each of *said*, in one conversation."""
    messages = [Message("system", system)] if system else []
    replies = []
    for text in said:
        messages.append(Message("user", text))
        replies.append(reply(messages, **options).text)
        messages.append(Message("assistant", replies[-1]))
    return replies


@given(st.text())
def test_pieces_join_to_the_text(text):
    """Nothing is lost or changed by cutting a text into pieces."""
    assert "".join(pieces(text)) == text
    assert count_tokens(text) == len(pieces(text)) <= len(text)


@given(st.lists(st.text(min_size=1).filter(str.strip), min_size=1, max_size=5), st.text())
def test_every_message_has_an_answer(said, system):
    """Whatever is said, there is an answer, and the same one again."""
    answers = converse(*said, system=system)
    assert all(answer.strip() for answer in answers)
    assert converse(*said, system=system) == answers


@pytest.mark.parametrize("name", TALKERS)
def test_reply_says_who_speaks(name):
    """Each talker answers under its own name, and the engine tells it."""
    spoken = reply([Message("user", "Is tea better?")], model=name)
    assert name in spoken.engine
    assert spoken.finish_reason == "eos_token"
    assert spoken.pieces


def test_small_talkers():
    """Echo repeats, canned has three replies, yes-no two, agree alternates."""
    assert converse("Hi there", "  indented", model="echo") == ["Hi there", "  indented"]
    stock = {converse("x", model="canned", seed=seed)[0] for seed in range(40)}
    assert len(stock) == 3
    assert {converse("x", model="yes-no", seed=seed)[0] for seed in range(40)} == {"Yes", "No"}
    agreed = [answer.startswith("Yes") for answer in converse(*"abcd", model="agree")]
    assert agreed == [True, False, True, False]


def test_unknown_model_is_the_default():
    """Any other name gets the talker."""
    said = [Message("user", "Hello")]
    assert reply(said, model="org/falcon") == reply(said) == reply(said, model="talker")


def test_nobody_spoke():
    """Without a user message there is nothing to answer."""
    with pytest.raises(InvalidInputError, match="no message"):
        reply([Message("system", "x")])


@pytest.mark.parametrize(
    ("options", "text", "reason"),
    [
        ({}, "One two. Three two.", "eos_token"),
        ({"max_new_tokens": 2}, "One two", "length"),
        ({"max_new_tokens": 6}, "One two. Three two.", "eos_token"),
        ({"stop": ("Three", " two")}, "One", "stop_sequence"),
        ({"stop": ("Three",), "max_new_tokens": 2}, "One two", "length"),
        ({"stop": ("",)}, "One two. Three two.", "eos_token"),
    ],
)
def test_where_a_reply_ends(options, text, reason):
    """A stop string is left out, a limit counts pieces, and the reason is told."""
    spoken = reply([Message("user", "One two. Three two.")], model="echo", **options)
    assert (spoken.text, spoken.finish_reason) == (text, reason)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (["My name is Ada.", "Nice weather.", "What's my name?"], "Ada"),
        (["Hi, I'm Bo", "thank you"], "Bo"),
        (["I live in Oslo.", "And you?", "Where do I live?"], "you live in Oslo"),
        (["My dog is called Rex", "What is my dog's name?"], "Rex"),
        (["I love old maps", "bye"], "old maps"),
        (["I was born in Lima", "What do you know about me?"], "you were born in Lima"),
        (["We grow tomatoes and I'm a nurse.", "What is my job?"], "you're a nurse"),
        (["Who are you?", "Clara", "thanks"], "Clara"),
        (["It's Monday. I'm Dutch.", "What is my name?"], "haven't told me"),
        (["What is my name?"], "haven't told me"),
        (["Hello", "say that again"], "no language model"),
        (["我叫小明", "我喜欢爬山", "我叫什么名字？"], "小明"),
        (["我喜欢爬山", "我喜欢什么？"], "爬山"),
    ],
)
def test_talker_follows_the_talk(said, told):
    """What was told earlier comes back when it is asked for."""
    assert told in converse(*said)[-1]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Are you a language model?", "rules"),
        ("Are you human?", "rules"),
        ("Who are you?", "no language model"),
        ("你是语言模型吗？", "不是语言模型"),
        ("What time is it?", "no clock"),
        ("Who won the cup in 1998?", ("don't know", "beyond me", "wish I knew", "rules end")),
        ("How do I connect a real model?", "HF_TOKEN"),
        ("怎么连接真正的模型？", "HF_API_FALCOM_BASE"),
        ("How do I use Falcon?", "HF_API_FALCOM_BASE"),
        ("I get an error", "workbench doctor"),
        ("what tasks are there", "summarization"),
        ("I want to die", "emergency number"),
        ("Привет!", "English and Chinese"),
        ("👍", "no words"),
    ],
)
def test_talker_is_honest(said, told):
    """It says what it is, what it can't know, and how to reach what can."""
    [answer] = converse(said)
    assert any(each in answer for each in ((told,) if isinstance(told, str) else told))


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("What is 12 times (3 + 4)?", "12 * (3 + 4) = 84"),
        ("17% of 240", "17 / 100 * 240 = 40.8"),
        ("3加4乘以5等于多少？", "3 + 4 * 5 = 23"),
        ("reverse hello", "olleh"),
        ("sort: pear, fig, 10, 9", "9, 10, fig, pear"),
        ("spell word", "W-O-R-D"),
        ("How many r's in strawberry?", "3 “r”s in “strawberry”."),
        ("How many words are in 'the quick fox'?", "I count 3 words in “the quick fox”."),
    ],
)
def test_talker_does_small_things(said, answer):
    """What rules can do is done, and right."""
    assert converse(said) == [answer]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2+2", "4"),
        ("2^10", "1024"),
        ("1/3", "0.33333333…"),
        ("-2 * -(3 - 1)", "4"),
        ("10/0", ""),
        ("1,200 + 1", "1201"),
    ],
)
def test_sums(text, value):
    """Values are exact, and a division by zero has none."""
    assert work_out(text)[1] == value


@pytest.mark.parametrize("text", ["9^9^9", "2^99999", "2+", "((2+2)", "2024-05-06", "a+b", "1"])
def test_no_sums(text):
    """What is no sum, or too large a one, is left alone."""
    assert work_out(text) is None


@pytest.mark.parametrize(
    ("system", "said", "check"),
    [
        ("You are Max, a baker.", "Who are you?", lambda it: it.startswith("I'm Max, a baker")),
        ("Answer in one sentence.", "Hello", lambda it: it.count(".") + it.count("?") < 2),
        ("End every reply with “Over.”", "Hello", lambda it: it.endswith("Over.")),
        ("Answer in capitals.", "Hello", str.isupper),
        ("Speak Chinese.", "Hello", lambda it: not it.isascii()),
        ("Reply in French.", "Hello", lambda it: "English and Chinese only" in it),
        (
            "The shop opens at nine.",
            "When do you open?",
            lambda it: it == "The shop opens at nine.",
        ),
        ("The user's name is Lin.", "What's my name?", lambda it: it == "Your name is Lin."),
        ("Be brief and loud, in capitals.", "I want to die", lambda it: it.endswith("alone.")),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_talker_minds_the_system_message(system, said, check):
    """Persona, length, language and facts it is given are used; care is never cut short."""
    assert check(converse(said, system=system)[0])


def test_setting_without_instructions():
    """A plain system message asks for nothing."""
    assert read_setting("") == read_setting("You are a helpful assistant.").__class__()


def test_pictures():
    """The talker tells what the captioner makes out, and of a damaged one that it can't see it."""
    red = encode_image(Image.new("RGB", (64, 64), (200, 30, 30))).data_uri
    assert "a flat, plain red picture" in reply([Message("user", "Look!", (red,))]).text
    assert "2. I see" in reply([Message("user", "", (red, red))]).text
    damaged = Message("user", "", ("data:image/png;base64,AAAA",))
    assert "can't see it" in reply([damaged]).text
    assert reply([damaged], model="echo").text == "[1 picture]"


def test_going_on():
    """A reply that broke off is continued: as it stands, and when the user says so."""
    asked = Message("user", "What can you do?")
    whole = reply([asked]).text
    begun = Message("assistant", whole[:40])
    assert reply([asked, begun]).text == whole[40:]
    assert reply([asked, begun, Message("user", "Go on, please")]).text == whole[40:]
    prompt = f"User: What can you do?\nAssistant: {whole[:40]}"
    assert continue_prompt(prompt).text == whole[40:]


@pytest.mark.parametrize(
    ("prompt", "first"),
    [
        ("User: Hi\nAssistant:", " Hi"),
        ("System:Be kind.\nUser: Hi\nAssistant:", " Hi"),
        ("<|system|>\n<|end|>\n<|user|>\nHi<|end|>\n<|assistant|>", "\nHi"),
        ("<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n", "Hi"),
    ],
)
def test_chat_prompt_gets_a_reply(prompt, first):
    """A prompt in a chat template is answered, beginning as such a model begins."""
    assert continue_prompt(prompt, model="echo").text == first


@pytest.mark.parametrize(
    "prompt", ["", "Once upon a time", "User: no reply is asked", "Dear user,\nthe assistant:"]
)
def test_text_is_no_conversation(prompt):
    """A text without a turn to take is continued."""
    assert prompt_to_messages(prompt) is None
    assert continue_prompt(prompt).engine == "Markov chain"


@pytest.mark.parametrize(
    "prompt", ["", "The sea", "My dog Rex", "Why?", "It is so.\n", "从前有一个人"]
)
@pytest.mark.parametrize("seed", [None, 1, 2])
def test_completion(prompt, seed):
    """A text goes on in whole sentences, within its length, the same for the same seed."""
    text = complete(prompt, max_new_tokens=80, seed=seed)
    assert text == complete(prompt, max_new_tokens=80, seed=seed)
    assert text.rstrip()[-1] in ".!?。"
    assert 5 < count_tokens(text) <= 80
    assert text[0] != " " or prompt.strip() == prompt != ""


def test_completion_is_cut_when_it_must_be():
    """A length below a sentence ends it anywhere, with the reason `length`."""
    spoken = continue_prompt("The sea", max_new_tokens=3)
    assert (len(spoken.pieces), spoken.finish_reason) == (3, "length")
    assert len({complete("The", seed=seed) for seed in range(9)}) > 2
