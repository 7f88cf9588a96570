"""`ivr flow`: publishes flows as versions that never change, shows and compares them, goes back, keeps drafts."""

import argparse
import json
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict

from ivr import flowmark
from ivr.cli import Sorry, _publish, _tell
from ivr.cli._flows import file_of
from ivr.cli._flowtexts import FILE, author, running, text_of, version_of, when
from ivr.faults import Faults
from ivr.flow import Share
from ivr.flowdiff import sentences
from ivr.flowtrial import FlowTrial
from ivr.settings import Settings, load
from ivr.settingtypes import BadSetting, convert
from ivr.store import Store
from ivr.trial import Arm
from ivr.versions import Release, Version, Versions

HELP = "publish flows as versions, compare them, go back, try drafts by telephone"
EXAMPLES = """examples:
  ivr flow publish hotline -m "二线改为两次"   check it, play its call scripts, let it run for new calls
  ivr flow publish hotline --share 10%        for a tenth of the calls; it goes back by itself if it is worse
  ivr flow share hotline 100%                 the version on trial for all calls
  ivr flow rollback hotline                   back to what ran before, within a second or two
  ivr flow history hotline                    all versions: who, when, why, what check and tests said
  ivr flow diff hotline 6 7                   what changed, in sentences; also draft:3, file, a path
  ivr flow show hotline 6 > mine.yaml         a version's text; it says which one it is
  ivr flow publish mine.yaml --merge          somebody published meanwhile: both changes into your file
  ivr flow draft mine.yaml                    can be dialled as 95585*1; drafts, discard: list, take away"""

ACTIONS = ("publish", "history", "diff", "show", "rollback", "share", "draft", "drafts", "discard")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=ACTIONS)
    parser.add_argument("words", metavar="FLOW", nargs="*", help="the flow's name or a file; then versions, a share")
    parser.add_argument("-m", "--message", metavar="TEXT", default="", help="what this is for (else the changes)")
    parser.add_argument("--author", metavar="NAME", help="who publishes (the user who is logged in)")
    parser.add_argument("--share", metavar="PERCENT", default="100%", help="publish for this share of the calls")
    parser.add_argument("--base", metavar="VERSION", type=int, help="the version that the file was made from")
    parser.add_argument("--merge", action="store_true", help="write the newest version's changes into the file")
    parser.add_argument("--scripts", metavar="FOLDER", help="the folder of the call scripts (that of the flow)")
    parser.add_argument("--number", metavar="N", type=int, help="draft: the number to dial it by, 95585*N")
    parser.add_argument("--json", action="store_true", help="history, drafts: for other programs")


def run(options: argparse.Namespace) -> int:
    settings = load()
    with closing(Store(settings.database)) as store:
        for line in _DO[options.action](options, settings, store):
            print(_tell.told(line))
    return 0


def _words(options: argparse.Namespace, least: int, most: int, form: str) -> list[str]:
    words: list[str] = options.words
    if not least <= len(words) <= most:
        raise Sorry(f"write `{f'ivr flow {options.action} {form}'.strip()}`")
    return words


# -- what changes something ----------------------------------------------------------------------


def _judged(options: argparse.Namespace, settings: Settings) -> _publish.Judged:
    (name,) = _words(options, 1, 1, "FLOW")
    return _publish.judged(file_of(name, settings), settings, options.scripts)


def _do_publish(options: argparse.Namespace, settings: Settings, store: Store) -> Iterator[str]:
    versions, one, share = Versions(store), _judged(options, settings), _share(options.share)
    if options.merge:
        yield from _publish.put_together(one, options.base, versions)
        return
    _publish.refuse_overtaken(one, options.base, versions)
    _publish.refuse_wrong(one)
    yield from _publish.publish(one, versions, author(options.author), options.message, share)
    yield _publish.line_told(settings)


def _do_rollback(options: argparse.Namespace, settings: Settings, store: Store) -> Iterator[str]:
    flow, *which = _words(options, 1, 2, "FLOW [VERSION]")
    versions = Versions(store)
    now = running(flow, versions)
    number = version_of(which[0], flow, versions).number if which else _before(flow, now, versions)
    if (number, now.beside) == (now.version, 0):
        raise Sorry(f"version {number} of {flow} is what runs")
    why = options.message or f"back from version {now.version}"
    versions.release(flow, number, author(options.author), time.time(), why)
    yield f"version {number} of {flow} runs again, for all new calls"
    yield _publish.line_told(settings)


def _before(flow: str, now: Release, versions: Versions) -> int:
    """What ran before: beside a version on trial, else the last other version that ran for all calls."""
    if now.beside:
        return now.beside
    for release in reversed(versions.releases(flow)):
        number = release.beside or release.version
        if number < now.version:
            return number
    raise Sorry(f"version {now.version} is the first of {flow}: there is none to go back to")


def _do_share(options: argparse.Namespace, settings: Settings, store: Store) -> Iterator[str]:
    flow, *which, written = _words(options, 2, 3, "FLOW [VERSION] PERCENT")
    versions, share = Versions(store), _share(written)
    now = running(flow, versions)
    if not which and not now.beside:
        raise Sorry(f"no version of {flow} is being tried: name one, `ivr flow share {flow} VERSION {written}`")
    number = version_of(which[0], flow, versions).number if which else now.version
    beside = now.beside or now.version
    if number == beside:
        raise Sorry(f"version {number} of {flow} has the other calls: name another, or `ivr flow rollback {flow}`")
    why = options.message or f"share {written}"
    versions.release(flow, number, author(options.author), time.time(), why, share, beside if share < 1 else 0)
    yield f"version {number} of {flow} has {written} of the new calls"
    yield _publish.line_told(settings)


def _share(written: str) -> float:
    try:
        share = convert(Share, written)
    except BadSetting as bad:
        raise Sorry(f"`{written}`: {bad}") from None
    assert isinstance(share, float)
    if not share:
        raise Sorry("a share of 0% is none: `ivr flow rollback` ends a trial")
    return share


# -- what only shows -----------------------------------------------------------------------------

HEAD = ("version", "when", "author", "runs", "message", "check and tests")


def _do_history(options: argparse.Namespace, _settings: Settings, store: Store) -> Iterator[str]:
    (flow,) = _words(options, 1, 1, "FLOW")
    versions = Versions(store)
    now, all_ = running(flow, versions), versions.all(flow)
    if options.json:
        told = {"versions": [asdict(one) for one in all_], "releases": [asdict(one) for one in versions.releases(flow)]}
        yield json.dumps(told, ensure_ascii=False, indent=1)
        return
    rows = [
        (str(one.number), when(one.at), one.author, _runs(one, now), one.message, one.said) for one in reversed(all_)
    ]
    yield from _tell.table(HEAD, rows, ("version",))
    yield ""
    for release in versions.releases(flow):
        share = f" for {release.share:.0%} of the calls beside version {release.beside}" if release.beside else ""
        yield f"{when(release.at)}  version {release.version}{share}, by {release.author}: {release.why}"
    if now.beside:
        yield from _trial(now, versions, store)


def _runs(version: Version, now: Release) -> str:
    if version.number == now.version:
        return f"{now.share:.0%}"
    return f"{1 - now.share:.0%}" if version.number == now.beside else ""


def _trial(now: Release, versions: Versions, store: Store) -> Iterator[str]:
    """How both versions have done since the trial began."""
    new, old = (versions.get(now.flow, number) for number in (now.version, now.beside))
    assert new
    assert old
    counted = FlowTrial(store, now, new.hash, old.hash)
    found = counted.look()
    yield ""
    yield from _tell.table(("version", "calls", "broken", "gave up"), [
        _counts(now.version, counted.trial.new), _counts(now.beside, counted.trial.old),
    ], ("calls", "broken", "gave up"))  # fmt: skip
    yield found or "the new version has not been shown to be worse"


def _counts(number: int, arm: Arm) -> tuple[str, str, str, str]:
    def part(count: int) -> str:
        return f"{count} ({count / arm.calls:.0%})" if arm.calls else str(count)

    return str(number), str(arm.calls), part(arm.broken), part(arm.given_up)


def _do_diff(options: argparse.Namespace, settings: Settings, store: Store) -> Iterator[str]:
    flow, *which = _words(options, 1, 3, "FLOW [A [B]]")
    versions = Versions(store)
    first = which[0] if which else str(running(flow, versions).version)
    before, after = (text_of(word, flow, versions, settings) for word in (first, which[1] if which[1:] else FILE))
    told = sentences(before.text, after.text)
    yield f"{before.label} → {after.label}" + ("" if told else ": nothing that a call would notice")
    yield from (f"  {text}" for text in told)


def _do_show(options: argparse.Namespace, _settings: Settings, store: Store) -> Iterator[str]:
    flow, *which = _words(options, 1, 2, "FLOW [VERSION]")
    versions = Versions(store)
    version = version_of(which[0] if which else str(running(flow, versions).version), flow, versions)
    yield flowmark.marked(versions.text(version.hash), version.number).removesuffix("\n")


# -- drafts --------------------------------------------------------------------------------------


def _do_draft(options: argparse.Namespace, settings: Settings, store: Store) -> Iterator[str]:
    if options.number is not None and not 1 <= options.number <= _publish.MOST_DRAFTS:
        raise Sorry(f"a draft's number is 1 to {_publish.MOST_DRAFTS}")
    one = _judged(options, settings)
    if one.faults:
        raise Faults(one.faults)  # it could not run: who dials it would meet the flow that callers meet
    yield from _publish.draft(one, Versions(store), author(options.author), options.message, options.number)


def _do_drafts(options: argparse.Namespace, _settings: Settings, store: Store) -> Iterator[str]:
    _words(options, 0, 0, "")
    drafts = Versions(store).drafts()
    if options.json:
        yield json.dumps([asdict(one) for one in drafts], ensure_ascii=False, indent=1)
    elif drafts:
        rows = [(f"95585*{one.number}", one.flow, when(one.at), one.author, one.message) for one in drafts]
        yield from _tell.table(("dial", "flow", "when", "author", "message"), rows)
    else:
        yield "there are no drafts: `ivr flow draft FILE` keeps one"


def _do_discard(options: argparse.Namespace, _settings: Settings, store: Store) -> Iterator[str]:
    (number,) = _words(options, 1, 1, "NUMBER")
    if not number.isdecimal() or not Versions(store).discard(int(number)):
        raise Sorry(f"there is no draft `{number}`: `ivr flow drafts` lists them")
    yield f"draft {number} is gone"


_DO: dict[str, Callable[[argparse.Namespace, Settings, Store], Iterator[str]]] = {
    "publish": _do_publish,
    "history": _do_history,
    "diff": _do_diff,
    "show": _do_show,
    "rollback": _do_rollback,
    "share": _do_share,
    "draft": _do_draft,
    "drafts": _do_drafts,
    "discard": _do_discard,
}
