"""Services over real HTTP on loopback: answers, silence, errors, and how often they are asked."""

import asyncio
from contextlib import asynccontextmanager, suppress

import pytest
from aiohttp import web

from ivr.breaker import MOST
from ivr.commands import LookUp
from ivr.lookups import Lookups
from ivr.services import taken
from ivr.store import Store

FACTS = (("tariff", "policy.tariff"), ("paid", "policy.paid"), ("gone", "policy.gone"))
ANSWER = {"policy": {"tariff": "gold", "paid": True, "list": [1]}}
SILENCE = "silence"


class Crm:
    """A service that answers what it is told to, the last again and again, and keeps what it was asked."""

    def __init__(self, *answers) -> None:
        self.answers, self.asked = list(answers), []

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append((request.rel_url.raw_path_qs, request.headers.get("Authorization", "")))
        now = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if now == SILENCE:
            await asyncio.sleep(60)
        if isinstance(now, int):
            return web.Response(status=now, headers={"Location": "/elsewhere"})
        return web.Response(body=now) if isinstance(now, bytes) else web.json_response(now)


@asynccontextmanager
async def asking(crm, folder):
    app, store, told = web.Application(), Store(folder / "ivr.db"), []
    app.router.add_get("/{rest:.*}", crm.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = site._server.sockets[0].getsockname()[1]
    lookups = Lookups({"crm": f"http://127.0.0.1:{port}/api"}, folder, store, told.append)
    lookups.start()

    async def ask(path="/policies/1", service="crm", timeout=5.0, tries=2):
        answered = asyncio.get_running_loop().create_future()
        lookups.ask(LookUp(service, path, FACTS, timeout, tries), 7, answered.set_result)
        event = await answered
        assert event.to == 7
        return event.status, event.facts

    try:
        async with asyncio.timeout(60):
            yield ask, told, store
    finally:
        await lookups.close()
        await runner.cleanup()
        store.close()


def asked(test, crm, folder):
    async def main():
        async with asking(crm, folder) as (ask, told, store):
            await test(ask, told, store)

    asyncio.run(main())


def test_facts_are_taken_from_the_answer(tmp_path):
    crm = Crm(ANSWER)
    (tmp_path / "crm.token").write_text("secret\n")

    async def test(ask, told, _):
        assert await ask("/policies/%2F1?full=yes") == ("found", {"tariff": "gold", "paid": "yes"})
        assert told == []

    asked(test, crm, tmp_path)
    assert crm.asked == [("/api/policies/%2F1?full=yes", "Bearer secret")]


@pytest.mark.parametrize("status", [404, 410])
def test_what_the_service_does_not_know_is_unknown(tmp_path, status):
    async def test(ask, told, _):
        assert await ask() == ("unknown", {})
        assert told == []

    asked(test, Crm(status), tmp_path)


@pytest.mark.parametrize("first", [500, 503, 429])
def test_another_try_may_help(tmp_path, first):
    crm = Crm(first, ANSWER)

    async def test(ask, told, _):
        assert (await ask(timeout=20.0))[0] == "found"
        assert len(told) == 1

    asked(test, crm, tmp_path)
    assert len(crm.asked) == 2


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (400, "it answered with 400"), (401, "it answered with 401"), (302, "it answered with 302"),
        (b"<html>", "its answer is no JSON"), (b"[" * 70000, "its answer is longer than 64 kB"),
    ],
)  # fmt: skip
def test_another_try_would_not_help(tmp_path, answer, why):
    crm = Crm(answer)

    async def test(ask, told, _):
        assert await ask() == ("unavailable", {})
        assert told == [f"service crm: {why}"]

    asked(test, crm, tmp_path)
    assert len(crm.asked) == 1


def test_a_service_that_fails_again_and_again_is_left_alone_with_an_alarm(tmp_path):
    crm = Crm(500)

    async def test(ask, told, store):
        for _ in range(MOST + 2):
            assert await ask(tries=1) == ("unavailable", {})
        text = "service crm does not answer (it answered with 500): it is left alone for 30 s at a time"
        assert told.count(f"ALARM {text}") == 1
        assert [row[0] for row in store._db.execute("select text from alarms")] == [text]

    asked(test, crm, tmp_path)
    assert len(crm.asked) == MOST


def test_silence_is_asked_again_and_then_unavailable(tmp_path):
    crm = Crm(SILENCE)

    async def test(ask, told, _):
        assert await ask(timeout=0.3) == ("unavailable", {})
        assert told == ["service crm: no answer within 0.3 s"] * 2

    asked(test, crm, tmp_path)


def test_whatever_goes_wrong_the_call_gets_an_answer(tmp_path):
    """Such as a secret that is no text: a caller must never wait for a task that has died."""
    (tmp_path / "crm.token").write_bytes(b"\xff\xfe")

    async def test(ask, told, _):
        assert await ask() == ("unavailable", {})
        assert told == ["service crm: UnicodeDecodeError"]

    asked(test, Crm(ANSWER), tmp_path)


def test_nobody_there_is_unavailable_and_nothing_private_is_told(tmp_path):
    async def main():
        store, told = Store(tmp_path / "ivr.db"), []
        lookups = Lookups({"crm": "http://127.0.0.1:1"}, tmp_path, store, told.append)
        lookups.start()
        answered = asyncio.get_running_loop().create_future()
        lookups.ask(LookUp("crm", "/secret/4711", (), 5.0, 1), 1, answered.set_result)
        assert (await answered).status == "unavailable"
        assert told
        assert "4711" not in "".join(told)
        await lookups.close()
        store.close()

    asyncio.run(main())


def test_a_service_that_is_not_named_is_unavailable(tmp_path):
    async def test(ask, told, _):
        assert await ask(service="billing") == ("unavailable", {})
        assert told == ["there is no service billing: the setting `services` names them"]

    asked(test, Crm(ANSWER), tmp_path)


def test_a_line_that_closes_asks_nobody_any_more(tmp_path):
    crm = Crm(SILENCE)

    async def main():
        async with asking(crm, tmp_path) as (ask, told, _):
            running = asyncio.create_task(ask(timeout=50.0))
            while not crm.asked:
                await asyncio.sleep(0.01)
        assert told == []
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running

    asyncio.run(main())


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ({"a": {"b": 12.5}}, {"f": "12.5"}), ({"a": {"b": False}}, {"f": "no"}), ({"a": {"b": None}}, {}),
        ({"a": {"b": {}}}, {}), ({"a": [1]}, {}), ([], {}), (None, {}), ({"a": {"b": ""}}, {}),
        ({"a": {"b": "x" * 201}}, {}), ({"a": {"b": "x\ny"}}, {}),
    ],
)  # fmt: skip
def test_only_words_and_numbers_are_facts(answer, found):
    assert taken(answer, (("f", "a.b"),)) == found
