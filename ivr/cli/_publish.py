"""Publishing a flow file, or keeping it as a draft: judged first, and never over another admin's work."""

import hashlib
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ivr import flowmark
from ivr.bounds import duration
from ivr.check import check
from ivr.checkfile import proof_of_file
from ivr.cli import Sorry
from ivr.cli._flowtexts import when
from ivr.cli.test import Tested, tested
from ivr.doctor import running as running_
from ivr.faults import Fault
from ivr.flow import Flow
from ivr.flowdiff import leaves, sentences
from ivr.flowfile import SUBFLOWS
from ivr.flowfile import load as load_flow
from ivr.flowparts import parts
from ivr.house import house_of
from ivr.merge import merge
from ivr.settings import Settings
from ivr.versions import Draft, Moved, Version, Versions
from ivr.yamlfile import read

TOLD = 3
"""Changes that make a message where none was written."""
MOST_DRAFTS = 99
BACKUP = ".before-merge"
OTHERWISE = "comes out otherwise: `ivr test` shows how, --update keeps it if that is what you want"


@dataclass(frozen=True)
class Judged:
    """A flow file with what check and its call scripts say of it; `faults` are those with which it could not run.

    `written` is the file's own text, `text` has the subflows behind it.
    """

    path: Path
    flow: Flow
    written: str
    text: str
    base: int
    said: str
    wrong: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @property
    def hash(self) -> str:
        """The hash that its calls' records will have."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def judged(path: Path, settings: Settings, scripts: str | None) -> Judged:
    """Reads and judges a file; raises Faults where it is no flow at all."""
    flow, written = load_flow(path), flowmark.unmarked(read(path))
    proof = proof_of_file(path, settings)
    found = tested(path, scripts or _scripts(path, flow, settings))
    if load_flow(path).hash != flow.hash:
        raise Sorry(f"{path} was changed while it was being read: try again")
    said = _said(found)
    if proof.bounds:
        said = f"ends within {duration(proof.bounds.end)}; {said}"
    wrong = [*map(str, proof.faults), *_failed(found)]
    text, base = flowmark.unmarked(flow.text), flowmark.made_from(flow.text)
    return Judged(path, flow, written, text, base, said, wrong, check(flow, house_of(settings)))


def _scripts(path: Path, flow: Flow, settings: Settings) -> str | None:
    """The scripts beside the file; of a copy elsewhere, those of the flow it is a copy of."""
    named = settings.flows / flow.name
    return str(named) if not path.with_suffix("").is_dir() and named.is_dir() else None


def _said(found: Tested) -> str:
    if not found.scripts:
        return "no call scripts"
    right = sum(script.ok for script in found.scripts.values())
    return f"{right} of {len(found.scripts)} call scripts as written, {len(found.unwalked)} outcomes not walked"


def _failed(found: Tested) -> Iterator[str]:
    for path, script in found.scripts.items():
        if not script.ok:
            yield f"{path}: {script.fault or OTHERWISE}"


# -- publishing ----------------------------------------------------------------------------------


def publish(one: Judged, versions: Versions, author: str, message: str, share: float) -> list[str]:
    """Publishes and lets it run, for all calls or a share of them; what is told. Raises Sorry."""
    flow, before = one.flow.name, versions.running(one.flow.name)
    if before and before.beside:
        raise Sorry(
            f"version {before.version} of {flow} is being tried: first `ivr flow share {flow} 100%`,"
            f" or `ivr flow rollback {flow}`"
        )
    if share < 1 and before is None:
        raise Sorry("the first version cannot have a share of the calls, there is none beside it: leave --share out")
    old = versions.get(flow, before.version) if before else None
    if old and old.hash == one.hash:
        raise Sorry(f"there is nothing to publish: {one.path} is version {old.number}, which runs")
    changed = sentences(versions.text(old.hash), one.text) if old else []
    now, number = time.time(), versions.newest(flow) + 1
    message = message or "; ".join(changed[:TOLD]) or ("comments and order only" if old else "first version")
    beside = before.version if before and share < 1 else 0
    version = Version(flow, number, one.hash, one.base, author, now, message, one.said)
    try:
        versions.publish(version, one.text, share, beside)
    except Moved:
        raise Sorry(f"somebody published {flow} at the same moment: see `ivr flow history {flow}`, try again") from None
    whom = f"{share:.0%} of the new calls" if beside else "new calls"
    told = [f"version {number} of {flow} is published, for {whom}", *(f"  {text}" for text in changed)]
    return [*told, *_mark(one, number)]


def _mark(one: Judged, number: int) -> Iterator[str]:
    """Notes in the file what it is now, so that the next change of it is known to be made from there."""
    try:
        _write(one.path, flowmark.marked(one.written, number))
    except OSError as error:
        yield f"{one.path} could not be written ({error.strerror}): end it with `# made from version {number}`"


def refuse_overtaken(one: Judged, base: int | None, versions: Versions) -> None:
    """Raises Sorry where somebody published since the version that the file was made from, or that is not known."""
    flow, newest, runs = one.flow.name, versions.newest(one.flow.name), versions.running(one.flow.name)
    made = one.base if base is None else base
    if made and versions.get(flow, made) is None:
        raise Sorry(f"{one.path} says it was made from version {made} of {flow}, and there is none: see the history")
    if made in {newest, *((runs.version, runs.beside or newest) if runs else ())}:
        return
    if not made:
        raise Sorry(
            f"{one.path} does not say which version it was made from, and {newest} is the newest: look at"
            f" `ivr flow diff {flow} {newest} {one.path}`, then publish with --base {newest}"
        )
    latest = versions.get(flow, newest)
    assert latest
    theirs = sentences(versions.text(_hash(versions, flow, made)), versions.text(latest.hash))
    raise Sorry(
        f"{one.path} was made from version {made}, and {latest.author} published version {newest} since"
        f" ({when(latest.at)}): not published\n"
        + "".join(f"  version {newest}: {text}\n" for text in theirs)
        + f"`ivr flow publish {one.path} --merge` writes both changes into your file, for you to read"
    )


def put_together(one: Judged, base: int | None, versions: Versions) -> list[str]:
    """Writes the newest version's changes into the files, which are not published yet; raises Sorry with conflicts."""
    flow, newest, made = one.flow.name, versions.newest(one.flow.name), one.base if base is None else base
    if not made or versions.get(flow, made) is None:
        raise Sorry(f"{one.path} does not say which version it was made from: add --base with its number")
    if made == newest:
        raise Sorry(f"there is nothing to merge: {one.path} was made from version {newest}, the newest")
    before, theirs = (versions.text(_hash(versions, flow, number)) for number in (made, newest))
    found = merge(before, one.text, theirs, ("your file", f"version {newest}"))
    if found.conflicts:
        listed = "\n  ".join(found.conflicts)
        raise Sorry(
            f"the two changes cannot be put together, and nothing was written:\n  {listed}\n"
            f"change {one.path} as agreed, then `ivr flow publish {one.path} --base {newest}`"
        )
    subflows = _changed_subflows(one, found.text)
    own = found.text if _in_one_file(one) else parts(found.text)[0]
    written = {**subflows, one.path: flowmark.marked(own, newest)}
    for path in written:
        if path.exists():
            path.with_name(path.name + BACKUP).write_text(read(path), encoding="utf-8")
    for path, text in written.items():
        _write(path, text)
    return [
        f"{one.path} has the changes of version {newest} now (yours alone: {one.path.name}{BACKUP}):",
        *(f"  {text}" for text in sentences(one.text, found.text)),
        *(f"{path} was changed with it: so were all flows of this folder that enter it" for path in subflows),
        f"read it, then `ivr flow publish {one.path}`",
    ]


def _in_one_file(one: Judged) -> bool:
    """Whether the subflows stand behind the flow in its own file."""
    return len(parts(one.written)) > 1


def _changed_subflows(one: Judged, text: str) -> dict[Path, str]:
    """What the files of subflows shall hold, of those that are otherwise in a whole text than in ours."""
    if _in_one_file(one):
        return {}
    ours = {_subflow(part): part for part in parts(one.text)[1:]}
    theirs = {_subflow(part): part for part in parts(text)[1:]}
    folder = one.path.parent / SUBFLOWS
    return {folder / f"{name}.yaml": part for name, part in theirs.items() if part != ours.get(name)}


def _subflow(part: str) -> str:
    """The name of a subflow, by its text."""
    return leaves(part)[("subflow",)]


def _hash(versions: Versions, flow: str, number: int) -> str:
    found = versions.get(flow, number)
    assert found
    return found.hash


def _write(path: Path, text: str) -> None:
    """Writes a file so that nobody reads a half of it."""
    path.parent.mkdir(exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(text, encoding="utf-8")
    if path.exists():
        fresh.chmod(path.stat().st_mode & 0o777)
    os.replace(fresh, path)


# -- drafts --------------------------------------------------------------------------------------


def draft(one: Judged, versions: Versions, author: str, message: str, number: int | None) -> list[str]:
    """Keeps a file's text as a draft that can be dialled; what is told. Raises Sorry."""
    there = {draft.number: draft for draft in versions.drafts()}
    free = (other for other in range(1, MOST_DRAFTS + 1) if other not in there)
    chosen = number or _own(one, author, there) or next(free, 0)
    if not chosen:
        raise Sorry(f"all {MOST_DRAFTS} numbers of drafts are taken: `ivr flow discard NUMBER` frees one")
    if chosen in there and there[chosen].author != author:
        raise Sorry(f"draft {chosen} is {there[chosen].author}'s: take another number, or `ivr flow discard {chosen}`")
    versions.keep_draft(Draft(chosen, one.flow.name, one.hash, one.base, author, time.time(), message), one.text)
    told = [f"draft {chosen} of {one.flow.name} can be dialled: 95585*{chosen}"]
    return told + [f"  not ready to be published: {text}" for text in one.wrong]


def _own(one: Judged, author: str, there: dict[int, Draft]) -> int:
    """The number of the author's draft of this flow, which a new one replaces."""
    return next((n for n, draft in there.items() if (draft.author, draft.flow) == (author, one.flow.name)), 0)


def line_told(settings: Settings) -> str:
    """When the line will know."""
    if running_.controller(settings):
        return "the running line takes it up within about a second, for new calls"
    return "no line is running on this data folder: the next one starts with it"


def refuse_wrong(one: Judged) -> None:
    """Raises Sorry with all that check and the call scripts have against the file."""
    if one.wrong:
        listed = "\n".join(one.wrong)
        raise Sorry(f"not published, because of {len(one.wrong)} fault{'s' * (len(one.wrong) > 1)}:\n{listed}")
