"""The app in Chinese, in a real Chromium and for programs that ask for it."""

from __future__ import annotations

import os
import re

import launching
import pages
import pytest
from test_browser import CHROMIUM, browser  # noqa: F401 - a fixture

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None and not os.environ.get("CI"), reason="there is no Chromium on this machine"
    ),
]
ENGLISH = r"""() => {
  const said = [], words = text => /[A-Za-z]{3}/.test(text) && !/[\u4e00-\u9fff]/.test(text);
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const {data, parentElement: box} = texts.currentNode;
    if (words(data) && box.offsetParent && !box.closest('code, script, style')) said.push(data);
  }
  for (const box of document.querySelectorAll('[aria-label], [title], [placeholder], [alt]'))
    for (const name of ['aria-label', 'title', 'placeholder', 'alt']) {
      const told = box.getAttribute(name) || '';
      if (box.offsetParent && words(told)) said.push(told);
    }
  return [...new Set(said.map(text => text.trim()))];
}"""
CODE = re.compile(r"English|JSON|Markdown|Top p|https://…|\.env|Describe this picture in one .*")


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    """The app, to be seen in anyone's language."""
    with launching.app({"WORKBENCH_HOME": str(tmp_path_factory.mktemp("home"))}) as url:
        yield url


@pytest.fixture
def open_page(browser, url):  # noqa: F811
    """A function that opens a tab in a browser of some language; no page may log an error."""
    contexts, trouble = [], []

    def open_(locale, tab="ner", at=url, **options):
        contexts.append(browser.new_context(locale=locale, **options))
        contexts[-1].set_default_timeout(30_000)
        page = contexts[-1].new_page()
        pages.note_trouble(page, trouble)
        page.goto(f"{at}/?tab={tab}")
        return page

    yield open_
    for context in contexts:
        context.close()
    assert trouble == []


@pytest.mark.parametrize("locale", ["zh-CN", "zh-TW"])
def test_a_chinese_browser_sees_chinese(open_page, locale):
    """Title, tabs, Gradio's own words; a run, its status line and its table."""
    page = open_page(locale)
    pages.ready(page)
    assert page.title() == "推理工作台"
    page.get_by_role("tab", name="识别实体").wait_for()
    page.get_by_text("通过 API 使用").wait_for()
    page.get_by_label("文本", exact=True).fill("Ada Lovelace lived in London.")
    page.get_by_role("button", name="识别实体", exact=True).click()
    page.locator(".wb-status.done", has_text="内置引擎（规则与词表）").wait_for()
    page.get_by_role("columnheader", name="得分").wait_for()
    page.get_by_role("cell", name="Ada Lovelace").wait_for()


def test_an_error_is_told_in_chinese(open_page):
    """In the message box and in the status line."""
    page = open_page("zh")
    pages.ready(page)
    page.get_by_role("button", name="识别实体", exact=True).click()
    told = re.compile("没有.*文本.*。$")
    page.locator(".wb-status.failed", has_text=told).wait_for()
    toast = page.locator("[class*=toast-body]").first.inner_text()
    assert "错误" in toast
    assert told.search(toast)


@pytest.mark.parametrize(
    "tab", ["summarization", "captioning", "describe-and-generate", "completion", "chat"]
)
def test_no_english_is_left(open_page, tab):
    """Nothing on a tab, folded parts opened, is English but names and examples in English."""
    page = open_page("zh-CN", tab, viewport={"width": 390, "height": 844})
    pages.ready(page)
    folds = "document.querySelectorAll('button.label-wrap:not(.open)')"
    page.evaluate(f"{folds}.forEach(fold => fold.click())")
    page.get_by_label("实际请求").locator("visible=true").first.wait_for()
    left = page.evaluate(ENGLISH)
    assert [text for text in left if not CODE.fullmatch(text)] == []
    clipped = (
        "button => button.offsetParent && button.scrollWidth > button.clientWidth + 1"
        " && !button.matches('.label-wrap')"
    )
    assert page.evaluate(f"[...document.querySelectorAll('button')].filter({clipped}).length") == 0


@pytest.mark.parametrize("locale", ["en-US", "fr"])
def test_others_see_english(open_page, locale):
    """Our words and Gradio's."""
    page = open_page(locale)
    pages.ready(page)
    assert page.title() == "Inference workbench"
    page.get_by_role("tab", name="Find entities").wait_for()
    page.get_by_text("Use via API").wait_for()


def test_the_switch(open_page):
    """It leads back to the same tab, in the other language, also after a reload."""
    page = open_page("en-US")
    pages.ready(page)
    page.get_by_role("button", name="简体中文").click()
    page.get_by_role("tab", name="识别实体", selected=True).wait_for()
    page.reload()
    pages.ready(page)
    assert page.title() == "推理工作台"
    page.get_by_role("button", name="English").click()
    page.get_by_role("tab", name="Find entities", selected=True).wait_for()


def test_the_chat_in_chinese(open_page):
    """An example, the names of ratings, and what became of one."""
    page = open_page("zh-CN", "chat")
    pages.ready(page)
    page.get_by_text("你能做什么？", exact=True).click()
    page.locator(".wb-status.done").wait_for()
    page.get_by_role("button", name="反馈").click()
    page.get_by_text("太长", exact=True).click()
    page.get_by_label("说说原因（可不填）").fill("短一些")
    page.get_by_role("button", name="提交意见").click()
    page.get_by_text("谢谢，意见已保存。").wait_for()
    page.get_by_role("navigation", name="对话列表").get_by_role("button").click()
    page.locator("button.label-wrap", has_text="当前对话").click()
    with page.expect_download() as saved:
        page.get_by_role("button", name="反馈 CSV").click()
    assert "Too long" in saved.value.path().read_text("utf-8")


def test_one_language_for_all(open_page, tmp_path):
    """`--lang zh` with a login: both pages are Chinese in an English browser, without a switch."""
    env = {"APP_PASSWORD": "rose", "WORKBENCH_HOME": str(tmp_path)}
    with launching.app(env, "--lang", "zh") as url:
        page = open_page("en-US", at=url)
        assert page.title() == "登录 · 推理工作台"
        assert page.get_by_role("button", name="English").count() == 0
        page.get_by_label("密码").fill("rose")
        page.get_by_role("button", name="登录").click()
        pages.ready(page)
        assert page.title() == "推理工作台"
        assert page.get_by_role("button", name="English").count() == 0
        page.get_by_role("button", name="退出登录").wait_for()
        page.close()


def test_programs_are_told_in_the_language_they_ask_for(url):
    """An error of the API, with and without a header; what it answers is the same."""
    from gradio_client import Client

    def told(**headers):
        client = Client(url, verbose=False, headers=headers)
        with pytest.raises(Exception) as caught:  # noqa: PT011 - AppError, by any name
            client.predict("", api_name="/ner")
        assert client.predict("Ada", api_name="/ner")[0]["entity_group"] == "PER"
        return str(caught.value)

    assert re.search("没有.*文本", told(**{"Accept-Language": "zh-CN"}))
    assert told().startswith("There is no text")
