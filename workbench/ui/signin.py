"""The page to sign in on, and the button to sign out with."""

from __future__ import annotations

import html
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from workbench.language import translate
from workbench.ui.switch import switch_html

_CSS_FILE = Path(__file__).with_name("login.css")
_NEXT = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")


def safe_next(place: str) -> str:
    r"""*place* when it is a page of this app to go to after signing in, else the first one.

    >>> safe_next("/?tab=ner"), safe_next("//evil.example"), safe_next("/\\evil.example")
    ('/?tab=ner', '/', '/')
    """
    own = _NEXT.fullmatch(place) and not re.match(r"/log(in|out)\b", place)
    return place if own else "/"


def login_page(
    title: str,
    *,
    action: str,
    names: bool = True,
    optional: bool = False,
    place: str = "/",
    name: str = "",
    problem: str = "",
) -> str:
    """The whole page. *names*: people sign in by name, which is *optional* with a shared password.

    *place* is where to go afterwards, *problem* why the last try failed, in the words to show.
    """
    title = html.escape(translate(title))
    sign_in, called = translate("Sign in"), "Name (if you have one)" if optional else "Name"
    theme = parse_qs(urlsplit(place).query).get("__theme", [""])[-1]
    dark = f' data-theme="{theme}"' if theme in ("dark", "light") else ""
    first = names and not problem
    described = ' aria-describedby="problem"' if problem else ""
    person = f"""<label for="username">{translate(called)}</label>
<input id="username" name="username" autocomplete="username" autocapitalize="none" maxlength="64"
 spellcheck="false" value="{html.escape(name)}"{" required" * (not optional)}{" autofocus" * first}>
"""
    return f"""<!doctype html>
<html lang="en"{dark}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{sign_in} · {title}</title>
<link rel="icon" href="data:,">
<style>
{_CSS_FILE.read_text(encoding="utf-8")}</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p>{translate("Sign in to use it.")}</p>
<form method="post" action="{html.escape(action)}">
{f'<p class="problem" id="problem" role="alert">{html.escape(problem)}</p>' if problem else ""}
<input type="hidden" name="next" value="{html.escape(place)}">
{person if names else ""}<label for="password">{translate("Password")}</label>
<input id="password" name="password" type="password" autocomplete="current-password" required
{described}{" autofocus" * (not first)}>
<button>{sign_in}</button>
</form>
{switch_html(f"{action.rpartition('/')[0]}/language")}
</main>
</body>
</html>
"""


def logout_html(user: str | None = None) -> str:
    """The button for the head of the app, with the name of *user* if there is one."""
    name = f"<span>{html.escape(user)}</span> " if user else ""
    return (
        f'<form class="wb-out" method="post" action="logout">{name}<button>Sign out</button></form>'
    )
