"""`ivr flow publish` where two admins work on one flow: the later is refused, and both changes are put together."""

import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Ivr
from tests.cli.publishing import change, longer, published


@pytest.fixture
def two(ivr: Ivr, file: Path, tmp_path: Path) -> tuple[Path, Path]:
    """Two admins' copies of version 1; the first has published a change of it."""
    published(ivr, file, "--author", "李")
    mine = tmp_path / "mine.yaml"
    shutil.copy(file, mine)
    longer(ivr, file)
    published(ivr, file, "--author", "李")
    return file, mine


def test_the_later_of_two_is_refused_and_merged_on_wish(ivr, two):
    _, mine = two
    change(mine, "prompt: closing, interruptible: no", "prompt: closing, interruptible: yes")
    change(mine, "interruptible: yes,", "interruptible: no,")
    change(mine, "limits: {person: 2m", "limits: {person: 3m")
    ran = ivr("flow", "publish", mine)
    assert ran.code == 1
    assert "was made from version 1, and 李 published version 2 since" in ran.err
    assert "version 2: greet: sure 80% → 85%" in ran.err
    before = mine.read_text()
    assert "greet: sure 80% → 85%" in ivr("flow", "publish", mine, "--merge").out
    text = mine.read_text()
    assert "sure: 85%" in text
    assert "person: 3m" in text
    assert text.endswith("# made from version 2\n")
    assert mine.with_name("mine.yaml.before-merge").read_text() == before
    assert "  limits: person 2m → 3m\n" in published(ivr, mine).out


CARD = """# asks for a card
flow: card
start: ask
always: {failed: bye}

nodes:
  ask: {type: subflow, flow: pin, then: {done: bye}}
  bye: {type: say, prompt: closing, then: {done: end}}
"""
PIN = """# four digits
subflow: pin
start: ask

nodes:
  ask: {type: say, prompt: closing, then: {done: return}}
"""


@pytest.fixture
def with_subflow(ivr: Ivr, file: Path) -> Path:
    """A published flow with a subflow; the first admin's copy of it."""
    for name, text in (("card", CARD), ("subflows/pin", PIN)):
        (file.parent / f"{name}.yaml").parent.mkdir(exist_ok=True)
        (file.parent / f"{name}.yaml").write_text(text)
    mine = file.parent / "card.yaml"
    published(ivr, mine, "--author", "李")
    return mine


def overtaken(ivr: Ivr, mine: Path, folder: Path, **subflows: tuple[str, str]) -> None:
    """Another admin has published the flow from a folder of their own, with these changes of subflows."""
    shutil.copytree(mine.parent, folder)
    for name, (old, new) in subflows.items():
        change(folder / f"subflows/{name}.yaml", old, new)
    published(ivr, folder / "card.yaml", "--author", "王")


def test_subflows_are_merged_into_their_own_files(ivr, with_subflow, tmp_path):
    mine, pin = with_subflow, with_subflow.parent / "subflows/pin.yaml"
    overtaken(ivr, mine, tmp_path / "wang", pin=("prompt: closing", "prompt: closing, interruptible: no"))
    change(mine, "prompt: closing, then", "prompt: closing, interruptible: no, then")
    change(pin, "# four digits", "# four digits, as the bank says")
    before = pin.read_text()
    assert "was made from version 1, and 王 published version 2 since" in ivr("flow", "publish", mine).err
    ran = ivr("flow", "publish", mine, "--merge")
    assert ran.code == 0, ran.err
    assert f"{pin} was changed with it: so were all flows of this folder that enter it" in ran.out
    assert "interruptible: no" in mine.read_text()
    assert "# subflow" not in mine.read_text()
    assert "interruptible: no" in pin.read_text()
    assert pin.read_text().startswith("# four digits, as the bank says\n")
    assert pin.with_name("pin.yaml.before-merge").read_text() == before
    assert "  bye: interruptible yes → no\n" in published(ivr, mine).out


def test_a_subflow_that_the_other_has_added_gets_a_file(ivr, with_subflow, tmp_path):
    mine = with_subflow
    folder = tmp_path / "wang"
    shutil.copytree(mine.parent, folder)
    change(
        folder / "card.yaml",
        "then: {done: bye}}",
        "then: {done: again}}\n  again: {type: subflow, flow: sum, then: {done: bye}}",
    )
    (folder / "subflows/sum.yaml").write_text(PIN.replace("subflow: pin", "subflow: sum"))
    published(ivr, folder / "card.yaml", "--author", "王")
    ran = ivr("flow", "publish", mine, "--merge")
    assert ran.code == 0, ran.err
    assert (mine.parent / "subflows/sum.yaml").read_text() == (folder / "subflows/sum.yaml").read_text()
    assert not (mine.parent / "subflows/pin.yaml.before-merge").exists(), "it did not change"
    assert "nothing to publish" in ivr("flow", "publish", mine).err


def test_subflows_that_both_changed_otherwise_stay_as_they_were(ivr, with_subflow, tmp_path):
    mine, pin = with_subflow, with_subflow.parent / "subflows/pin.yaml"
    overtaken(ivr, mine, tmp_path / "wang", pin=("prompt: closing", "prompt: survey"))
    change(pin, "prompt: closing", "prompt: main-menu")
    before = mine.read_text(), pin.read_text()
    ran = ivr("flow", "publish", mine, "--merge")
    assert ran.code == 1
    assert (
        "subflow pin.nodes.ask.prompt is closing → main-menu in your file and closing → survey in version 2" in ran.err
    )
    assert (mine.read_text(), pin.read_text()) == before


def test_a_conflict_is_a_sentence_and_the_file_stays_as_it_was(ivr, two):
    _, mine = two
    change(mine, "sure: 80%", "sure: 70%")
    before = mine.read_text()
    ran = ivr("flow", "publish", mine, "--merge")
    assert ran.code == 1
    assert "greet: sure is 80% → 70% in your file and 80% → 85% in version 2: agree on one" in ran.err
    assert mine.read_text() == before
    assert "version 3" in published(ivr, mine, "--base", "2").out, "agreed"


def test_a_file_that_does_not_say_what_it_was_made_from(ivr, two):
    _, mine = two
    change(mine, "# made from version 1\n", "")
    assert "does not say which version it was made from, and 2 is the newest" in ivr("flow", "publish", mine).err
    assert "add --base" in ivr("flow", "publish", mine, "--merge").err
    change(mine, "flow: hotline\n", "flow: hotline\n# made from version 9\n")
    assert "does not say" in ivr("flow", "publish", mine).err, "only the last line counts"
    assert "there is none" in ivr("flow", "publish", mine, "--base", "9").err
