"""The sentences that the program can say, found in its sources: templates, with `{1}`, `{2}` for what fills them.

Local names that hold parts of a sentence are put into it, both sides of a condition are followed; all else fills.
"""

import ast
import itertools
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

SAYS = {
    "Fault", "_fault", "fault", "BadSetting", "Sorry", "NoAudio", "NoDrawing", "Unfit",
    "say", "_say", "tell", "_tell", "_always_tell", "_alarm", "stopped",
    "SetupError", "AsteriskError", "AmiError", "AlreadyRunning", "PortTaken",
}  # fmt: skip
"""Who is given a sentence as the last argument."""
FINDS = {"Finding", "_told"}
"""Who is given what was found, and its mend, after a name."""
RETURNS = {"mistake"}
"""Which functions return one."""
HOLE = "\0"
MOST = 64

Names = dict[str, list[ast.expr]]


def templates(path: Path) -> set[str]:
    """All sentences of a module."""
    tree = ast.parse(path.read_text())
    found: set[str] = set()
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            names = _names(function)
            for said in _said(function):
                found |= {_numbered(text) for text in _texts(said, names, 0)}
    return {text for text in found if re.search(r"[a-z] [a-z]", text)}


def _said(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.expr]:
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and node.args:
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in SAYS:
                yield node.args[-1]
            elif name in FINDS:
                yield from node.args[1:]
        elif isinstance(node, ast.Return) and node.value and function.name in RETURNS:
            yield node.value


def _names(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Names:
    found: Names = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            found.setdefault(node.targets[0].id, []).append(node.value)
    return found


def _texts(node: ast.expr, names: Names, depth: int) -> Sequence[str]:
    """What an expression can say; a hole where that is known only when it runs."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.JoinedStr(values=values):
            return _product([_texts(value, names, depth) for value in values])
        case ast.FormattedValue(value=value):
            return _texts(value, names, depth)
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            return _product([_texts(left, names, depth), _texts(right, names, depth)])
        case ast.IfExp(body=body, orelse=other):
            return [*_texts(body, names, depth), *_texts(other, names, depth)]
        case ast.Name(id=name) if name in names and depth < 4:
            return [text for value in names[name] for text in _texts(value, names, depth + 1)]
    return [HOLE]


def _product(parts: list[Sequence[str]]) -> list[str]:
    return ["".join(one) for one in itertools.islice(itertools.product(*parts), MOST)]


def _numbered(text: str) -> str:
    numbers = itertools.count(1)
    return re.sub(f"{HOLE}+", lambda _: f"{{{next(numbers)}}}", text)
