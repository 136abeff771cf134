"""What docs/course.md tells is so."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from workbench.course.gradio_old.table import ARGUMENTS, LOOK, SHOWN
from workbench.course.pictures import SCENES
from workbench.routes import COURSE_ROUTES
from workbench.settings import PORT_VARIABLES

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "course.md").read_text(encoding="utf-8")


def test_every_translation_is_listed():
    """The table names each argument that is translated."""
    translated = {name for rules in ARGUMENTS.values() for name in rules} | {*LOOK, *SHOWN}
    table = PAGE.partition("## What is translated")[2].partition("## What stays")[0]
    assert {name for name in translated if not re.search(rf"`{name}\b", table)} == set()


def test_variables_and_pictures_are_those_of_the_course():
    """Every variable that is set, and every picture that is made, is named."""
    names = {route.variable for route in COURSE_ROUTES} - {"HF_API_CHAT_BASE"}
    for name in [*names, *SCENES, PORT_VARIABLES[0], PORT_VARIABLES[-1]]:
        assert f"`{name}`" in PAGE


def test_options_are_those_there_are():
    """The page's table and the help name the same options."""
    told = set(re.findall(r"^\| `(-[-\w]+)", PAGE, re.MULTILINE))
    done = subprocess.run(
        [sys.executable, "-m", "workbench", "course", "run", "--help"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    there = set(re.findall(r"(?<![\w-])-{1,2}\w[-\w]*", done.stdout)) - {"-h", "--help", "--output"}
    assert told == there


@pytest.mark.parametrize("link", re.findall(r"\]\((\.\./[^)#]+)", PAGE))
def test_links_lead_somewhere(link):
    """Every file that the page links to is there."""
    assert (ROOT / "docs" / link).exists()


def test_sections_that_are_linked_are_there():
    """The README has the section that tells what a target is."""
    (section,) = re.findall(r"README\.md#([\w-]+)", PAGE)
    titles = re.findall(r"^#+ (.*)$", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    assert section in {re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in titles}
