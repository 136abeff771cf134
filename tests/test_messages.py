"""Every error, hint and word of the command line has its Chinese, and the right one."""

import ast
import itertools
import json
import re
import string

import messages
import pytest

from workbench.language.catalogue import Catalogue

FOLDER = messages.ROOT / "workbench/language/zh"
FILES = {path.name: json.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.json"))}
OURS = {
    key: text for name, file in FILES.items() if "messages" in name for key, text in file.items()
}
ALL = {key: text for file in FILES.values() for key, text in file.items()}
CATALOGUE = Catalogue(ALL)

# Prose that no person reads as ours: what endpoints say, given to models, sent, or an example.
SILENT = """
    Go on exactly where your last message broke off, and repeat nothing of it.
    Once upon a time
    My name is Andrew, I'm building DeepLearningAI and I live in California
    Ada Lovelace lived in London.
    The tower is tall. It stands in Paris.
    module {} has no attribute {}
    do not
    hf-inference-workbench/{}; python/{}
    gzip, deflate
    workbench: {}{}
    chat models
    --target local:{}
    {} -p {}: {}
    /{} {}
    the caller left, or the server stops
    the caller has left
    data: {}
    langchain; {}
    can't allocate memory
    cannot allocate memory
    out of memory
    not enough memory
    as a whole,
    GatedRepoError, no token
    {}; {} on {}, {}
    {}, {} s
    {}  {}  {} s  {}
    ; template {}
    text/plain; charset=utf-8
    Content-Type: {}
    Accept: {}
    X-HF-Bill-To: {}
    --data-binary {}
    workbench serve
    workbench serve --engine local --model {}
    pip install 'hf-inference-workbench[local]'
    available values
    not supported
    invalid state
    monthly included credits
    currently loading
    must have less than
    `inputs` tokens +
    index out of range in self
    input is too long
    maximum context length
    maximum sequence length
    size of tensor a … must match
    not supported by this container
    not supported by
    request failed during generation
    model is overloaded
    incomplete generation
    image/png, application/json
    , {}={}
    the {} is {}
    , bill_to={}
    only a failed attempt is followed by another
"""
SILENT_STARTS = (
    "Marie Curie was born",
    "Below is an instruction",
    "^(?P<fence>",
    "(?!",
    "from huggingface_hub import",
    "client = InferenceClient",
    "client.text_to_image",
)
# Said by Typer, Python and the operating system, not by our code.
THEIRS = (
    *("Usage:", "Options", "Commands", "Arguments", "Error: {}", "Try '{} {}' for help."),
    *("Missing ", "No such ", "Option '{}'", "Got unexpected", "Invalid value", "Input should be"),
    *("{} is not a valid ", "{} is not in the range", "{} [", "[default", "[required]"),
    *("Show this message and exit.", "Permission denied", "Is a directory", "Not a directory"),
    *("Read-only file system", "File name too long", "Address already", "Connection refused"),
    "No space left on device",
)
# Where a part of the English has no place in the Chinese.
LEFT_OUT = {"models in this process need {}, which {} not installed"}
SAID = messages.said()


def has_chinese(text):
    """Whether *text* is a key, or the beginning or the end of a whole sentence that is one."""
    begun = text.rstrip("{}")
    return text in ALL or any(key.startswith(begun) or key.endswith(f"{text}.") for key in ALL)


def is_silent(text):
    silent = {line.strip() for line in SILENT.splitlines()}
    return text in silent or text.startswith(SILENT_STARTS)


def test_everything_that_is_said_has_chinese():
    """Nobody adds an error, a hint or a word of the command line without its Chinese."""
    missing = [
        f"{where}: {text}"
        for text, where in SAID.items()
        if not has_chinese(text) and not is_silent(text)
    ]
    assert not missing, "add to workbench/language/zh/messages*.json:\n" + "\n".join(missing)


def test_nothing_is_kept_that_is_not_said_any_more():
    """The words of each key are in the code; or a text there becomes it, with others put in."""
    code = "\n".join(messages.everything())
    patterns = [
        re.compile(".+?".join(map(re.escape, text.split("{}"))))
        for text in SAID
        if "{}" in text and len(text) > 8
    ]
    stale = [
        key
        for key in OURS
        if not key.startswith(THEIRS)
        and not all(part.strip() in code for part in key.split("{}"))
        and not any(pattern.fullmatch(key) for pattern in patterns)
    ]
    assert not stale


def test_silent_texts_are_in_the_code():
    """The list of what needs no Chinese is no longer than it must be."""
    silent = [line.strip() for line in SILENT.strip().splitlines()]
    assert [text for text in silent if text not in SAID] == []


def test_no_key_has_two_translations():
    """A text is translated in one of the files of messages."""
    pairs = [(key, name) for name, file in FILES.items() if "messages" in name for key in file]
    keys = [key for key, _ in pairs]
    assert sorted({key for key in keys if keys.count(key) > 1}) == []


def fields(text):
    """The numbers of what *text* has put in, in order: `{}` counts up."""
    names = [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]
    return [int(name) if name else place for place, name in enumerate(names)]


def test_what_is_put_in_finds_its_place():
    """Everything that the English has put in is put into the Chinese, once."""
    wrong = {
        key: text
        for key, text in OURS.items()
        if "{}" in key and sorted(fields(text)) != list(range(key.count("{}")))
    }
    assert wrong.keys() == LEFT_OUT


@pytest.mark.parametrize(
    "parts", [("⟨0⟩", "⟨1⟩", "⟨2⟩", "⟨3⟩", "⟨4⟩"), ("org/model", "'x'", "3", "/a/b", "7")]
)
def test_each_text_gets_its_own_translation(parts):
    """No pattern takes what a longer one says, whatever is put in."""
    wrong = {}
    for key, text in OURS.items():
        count = key.count("{}")
        said = key
        for part in parts[:count]:
            said = said.replace("{}", part, 1)
        told = CATALOGUE.translate(said)
        if told != (text.format(*parts) if count else text):
            wrong[said] = told
    assert not wrong


def test_what_endpoints_say_stays_as_it_is():
    """The words of other people's servers are quoted, not half translated."""
    path = messages.ROOT / "workbench/engines/faults/kinds.py"
    told = [node.value for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)]  # fmt: skip
    changed = {
        text: CATALOGUE.translate(text) for text in told if " " in text and text != "Sign in"
    }
    assert {text: said for text, said in changed.items() if said != text} == {}


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("there is no text to read", "没有可识别的文本"),
        ("no answer from https://host/x in time", "https://host/x 未及时回答"),
        ("expected a summary, the endpoint answered a list of 3",
         "期望得到摘要，端点返回的是长度为 3 的列表"),
        ("not a usable target: 'a b': it is none of the known forms",
         "目标不可用：'a b'：不是任何一种已知的写法"),
        ("2 settings can't be used:\n- PORT1: a port is a number from 1 to 65535, not 'x'\n"
         "- HF_TOKEN: a token is one line of letters, digits and signs, no spaces",
         "2 项设置无法使用：\n- PORT1：端口是 1 到 65535 之间的数字，不能是 'x'\n"
         "- HF_TOKEN：令牌是由字母、数字和符号组成的一行，不含空格"),
        ("message 2: the message is empty", "第 2 条消息：消息是空的"),
        ("the JPEG picture is cut short", "JPEG 图片不完整"),
        ("port 7860 on 127.0.0.1 is taken", "127.0.0.1 的端口 7860 已被占用"),
        ("Write `org/model` instead in HF_API_NER_BASE.",
         "在 HF_API_NER_BASE 中改写为 `org/model`。"),
        ("distilbert: waiting for 2 others", "distilbert：正在等待前面 2 个请求"),
    ],
)  # fmt: skip
def test_what_is_put_together_is_translated_throughout(english, chinese):
    """Parts of a text that are words of ours are translated within it."""
    assert CATALOGUE.translate(english) == chinese


def test_a_long_text_is_looked_up_in_no_time():
    """Whatever an endpoint says, hostile or huge, costs a moment and raises nothing."""
    for text in ("a: " * 30_000, " is " * 30_000, "(" * 50_000, "{} {0} {x} %s" * 100):
        assert CATALOGUE.translate(text)


@pytest.mark.parametrize("file", sorted(FILES))
def test_chinese_is_written_as_chinese(file):
    """Full-width marks after Chinese characters, and none of the stiff 您."""
    for text in FILES[file].values():
        assert "您" not in text
        for char, mark in itertools.pairwise(text):
            assert not ("\u4e00" <= char <= "\u9fff" and mark in ",;!?"), text
