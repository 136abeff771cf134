"""What a page shows of a model's words: no HTML of theirs, no remote picture, all of the code."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from workbench.chat.display import markdown, whole

PARSER = MarkdownIt("commonmark", {"html": True}).enable("table")
IMG = "<img src=x onerror=alert(1)>"
OURS = re.compile(r"</?(?:pre|code)>")

ATTACKS = {
    "script": "<script>alert(1)</script>",
    "closing": "</div></div>",
    "img": IMG,
    "svg": "<svg onload=alert(1)>",
    "form": "<form action=http://evil><input></form>",
    "overlay": '<div style="position:fixed;inset:0">Log in</div>',
    "comment": "<!-- x --><b>",
    "instruction": "<?php x ?>",
    "escaped": f"\\\\{IMG}",
    "in a link": f"[{IMG}](http://h)",
    "in a table": f"|a|b|\n|-|-|\n|`x | {IMG}`|y|",
    "in math": f"$${IMG}$$ \\({IMG}\\) \\[{IMG}\\] ${IMG}$",
    "after code": f"`a` {IMG} ``b`` {IMG}",
    "after a fence": f"```html\n{IMG}\n```\n{IMG}",
    "after a fence of a line": f"```\n```\n{IMG}",
    "after an escaped tick": f"\\`{IMG}`",
    "span across a list": f"`\n- {IMG}\n`",
    "span across a heading": f"`a\n# {IMG}`",
    "span across a paragraph": f"`a\n\n{IMG}`",
    "no fence: ticks in its line": f"``` a`b\n{IMG}\n```",
    "no fence: indented": f"    ```\n{IMG}",
    "fence in a quote": f"> ```\n{IMG}\n",
    "fence in a list": f"- ```\n{IMG}\n```",
    "fence in a list, below": f"- a\n  ```\n{IMG}\n  ```",
    "address that takes a tick": f"[x](`){IMG}`",
    "other ends of lines": f"```\r\nx\r\n```\r\n{IMG}\r```\r{IMG}",
    "unclosed span": f"`{IMG}",
    "closed by another": f"```\n{IMG}\n~~~\n{IMG}\n```\n{IMG}",
    "closed by fewer": f"````\n```\n{IMG}\n````\n{IMG}",
}


def foreign(text):
    """The HTML and the pictures that Markdown finds in *text*, our own marks apart."""
    blocks = PARSER.parse(text)
    for token in [*blocks, *(inner for block in blocks for inner in block.children or ())]:
        if token.type in ("html_block", "html_inline"):
            yield from re.findall(r"<[A-Za-z/!?][^>]*>?", OURS.sub("", token.content))
        elif token.type == "image":
            yield str(token.attrs)


@pytest.mark.parametrize("text", ATTACKS.values(), ids=ATTACKS)
def test_no_tag_gets_through(text):
    """Whatever stands around it, HTML is words to a reader of Markdown."""
    assert list(foreign(text + "\n\n" + text))
    assert not list(foreign(markdown(text)))


@pytest.mark.parametrize("title", ["'\n```\n'", '"\n\n```\n"', "(\n```\n)"])
def test_no_definition_swallows_a_fence(title):
    """The page's reader takes a title over several lines: there is no definition, so no title."""
    text = markdown(f"  [a\nb]: /u {title}\n{IMG}\n```\n{IMG}")
    assert text.startswith("  &#91;a\nb]: /u ")
    assert text.endswith(f"```\n&lt;{IMG[1:]}")


def test_the_reader_finds_what_it_should():
    """The reader that the tests rely on tells tags and pictures from code."""
    found = list(foreign(f"{IMG} `{IMG}` ![a](http://h/x.png)"))
    assert found == [IMG, "{'src': 'http://h/x.png', 'alt': ''}"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("![map](https://h/map.png)", "[map](https://h/map.png)"),
        ("![a](x)![b](y)", "[a](x)[b](y)"),
        ("!![a](x)", "[a](x)"),
        ("[![a](x)](y)", "[[a](x)](y)"),
        ("![a][r]\n\n[r]: https://h/x.png", "[a][r]\n\n&#91;r]: https://h/x.png"),
        ("$$n![k]$$", "$$n! [k]$$"),
        ("wow!", "wow!"),
    ],
    ids=repr,
)
def test_a_picture_is_a_link(text, shown):
    """Nothing is loaded from elsewhere because a model says so."""
    assert markdown(text) == shown
    assert not list(foreign(shown))


@pytest.mark.parametrize(
    "text",
    [
        "plain",
        "a < b and c > d, 1<2, <3",
        "**bold** _it_ # no heading\n- a\n  - b\n\n1. one",
        "> quoted\n> more",
        "| a | b |\n|---|---|\n| 1 | 2 |",
        "[x](https://h)",
        "`code` and ``co`de``",
        "```python\nif a < b:\n    print('<b>', a[0], '$x$')\n```",
        "~~~html\n<b>x</b>\n~~~\nafter",
        "````\n```\n<b>\n```\n````",
        "```\n<b> still coming",
        "- item\n  ```python\n  print(1)\n  ```",
        "$$\\sum_{i<1} x_i$$",
        "\\(a<1\\) and \\[b\\]",
        "It costs $5 and $6, or $7.50.",
        "US$5 and A$6",
        "\\$x$",
        "$HOME and $PATH",
    ],
    ids=repr,
)
def test_untouched(text):
    """Code at the margin, formulas, money and plain Markdown stay as they are."""
    assert markdown(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("$x^2$", "\\(x^2\\)"),
        ("so $x$, $y$.", "so \\(x\\), \\(y\\)."),
        ("$a<b$", "\\(a< b\\)"),
        ("$$a<b$$", "$$a< b$$"),
        ("$x$5", "$x$5"),
        ("$ x $", "$ x $"),
    ],
)
def test_formulas(text, shown):
    """A formula between single dollars is one for the page too; no tag comes of one."""
    assert markdown(text) == shown


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("`<b>`", "<b>"),
        ("`` <b>`</b> ``", "<b>`</b>"),
        ("`a <i>\nb`", "a <i> b"),
        ("`**<b>** $$ \\(x`", "**<b>** $$ \\(x"),
        ("`![a](b)`", "![a](b)"),
        ("1. so:\n   ```html\n   <p>\n     a\n   ```\n2. then", "<p>\n  a"),
        ("> ```\n> <p>\n> ```\n> after", "<p>"),
        ("\t~~~\n\t<p>\n\t~~~", "<p>"),
    ],
    ids=repr,
)
def test_tags_in_code_are_read_as_written(text, code):
    """Code that holds tags shows the same characters, whoever decides where it ends."""
    (inner,) = re.findall(r"<code>(.*?)</code>", markdown(text))
    assert html.unescape(inner) == code
    assert not list(foreign(markdown(text)))


PIECES = st.sampled_from(
    ["`", "``", "```", "~~~", "\n", "\n\n", "    ", "  ", "\t", "> ", "- ", "1. ", "# ", "|", "\\"]
    + ["$", "$$", "\\(", "\\)", "\\[", "\\]", "!", "[", "]", "](u)", "]: /u ", "'", '"', "(", ")"]
    + [
        "<b>",
        "<img src=x>",
        "!",
        "![",
        "<",
        "</p>",
        "<!--",
        "-->",
        "a",
        " ",
        "\r",
        "http://h.h/",
        "---",
    ]
)


@given(st.lists(PIECES, max_size=24).map("".join))
def test_nothing_foreign_whatever_the_text(text):
    """No mixture of marks makes a tag or a picture of a model's words."""
    assert not list(foreign(markdown(text)))


@given(st.text(alphabet="ab <>&`~$\\![]()\n|*_", max_size=30))
def test_words_stay(text):
    """No letter gets lost, and none is added but to entities and our own marks."""
    shown = html.unescape(OURS.sub("", markdown(text)))
    assert re.sub("[^ab]", "", shown) == re.sub("[^ab]", "", text)


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "text",
    [
        "`" * 100_000 + "a" * 100_000,
        "` " * 100_001,
        "```\n" * 50_001,
        "  ```\n" * 30_001,
        "$ a" * 50_000,
        "$a" * 50_000,
        "$$" + "a$" * 50_000,
        "\\(" * 50_000,
        "\\[" * 50_000,
        "[" * 100_000,
        "[a" * 50_000,
        "\\[a" * 30_000,
        "![" * 50_000,
        "<" * 100_000,
        " " * 100_000 + "x",
        "\n>" * 50_000,
        "> > ```" * 10_000,
    ],
    ids=lambda text: repr(text[:8]),
)
def test_long_texts_take_linear_time(text):
    """A hundred thousand of anything end at once: a quadratic reader would meet the timeout."""
    assert len(markdown(text)) >= len(text) - text.count("!")


@pytest.mark.parametrize(
    ("text", "closed"),
    [
        ("", ""),
        ("no code", "no code"),
        ("```\na\n```", "```\na\n```"),
        ("```py\na", "```py\na\n```"),
        ("~~~~\n~~~\na", "~~~~\n~~~\na\n~~~~"),
        ("```\na\n`````  ", "```\na\n`````  "),
        ("```\na\n``` b", "```\na\n``` b\n```"),
        ("- x\n  ```\n  a", "- x\n  ```\n  a\n  ```"),
        ("> ```\n> a", "> ```\n> a\n> ```"),
        ("```a``` is code", "```a``` is code"),
        ("```\na\n```\n~~~", "```\na\n```\n~~~\n~~~"),
    ],
    ids=repr,
)
def test_open_code_is_closed(text, closed):
    """What follows a reply that broke off within code is no code."""
    assert whole(text) == closed
