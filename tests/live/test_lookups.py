"""A service asked in the middle of a real call, for what a subflow has gathered: its facts lead, keys are kept, and
nothing private is printed."""

import json
import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from ivr.demo.voices import Voices
from ivr.demo.world import Phone, World
from tests.live.conftest import numbers
from tests.live.hearing import heard
from tests.live.lines import LiveLine, started
from tests.live.loop import Loop
from tests.live.outside import outside_of

FLOW = """flow: hotline
start: check
always: {failed: bye}
nodes:
  check: {type: line_check, prompt: greeting-line, then: {speech: card, key: card, noise: bye, silence: bye}}
  card: {type: subflow, flow: card, then: {done: who, no_card: bye}}
  who:
    type: lookup
    service: crm
    path: /cards/{card}
    facts: {tariff: holder.tariff}
    timeout: 20s
    then: {found: which, unknown: sorry, unavailable: sorry}
  which: {type: branch, fact: tariff, then: {gold: menu, otherwise: sorry}}
  menu: {type: menu, prompt: main-menu, then: {3: bye, no_answer: sorry}}
  sorry: {type: end, prompt: system-fault}
  bye: {type: end}
"""


SUBFLOW = """subflow: card
start: ask
nodes:
  ask:
    type: gather
    prompt: enter-number
    fact: card
    least: 4
    most: 4
    private: yes
    then: {done: return, no_answer: return.no_card}
"""


class Crm(ThreadingHTTPServer):
    """Answers once it may, so that a test decides how long the caller waits."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.asked, self.may_answer = threading.Event(), threading.Event()


class Answer(BaseHTTPRequestHandler):
    """Knows one card."""

    server: Crm

    def do_GET(self) -> None:
        self.server.asked.set()
        self.server.may_answer.wait(15)
        known = self.path == "/api/cards/7351"
        body = json.dumps({"holder": {"tariff": "gold"}}).encode() if known else b""
        self.send_response(200 if known else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def crm() -> Iterator[Crm]:
    with Crm() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture(scope="module")
def office(crm: Crm, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveLine]:
    flows = tmp_path_factory.mktemp("cards") / "flows"
    (flows / "subflows").mkdir(parents=True)
    (flows / "hotline.yaml").write_text(FLOW)
    (flows / "subflows" / "card.yaml").write_text(SUBFLOW)
    services = f"crm=http://127.0.0.1:{crm.server_port}/api"
    with started(tmp_path_factory.mktemp("lookups"), IVR_FLOWS=str(flows), IVR_SERVICES=services) as live:
        yield live
    shutil.rmtree(flows)


@pytest.fixture(scope="module")
def outside(run: Loop, office: LiveLine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with outside_of(office, run, tmp_path_factory.mktemp("outside")) as made:
        yield made


def test_what_a_service_answers_leads_the_call(
    run: Loop, office: LiveLine, outside: World, voices: Voices, number: str, crm: Crm
) -> None:
    async def call() -> Phone:
        caller = await outside.call(number)
        await caller.play(voices.hello)
        await office.seen(number, "enter-number")
        await caller.keys("7351")
        await office.seen(number, "> look_up")
        await caller.keys("3")  # while the service still thinks: the menu behind takes it
        await office.seen(number, "< key_pressed 3")
        crm.may_answer.set()
        await caller.until_ended()
        return caller

    caller = run(call())
    assert office.record(number)["path"] == ["check", "card", "card.ask", "who", "which", "menu", "bye"]
    assert heard(office, caller, "closing")
    printed = "\n".join(office.printed)
    assert 'path="/cards/•••"' in printed
    assert "7351" not in printed
    assert "7351" not in office.ivr("call", office.record(number)["id"])


def test_what_it_does_not_know_leads_elsewhere(
    run: Loop, office: LiveLine, outside: World, voices: Voices, crm: Crm
) -> None:
    number = str(next(numbers))
    crm.may_answer.set()

    async def call() -> None:
        caller = await outside.call(number)
        await caller.play(voices.hello)
        await office.seen(number, "enter-number")
        await caller.keys("1234")
        await caller.until_ended()

    run(call())
    assert office.record(number)["path"] == ["check", "card", "card.ask", "who", "sorry"]
