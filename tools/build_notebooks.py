"""Generate the notebooks of ``examples/notebooks`` in English and Chinese from one source each::

    python tools/build_notebooks.py

A source is Python in cells. ``# %%`` opens a cell of code, which both languages share;
``# %% [markdown] lang="en"`` opens a text, and the same text with ``lang="zh"`` follows it. The
same source gives the same bytes. Needs the extra `notebook`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

FOLDER = Path(__file__).parents[1] / "examples" / "notebooks"
LANGUAGES = ("en", "zh")
MARK = re.compile(r'^# %%(?P<text> \[markdown\] lang="(?P<language>\w+)")?$', re.MULTILINE)
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def read_cells(source: str) -> list[str | dict[str, str]]:
    r"""The cells of a source: code as text, prose by language. Raises ValueError.

    >>> read_cells('# %% [markdown] lang="en"\n# Hi\n# %% [markdown] lang="zh"\n# 你好\n# %%\n1')
    [{'en': 'Hi', 'zh': '你好'}, '1']
    """
    marks = [*MARK.finditer(source)]
    if source.count("\n# %%") + source.startswith("# %%") != len(marks):
        raise ValueError("a cell's first line is not as it has to be")
    ends = [mark.start() for mark in marks[1:]] + [len(source)]
    cells: list[str | dict[str, str]] = []
    for mark, end in zip(marks, ends, strict=True):
        body = source[mark.end() : end].strip("\n")
        if not mark["text"]:
            cells.append(body)
        elif mark["language"] == LANGUAGES[0]:
            cells.append({LANGUAGES[0]: _prose(body)})
        else:
            text = cells[-1] if cells else ""
            if isinstance(text, str) or mark["language"] in text:
                raise ValueError(f"a text begins in {mark['language']}: {body[:40]!r}")
            text[mark["language"]] = _prose(body)
    for cell in cells:
        if isinstance(cell, dict) and tuple(cell) != LANGUAGES:
            raise ValueError(f"a text is not in {' and '.join(LANGUAGES)}: {cell!r:.60}")
    return cells


def _prose(body: str) -> str:
    """The comment *body* as text."""
    lines = body.splitlines()
    if bad := [line for line in lines if not re.match(r"#( |$)", line)]:
        raise ValueError(f"not a comment in a text: {bad[0]!r}")
    return "\n".join(line[2:] for line in lines)


def build(source: str, name: str, language: str) -> str:
    """The notebook in *language* as JSON, without outputs; *name* begins the ids of its cells."""
    cells = [
        new_code_cell(cell, id=f"{name}-{number:02}")
        if isinstance(cell, str)
        else new_markdown_cell(cell[language], id=f"{name}-{number:02}")
        for number, cell in enumerate(read_cells(source), 1)
    ]
    notebook = new_notebook(cells=cells, metadata=METADATA)
    nbformat.validate(notebook)
    return nbformat.writes(notebook) + "\n"


def build_all() -> Iterator[tuple[Path, str]]:
    """Each notebook's path and content."""
    for path in sorted((FOLDER / "source").glob("*.py")):
        for language in LANGUAGES:
            file = FOLDER / language / f"{path.stem}.ipynb"
            yield file, build(path.read_text(encoding="utf-8"), path.stem, language)


if __name__ == "__main__":
    for file, content in build_all():
        file.parent.mkdir(exist_ok=True)
        file.write_text(content, encoding="utf-8")
