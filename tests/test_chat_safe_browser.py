"""The chat tab in a real Chromium: what a model writes is shown, and can do nothing else."""

# ruff: noqa: F811

from __future__ import annotations

import chatting
import launching
import pytest
from test_browser import CONTRAST, NAMELESS, browser, pytestmark  # noqa: F401 - fixtures
from test_chat_browser import chat, open_chat, window  # noqa: F401 - fixtures

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
ATTACKS = {
    "script": "<script>window.pwned=1</script> readable",
    "onerror": "<img src=x onerror=window.pwned=1> readable",
    "javascript": "[readable](javascript:window.pwned=1) <a href='javascript:window.pwned=1'>a</a>",
    "data link": "[readable](data:text/html,<script>window.opener.pwned=1</script>)",
    "remote image": "![readable](http://tracker.invalid/p.png) <img src=//tracker.invalid/q>",
    "reference image": "![readable][1]\n\n[1]: http://tracker.invalid/p.png",
    "svg": "<svg onload=window.pwned=1><circle r=9></circle></svg> readable",
    "form": "<form action=//tracker.invalid><input name=key>readable<button>Send</button></form>",
    "iframe": "<iframe srcdoc='<script>parent.pwned=1</script>'></iframe> readable",
    "style": "<style>body{background:url(//tracker.invalid/s)}</style> readable",
    "fixed": "<div style='position:fixed;inset:0;background:#fff'>readable</div>",
    "button": "<button data-talk=x class='lg primary'>readable</button>",
    "details": "<details open ontoggle=window.pwned=1><summary>readable</summary></details>",
    "comment": "<!--><img src=x onerror=window.pwned=1>--> readable",
    "in code": "```html\n<img src=x onerror=window.pwned=1>\n```\nreadable",
    "in a fence's name": "```<img/src=x/onerror=window.pwned=1>\nreadable\n```",
    "in a table": "|a|\n|---|\n|<img src=x onerror=window.pwned=1> readable|",
    "in a formula": "$$\\href{javascript:pwned=1}{x} <img src=x onerror=pwned=1>$$ readable",
    "diagram": "```mermaid\nflowchart TD\n  A@{ img: 'http://tracker.invalid/p.png' } --> readable",
    "diagram in a list": "- ```mermaid\n  graph TD; readable-->B\n  ```",
    "diagram, disguised": "~~~ &#109;ermaid\ngraph TD; readable-->B\n~~~",
    "thought": "<thinking><img src=x onerror=window.pwned=1></thinking> readable",
    "upload": "<img src=/gradio_api/file=/etc/passwd onerror=window.pwned=1> readable",
}
MARKDOWN = r"""**bold** and `code`

| name | value |
|---|---|
| a | 1 |

```python
def double(x: int) -> str:  # so many
    return "2" * x
```

$$\int_0^1 x^2 dx$$ and \(a^2\) and $b_3$ for $5 or $6.
"""
FOREIGN = """[...document.querySelectorAll('.message *')].filter(e =>
  e.matches('form, input, textarea, iframe, object, embed, style, link, script, base, svg circle')
  || [...e.attributes].some(a => /^on/.test(a.name) || /^\\s*(javascript|data):/i.test(a.value))
  || (e.closest('.md') && e.matches('img, button:not([aria-label], [title])'))
  || (e.closest('.md') && !e.closest('.katex')
      && ['fixed', 'sticky'].includes(getComputedStyle(e).position))
).map(e => e.outerHTML.slice(0, 120))"""


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    """The app, talking to an echo."""
    with (
        launching.server() as server,
        chatting.app(tmp_path_factory.mktemp("home"), server, pace=0) as app,
    ):
        yield app.url


@pytest.mark.parametrize("text", ATTACKS.values(), ids=ATTACKS)
def test_markup_is_words(chat, text):
    """Nothing runs, nothing is fetched, no element is faked, and the text can be read."""
    assert "readable" in chat.say(text)
    assert chat.page.evaluate(FOREIGN) == []
    for link in chat.replies.locator("a[href]").all():
        assert link.get_attribute("href").startswith("http")
    assert chat.page.evaluate("window.pwned") is None
    assert chat.listed.first.evaluate("e => e.querySelectorAll('img, svg, script').length") == 0


def test_markdown_code_and_formulas(chat):
    """Tables, code and the three ways to write a formula are laid out; money stays money."""
    chat.say(MARKDOWN)
    reply = chat.replies.last
    assert reply.get_by_role("cell").all_inner_texts() == ["a", "1"]
    assert '    return "2" * x' in reply.locator("pre code").inner_text()
    assert reply.locator(".katex-display").count() == 1
    reply.locator(".katex").nth(2).wait_for()
    assert reply.locator(".katex").count() == 3
    assert "for $5 or $6." in reply.inner_text()
    once = reply.locator(".katex-mathml").first.bounding_box()
    assert once["width"] <= 1  # for those who hear the page; seen, the formula would be doubled


def test_keyboard_alone(open_chat):
    """Everything needed for a talk can be reached and pressed without a mouse."""
    chat = open_chat()
    chat.box.focus()
    chat.page.keyboard.type("first words")
    chat.page.keyboard.press("Enter")
    chat.answered(1)
    chat.box.focus()
    for name in ("Like", "Undo", "Retry"):
        for _ in range(20):
            chat.page.keyboard.press("Shift+Tab")
            if focused(chat) == name:
                break
        assert focused(chat) == name
    chat.page.keyboard.press("Enter")
    chat.page.get_by_text("Version 2 of 2").wait_for()
    for _ in range(30):
        chat.page.keyboard.press("Shift+Tab")
        if focused(chat) == "New conversation":
            break
    chat.page.keyboard.press("Enter")
    chat.answered(0)


def focused(chat):
    """What the focus is on."""
    return chat.page.evaluate(
        "document.activeElement.ariaLabel || document.activeElement.innerText.trim()"
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [{}, PHONE], ids=["desk", "phone"])
def test_can_be_read_and_named(open_chat, scheme, size):
    """Words stand out by 4.5 to 1, each control has a name, nothing scrolls sideways."""
    chat = open_chat(color_scheme=scheme, **size)
    chat.say(MARKDOWN)
    chat.choose("qwen")
    chat.say("a" * 200)
    chat.unfold("System message")
    chat.unfold("Options")
    if size:
        chat.page.get_by_role("button", name="Conversations").tap()
    chat.unfold("This conversation")
    assert chat.page.evaluate(CONTRAST) == []
    assert chat.page.evaluate(NAMELESS.replace("e.title", "e.title || e.placeholder")) == []
    assert chat.page.evaluate(chatting.WIDE) == 0
