"""A page on its way to the browser: which language it gets, and what is translated of it."""

from __future__ import annotations

import asyncio
import json

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from workbench.language import current, speaking, translate
from workbench.language.markup import translate_html
from workbench.ui.language import Language, language_of, speak, translate_config, wanted
from workbench.ui.signin import login_page
from workbench.ui.streams import Done, follow

CONFIG = {
    "title": "Inference workbench",
    "components": [
        {"type": "textbox", "props": {"label": "Text", "value": "Text", "info": "Pixels."}},
        {"type": "button", "props": {"value": "Stop"}},
        {"type": "html", "props": {"value": "<p>Examples</p>"}},
        {
            "type": "dropdown",
            "props": {"choices": [["embedded (configured)", ""], ["first", "first"]]},
        },
        {
            "type": "chatbot",
            "props": {
                "examples": [{"text": "What can you do?"}],
                "feedback_options": ["Like", "Wrong"],
            },
        },
    ],
    "dependencies": [{"js": "() => /*say*/'Copied'"}, {"js": None}],
}
PAGE = (
    '<!doctype html><html\n\tlang="en"><head><script>window.gradio_config = %s;</script>'
    '<script>window.gradio_api_info = {"label": "Text"};</script></head></html>'
)


def escaped(config):
    """As Gradio writes it into a page."""
    return json.dumps(config).replace("<", "\\u003c").replace(">", "\\u003e")


def served(**options):
    """A client of an app of one page, with the language in front of it."""

    async def page(request):
        return HTMLResponse(PAGE % escaped(CONFIG))

    async def config(request):
        return JSONResponse(CONFIG)

    async def told(request):
        return PlainTextResponse(f"{current()} {translate('Stop')}")

    routes = [Route("/", page), Route("/config", config), Route("/told", told)]
    app = Starlette(routes=routes, middleware=[Middleware(Language, **options)])
    return TestClient(app, follow_redirects=False)


def config_of(page):
    """The description of the app inside a page."""
    return json.loads(page.partition("window.gradio_config = ")[2].partition(";</script>")[0])


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("<p>Examples</p>", "<p>示例</p>"),
        ("<h2><span>1</span> A picture</h2>", "<h2><span>1</span> 一张图片</h2>"),
        ('<nav aria-label="Conversations"></nav>', '<nav aria-label="对话列表"></nav>'),
        ("<p>Text <b>Text</b></p>", "<p>文本 <b>文本</b></p>"),
        ("<p>\n  Sign in\n  to use it.\n</p>", "<p>\n  登录后使用。\n</p>"),
        ("<div>Working · 7 calls</div>", "<div>运行中 · 7 次调用</div>"),
        ("<p>&lt;b&gt; stays</p>", "<p>&lt;b&gt; stays</p>"),
    ],
)
def test_what_html_says_is_translated(written, said):
    """Texts, attributes that are read, sentences over several lines; nothing else."""
    with speaking("zh"):
        assert translate_html(written) == said
    assert translate_html(written) == written


def test_a_sentence_with_marks_is_translated_whole():
    """Code inside a sentence stays where the Chinese sentence has it."""
    with speaking("zh"):
        said = translate_html(
            "<li>Write <code>HF_TOKEN=…</code> into a file <code>.env</code> in the folder you\n"
            "start from, or run <code>hf auth login</code>.</li>"
        )
    assert said.startswith("<li>在启动")
    assert "<code>.env</code> 文件" in said


def test_shown_words_are_translated_and_values_stay():
    """Labels, buttons, names of choices, scripts; not what is typed, nor a choice's value."""
    said = json.loads(translate_config(json.dumps(CONFIG).encode(), "zh"))
    text, button, html, choices, chat = (each["props"] for each in said["components"])
    assert text == {"label": "文本", "value": "Text", "info": "像素。"}
    assert (button["value"], html["value"]) == ("停止", "<p>示例</p>")
    assert choices["choices"] == [["embedded（已配置）", ""], ["first", "first"]]
    assert chat["examples"] == [{"text": "你能做什么？"}]
    assert chat["feedback_options"] == ["Like", "有错误"]
    assert said["title"] == "推理工作台"
    assert said["dependencies"][0]["js"] == '() => "已复制"'


@pytest.mark.parametrize("tag", ["zh", "zh-CN", "zh-Hans", "zh-TW", "zh-HK,zh;q=0.9,en;q=0.8"])
def test_every_chinese_browser_gets_chinese(tag):
    """The page, its language, and what Gradio follows; the API's description stays English."""
    answer = served().get("/", headers={"Accept-Language": tag})
    assert config_of(answer.text)["title"] == "推理工作台"
    assert 'lang="zh-CN"' in answer.text
    assert "value:'zh-CN'" in answer.text
    assert '{"label": "Text"}' in answer.text
    assert "\\u003cp\\u003e示例" in answer.text  # still nothing that ends the script
    assert answer.headers["Content-Language"] == "zh-CN"
    assert int(answer.headers["Content-Length"]) == len(answer.content)


@pytest.mark.parametrize("tag", ["en-US,en;q=0.9", "fr", "*", ""])
def test_others_get_english(tag):
    """The page as it was made, Gradio's words in English too."""
    answer = served().get("/", headers={"Accept-Language": tag})
    assert config_of(answer.text) == CONFIG
    assert 'lang="en"' in answer.text
    assert "value:'en'" in answer.text


def test_the_config_alone_is_translated_too():
    """A page that connects anew asks for its description by itself."""
    got = served().get("/config", headers={"Accept-Language": "zh"}).json()
    assert got["components"][1]["props"]["value"] == "停止"


def test_the_language_is_spoken_behind_it():
    """Whatever answers a request says it in its language, and the next one in its own."""
    client = served()
    assert client.get("/told", headers={"Accept-Language": "zh"}).text == "zh 停止"
    assert client.get("/told", headers={"Accept-Language": "fr"}).text == "en Stop"


def test_one_language_for_all():
    """A fixed language goes before all wishes, and there is nothing to switch."""
    client = served(fixed="zh")
    answer = client.get("/", headers={"Accept-Language": "en", "Cookie": "workbench-language=en"})
    assert config_of(answer.text)["title"] == "推理工作台"
    assert ".wb-lang" not in answer.text
    assert client.post("/language", data={"language": "en"}).status_code == 404


def test_the_switch_is_remembered():
    """It leads back to the page it was pressed on, in the other language from then on."""
    client = served()
    back = client.post(
        "/language",
        data={"language": "zh"},
        headers={"Referer": "http://testserver/?tab=ner", "Accept-Language": "en"},
    )
    assert (back.status_code, back.headers["Location"]) == (303, "/?tab=ner")
    assert "SameSite=Lax" in back.headers["Set-Cookie"]
    assert client.get("/told", headers={"Accept-Language": "en"}).text == "zh 停止"


def test_in_a_frame_the_address_tells_the_language():
    """Browsers keep no cookie there; requests of the page are known by where they come from."""
    client = served()
    back = client.post(
        "/language",
        data={"language": "zh"},
        headers={
            "Referer": "https://testserver/?tab=ner",
            "Origin": "https://testserver",
            "Sec-Fetch-Dest": "iframe",
        },
    )
    assert back.headers["Location"] == "/?tab=ner&lang=zh"
    assert "SameSite=None; Secure; Partitioned" in back.headers["Set-Cookie"]
    client.cookies.clear()
    assert client.get("/told?lang=zh").text == "zh 停止"
    framed = {"Referer": "https://testserver/?tab=ner&lang=zh"}
    assert client.get("/told", headers=framed).text == "zh 停止"
    elsewhere = {"Referer": "https://other/?lang=zh"}
    assert client.get("/told", headers=elsewhere).text == "en Stop"


@pytest.mark.parametrize(
    ("data", "status"), [({"language": "xx"}, 400), ({}, 400), ({"language": "z" * 200}, 413)]
)
def test_the_switch_takes_our_languages_alone(data, status):
    """Anything else is refused, and nothing is remembered."""
    answer = served().post("/language", data=data)
    assert answer.status_code == status
    assert "Set-Cookie" not in answer.headers


def test_the_switch_leads_back_to_the_login():
    """Where one wanted to go is not forgotten."""
    back = served().post(
        "/language",
        data={"language": "zh"},
        headers={"Referer": "http://testserver/login?next=/%3Ftab%3Dner"},
    )
    assert back.headers["Location"] == "/login?next=%2F%3Ftab%3Dner"


@pytest.mark.parametrize(
    "referer", ["http://testserver//evil.example", "http://other/?x=1", "http://[x", ""]
)
def test_the_switch_leads_nowhere_else(referer):
    """What is no page of the app leads to its first page."""
    answer = served(prefix="/wb").post(
        "/language", data={"language": "zh"}, headers={"Referer": referer}
    )
    assert answer.headers["Location"] in ("/", "/wb/")
    assert "Path=/wb/" in answer.headers["Set-Cookie"]


def test_a_wish_goes_before_the_cookie_before_the_browser():
    """`?lang=`, then the switch, then the header; a language that isn't ours is no wish."""

    def asked(query=b"", cookie=b"", header=b""):
        headers = [(b"cookie", cookie), (b"accept-language", header)]
        return wanted({"query_string": query, "headers": headers})

    assert asked(b"lang=en", b"workbench-language=zh", b"zh") == "en"
    assert asked(b"lang=xx", b"workbench-language=zh", b"en") == "zh"
    assert asked(b"", b"workbench-language=xx", b"zh") == "zh"
    assert asked() == "en"


class Asked:
    """A request as Gradio hands it to handlers."""

    def __init__(self, language):
        self.request = type("Request", (), {"scope": {"workbench.language": language}})


class App:
    """What `speak` needs of a Blocks."""

    async def call_function(self, function, inputs, iterator=None, requests=None, *rest):
        return await function()


def test_handlers_speak_the_language_of_who_asks():
    """Also in the thread of a call, and each in its own while they run at once."""

    async def handler():
        async for news in follow(lambda: translate("Stop")):
            if isinstance(news, Done):
                return news.result, translate("Clear")
        return None

    async def both():
        app = App()
        speak(app)
        calls = [app.call_function(handler, [], None, request) for request in requests]
        return await asyncio.gather(*calls)

    requests = [Asked("zh"), [Asked("en")], None]
    assert asyncio.run(both()) == [("停止", "清空"), ("Stop", "Clear"), ("Stop", "Clear")]
    assert language_of(None) is None


def test_the_login_page_speaks_too():
    """Its words and its title; the name that was typed stays."""
    with speaking("zh"):
        page = login_page("Inference workbench", action="/wb/login", optional=True, name="Text")
    for said in ("登录 · 推理工作台", "用户名（没有可不填）", "密码", 'action="/wb/language"'):
        assert said in page
    assert 'value="Text"' in page
