"""The English texts in the code that a person may read, as the catalogue writes its keys."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]

# Words that are other people's, or no words of a person's language at all.
_FOREIGN = (
    "workbench/course/text_generation/types.py",  # as the package of that name says it
    "workbench/engines/embedded/",  # what it says is a result
    "workbench/engines/faults/",  # failures as other servers tell them
    "workbench/engines/generation/rules.py",  # as Text Generation Inference says it
    "workbench/engines/generation/tgi.py",
    "workbench/language/",
    "workbench/sentences.py",
    "workbench/store/exports.py",  # files stay English
)
# Their words are the interface's, which has a catalogue and a test of its own; errors are here.
_ERRORS_ALONE = (
    "workbench/ui/",
    "workbench/course/",
    "workbench/notebook/",
    "workbench/space/",
    "tasks/tabs/",
)
_PROSE = re.compile(r"[A-Za-z’'{}`,;:)]+ [a-z{`/]")
_ERROR = re.compile(r"(Error|Refusal|InUse|\bconfiguration|_unusable)$")
_NOT_SAID = re.compile(
    r"\s*(SELECT|INSERT|UPDATE|DELETE|PRAGMA|CREATE|DROP|<|#|-H|curl|import |\x1b)"
    r"|[\s{}.,;:·×→\[\]-]*$"
)
_FIELD = re.compile(r"\{[a-z_]+(![rs])?\}")


def files():
    """Path (from the root, with slashes) and syntax tree of each file with words of ours."""
    for path in sorted([*ROOT.glob("workbench/**/*.py"), *ROOT.glob("tasks/**/*.py")]):
        name = path.relative_to(ROOT).as_posix()
        if not name.startswith(_FOREIGN):
            yield name, ast.parse(path.read_text("utf-8"))


def said():
    """Text -> where it is said, for every text that may reach a person."""
    found = {}
    for name, tree in files():
        nodes = _errors(tree) if name.startswith(_ERRORS_ALONE) else [tree, *_command_helps(tree)]
        for node in nodes:
            for text in _texts(node):
                for line in keys(text):
                    found.setdefault(line, name)
    return found


def everything():
    """Every string in the code, docstrings too: what a key of the catalogue must be found in."""
    return {text for _, tree in files() for text in _texts(tree, docstrings=True)}


def keys(text):
    """*text* as keys of the catalogue: its lines, if they are prose."""
    for line in [] if _NOT_SAID.match(text) else text.split("\n"):
        line = _FIELD.sub("{}", line.strip())
        if _PROSE.search(line) and not _NOT_SAID.match(line):
            yield line


def template(node):
    """The text of a string, an f-string or a sum of them, `{}` for what is put in; else None.

    >>> template(ast.parse("'a ' + f'b {c}' + d", mode="eval").body)
    'a b {}{}'
    """
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(
            part.value if isinstance(part, ast.Constant) else "{}" for part in node.values
        )
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        sides = [template(node.left), template(node.right)]
        if sides != [None, None]:
            return "".join("{}" if side is None else side for side in sides)
    return None


def _texts(node, *, docstrings=False):
    """The texts of *node* and of what is in it; what goes to a log or a pattern left out."""
    if not docstrings and (_is_docstring(node) or _is_silent(node)):
        return
    text = template(node)
    if text is not None:
        yield text
        inside = _put_in(node)
    else:
        inside = ast.iter_child_nodes(node)
    for child in inside:
        yield from _texts(child, docstrings=docstrings)


def _put_in(node):
    """The expressions that a text has put in."""
    if isinstance(node, ast.JoinedStr):
        yield from (part.value for part in node.values if isinstance(part, ast.FormattedValue))
    elif isinstance(node, ast.BinOp):
        for side in (node.left, node.right):
            yield from [side] if template(side) is None else _put_in(side)


def _is_docstring(node):
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_silent(node):
    if not isinstance(node, ast.Call):
        return False
    return ast.unparse(node.func).startswith(("logger.", "re.", "_set"))


def _errors(tree):
    """The arguments of errors that are raised or made: messages and hints."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _ERROR.search(ast.unparse(node.func)):
            yield from node.args
            yield from (word.value for word in node.keywords if word.arg == "hint")


def _command_helps(tree):
    """What functions that are commands say of themselves, which is their help."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef):
            continue
        heads = [ast.unparse(each) for each in (*node.decorator_list, node.args)]
        if any(".command" in head or "typer." in head for head in heads):
            yield ast.Constant(ast.get_docstring(node) or "")
