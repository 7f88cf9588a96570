"""The pages, and what is read out of them: tables, code, sections."""

import re

from ivr.audio.catalogue import load as load_catalogue
from ivr.native import HOME

PAGES = {path.relative_to(HOME).as_posix(): path.read_text() for path in [HOME / "README.md", *HOME.glob("docs/*.md")]}
CONF = "\n".join(path.read_text() for path in (HOME / "asterisk/conf").glob("*.conf"))
SOURCE = "\n".join(path.read_text() for path in (HOME / "ivr").rglob("*.py"))
CATALOGUE = load_catalogue(HOME / "ivr/prompts")
PROMPTS = {prompt for prompts in CATALOGUE.languages.values() for prompt in prompts}
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")

Table = list[dict[str, str]]


def page(name: str) -> str:
    return PAGES[name if name == "README.md" else f"docs/{name}.md"]


def plain(text: str) -> str:
    """A page without its fenced blocks."""
    return FENCE.sub("", text)


def fences(kind: str) -> list[tuple[str, str]]:
    return [(name, code) for name, text in PAGES.items() for lang, code in FENCE.findall(text) if lang == kind]


def tables(text: str) -> list[Table]:
    """Every table of a text; each row by its columns' names, the code signs left in."""
    found = []
    for block in re.findall(r"(?:^\|.*\n)+", plain(text) + "\n", re.MULTILINE):
        head, _, *rows = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in block.splitlines()]
        found.append([dict(zip(head, row, strict=True)) for row in rows])
    return found


def table(text: str, column: str) -> Table:
    """The only table whose first column has this name."""
    fitting = [one for one in tables(text) if next(iter(one[0])) == column]
    assert len(fitting) == 1, f"{len(fitting)} tables begin with `{column}`"
    return fitting[0]


def bare(cell: str) -> str:
    return cell.strip("`")


def coded(cell: str) -> list[str]:
    return SPAN.findall(cell)


def section(text: str, title: str) -> str:
    """The text below a heading, to the next of its rank or higher."""
    match = re.search(rf"^(#+) {re.escape(title)}\n(.*?)(?=^#{{1,2}} |^\1 |\Z)", text, re.MULTILINE | re.DOTALL)
    assert match, f"no heading {title!r}"
    return match[2]


def said() -> list[tuple[str, str]]:
    """Everything in code: spans, indented lines, fenced lines."""
    found = []
    for name, text in PAGES.items():
        found += [(name, code) for code in SPAN.findall(plain(text))]
        found += [(name, line) for _, code in FENCE.findall(text) for line in code.splitlines()]
        found += [(name, line) for line in re.findall(r"^    (.*)$", plain(text), re.MULTILINE)]
    return found
