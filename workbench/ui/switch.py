"""The switch between languages, in the head of the app and on the login page."""

from __future__ import annotations

import html

from workbench.language import LANGUAGES

TAGS = {"en": "en", "zh": "zh-CN"}
"""Our languages as browsers call them."""
SHOWN = "<style>.wb-lang{display:flex!important}</style>"


def switch_html(action: str = "language") -> str:
    """A form that posts the language chosen to *action*, which `workbench.ui.language` answers.

    Style sheets hide the language in force, and the whole unless the page comes with `SHOWN`:
    where it doesn't, it was not sent by us, or its language is fixed.
    """
    buttons = "".join(
        f'<button name="language" value="{code}" lang="{TAGS[code]}">{name}</button>'
        for code, name in LANGUAGES.items()
    )
    action = html.escape(action)
    return f'<form class="wb-lang" method="post" action="{action}">{buttons}</form>'
