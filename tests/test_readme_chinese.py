"""README.zh-CN.md says what README.md says: what needs no translation is the same in both."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ENGLISH = (ROOT / "README.md").read_text(encoding="utf-8")
CHINESE = (ROOT / "README.zh-CN.md").read_text(encoding="utf-8")
_BLOCK = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
_EACH_OTHER = ("README.md", "README.zh-CN.md")


def code_blocks(text):
    """The code, in order and byte for byte."""
    return _BLOCK.findall(text)


def prose(text):
    """*text* without its code blocks."""
    return _BLOCK.sub("", text)


def levels(text):
    """How deep each heading is, in order; the headings themselves are translated."""
    return [len(marks) for marks in re.findall(r"^(#+) ", prose(text), re.MULTILINE)]


def links(text):
    """Where the text leads, in any order."""
    found = re.findall(r"\]\(([^)\s]+)\)", prose(text))
    return sorted(link for link in found if link not in _EACH_OTHER)


def tables(text):
    """Code in the first column of each row of a table, in order."""
    rows = re.findall(r"^\| (`.*?) \|", prose(text), re.MULTILINE)
    return [re.findall(r"`[^`]+`", row) for row in rows]


def names(text):
    """All that stands in `backticks`, in any order: commands, variables, files, names."""
    return sorted(set(re.findall(r"`[^`\n]+`", " ".join(prose(text).split()))))


def paragraphs(text):
    """How many paragraphs, tables and code blocks stand under each heading."""
    sections = re.split(r"^#+ .*$", _BLOCK.sub("code", text), flags=re.MULTILINE)
    return [len(re.findall(r"\S[^\0]*?(?:\n\s*\n|\Z)", part)) for part in sections]


@pytest.mark.parametrize("part", [levels, code_blocks, links, tables, names, paragraphs])
def test_both_say_the_same(part):
    """A heading, a command, a link, a row or a name in one alone was forgotten in the other."""
    assert part(CHINESE) == part(ENGLISH)


def test_each_leads_to_the_other():
    """Whoever opened the wrong one finds the right one at the top."""
    assert "](README.zh-CN.md)" in ENGLISH[:200]
    assert "](README.md)" in CHINESE[:200]


def test_chinese_paragraphs_are_chinese():
    """No paragraph was left in English."""
    for text in re.split(r"\n\s*\n", prose(CHINESE)):
        words = re.sub(r"`[^`]*`|\([^)]*\)|<!--.*?-->", "", text)
        assert not re.search(r"[a-z]+ [a-z]+ [a-z]+ [a-z]+", words), text
