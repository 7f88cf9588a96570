"""`ivr notice`: has the line say something to its callers at once, without a change of the flow."""

import argparse
import json
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from ivr.audio.catalogue import load as load_catalogue
from ivr.cli import Sorry, _tell, _when
from ivr.cli._flowtexts import author, when
from ivr.doctor import running
from ivr.noticeaudio import NoAudio, make, place
from ivr.notices import FOREVER, Notice, Notices
from ivr.queues import names as queue_names
from ivr.settings import Settings, load
from ivr.store import Store

HELP = "have the line say a notice to its callers: typhoon, outage; at once, without a change of the flow"
EXAMPLES = """examples:
  ivr notice on "受台风影响,查勘可能延迟,敬请谅解。" --until 18:00
  ivr notice on "咨询系统维护中。" --queue inquiry --from "2026-03-01 08:00" --until "2026-03-01 12:00"
  ivr notice on "因线路故障,请您稍候。" --audio fault.wav      a recording; the text is for the lists
  ivr notice on "台风预警。" --en "A typhoon is on its way."  callers who hear English get their own words
  ivr notice list                                           what is said now, and what will be
  ivr notice off 3                                          ends it at once; `all` ends every one

Without --queue every caller hears it after the greeting, before the menu. A key goes on past it."""

HEAD = ("number", "state", "for", "from", "until", "author", "says")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=("on", "off", "list"))
    parser.add_argument("what", metavar="TEXT", nargs="?", default="", help="on: the words; off: the number, or all")
    parser.add_argument("--queue", metavar="QUEUE", action="append", default=[], help="only before it; may be repeated")
    parser.add_argument("--from", dest="from_", metavar="WHEN", help="18:00, 2h, or 2026-03-01 08:00 (now)")
    parser.add_argument("--until", metavar="WHEN", help="likewise (until it is switched off)")
    parser.add_argument("--audio", metavar="FILE", type=Path, help="a recording of the words")
    parser.add_argument("--en", metavar="TEXT", default="", help="the words in English")
    parser.add_argument("--spoken", metavar="TEXT", default="", help="how the synthesiser is to read the words")
    parser.add_argument("--author", metavar="NAME", help="who does it (the user who is logged in)")
    parser.add_argument("--all", action="store_true", help="list: those that have ended too")
    parser.add_argument("--json", action="store_true", help="list: for other programs")


def run(options: argparse.Namespace) -> int:
    settings = load()
    with closing(Store(settings.database)) as store:
        for line in _DO[options.action](options, settings, Notices(store)):
            print(_tell.told(line))
    return 0


def _on(options: argparse.Namespace, settings: Settings, notices: Notices) -> Iterator[str]:
    text, now = options.what.strip(), time.time()
    if not any(map(str.isalnum, text)):
        raise Sorry('write the words that callers are to hear: ivr notice on "…"')
    notice = Notice(notices.next(), text, _queues(options.queue), *_times(options, now), author(options.author), now)
    own = options.spoken or text
    texts = {settings.language: own} | ({"en": options.en} if options.en else {})
    try:
        took = make(notice.prompt, texts, options.audio, settings)
    except NoAudio as error:
        raise Sorry(str(error)) from None
    if not place(notice.prompt, languages(settings), settings):
        raise Sorry(f"the notice's audio could not be written to {settings.data / 'sounds'}: nothing was switched on")
    notices.switch_on(notice)
    yield f"notice {notice.number} is {_state(notice, now)}, {took:.0f} s long, for {_whom(notice)}"
    yield "the running line says it within about a second" if running.controller(settings) else "no line is running"


def languages(settings: Settings) -> tuple[str, ...]:
    """Every language in which the line has prompts."""
    return tuple(load_catalogue(settings.prompts).languages)


def _queues(named: list[str]) -> tuple[str, ...]:
    for name in named:
        if name not in queue_names():
            raise Sorry(f"there is no queue `{name}`; there are {', '.join(sorted(queue_names()))}")
    return tuple(dict.fromkeys(named))


def _times(options: argparse.Namespace, now: float) -> tuple[float, float]:
    moment = datetime.fromtimestamp(now)
    begin = _when.ahead(options.from_, moment) if options.from_ else now
    end = _when.ahead(options.until, moment) if options.until else FOREVER
    if end and end <= max(begin, now):
        raise Sorry(f"the notice would end ({when(end)}) before it begins: write a later --until")
    return begin, end


def _off(options: argparse.Namespace, _settings: Settings, notices: Notices) -> Iterator[str]:
    now = time.time()
    there = [notice.number for notice in notices.all() if not notice.ended(now)]
    chosen = there if options.what == "all" else [int(options.what)] if options.what.isdecimal() else []
    ended = [number for number in chosen if notices.switch_off(number, now)]
    if not ended:
        listed = ", ".join(map(str, there)) or "none"
        raise Sorry(f"there is no notice `{options.what}` to end: write a number or all; there are {listed}")
    yield from (f"notice {number} has ended" for number in ended)


def _list(options: argparse.Namespace, _settings: Settings, notices: Notices) -> Iterator[str]:
    now = time.time()
    shown = [notice for notice in notices.all() if options.all or not notice.ended(now)]
    if options.json:
        yield json.dumps([asdict(one) | {"state": _state(one, now)} for one in shown], ensure_ascii=False, indent=1)
    elif shown:
        yield from _tell.table(HEAD, [_row(notice, now) for notice in shown], ("number",))
    else:
        yield "there are no notices"


def _row(one: Notice, now: float) -> tuple[str, ...]:
    until = when(one.off_at or one.until_at) if one.off_at or one.until_at else "switched off"
    return (
        str(one.number),
        _tell.told(_state(one, now)),
        _whom(one),
        when(one.from_at),
        _tell.told(until),
        one.author,
        one.text,
    )


def _state(notice: Notice, now: float) -> str:
    return "ended" if notice.ended(now) else "on" if notice.on(now) else "to come"


def _whom(notice: Notice) -> str:
    return " ".join(notice.queues) or _tell.told("all")


_DO: dict[str, Callable[[argparse.Namespace, Settings, Notices], Iterator[str]]] = {
    "on": _on,
    "off": _off,
    "list": _list,
}
