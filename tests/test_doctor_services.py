"""`ivr doctor` asks the services over real HTTP on loopback."""

import asyncio
import threading
from contextlib import contextmanager
from dataclasses import replace

import pytest
from aiohttp import web

from ivr.doctor.services import services
from ivr.settings import load


@contextmanager
def serving(answer):
    """A service in a thread of its own, since doctor has an event loop of its own; its address."""
    loop, ready, where = asyncio.new_event_loop(), threading.Event(), []

    async def serve():
        app = web.Application()
        app.router.add_get("/{rest:.*}", answer)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        where.append(site._server.sockets[0].getsockname()[1])
        ready.set()
        await stop.wait()
        await runner.cleanup()

    stop = asyncio.Event()
    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    assert ready.wait(30)
    try:
        yield f"http://127.0.0.1:{where[0]}"
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(30)
        loop.close()


@pytest.fixture
def settings(tmp_path):
    (tmp_path / "services").mkdir()
    return replace(load(tmp_path), data=tmp_path)


def found(settings, address):
    return list(services(replace(settings, services=f"crm={address}")))


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (200, ""),
        (404, ""),
        (302, ""),
        (401, "the service `crm` refuses the line (401)"),
        (503, "the service `crm` has an error of its own (503)"),
    ],
)
def test_what_a_service_answers(settings, status, text):
    async def answer(_request):
        return web.Response(status=status, headers={"Location": "/elsewhere"})

    with serving(answer) as address:
        (one,) = found(settings, address)
    assert (one.ok, one.text) == ((True, f"`crm` answers at {address}") if not text else (False, text))


def test_the_secret_is_sent_and_must_be_kept_from_others(settings):
    token = settings.data / "services/crm.token"
    token.write_text("s3cret")
    token.chmod(0o644)

    async def answer(request):
        return web.Response(status=200 if request.headers.get("Authorization") == "Bearer s3cret" else 401)

    with serving(answer) as address:
        readable, one = found(settings, address)
    assert one.ok
    assert readable.mend == f"chmod 600 {token}"


def test_one_that_is_not_there(settings):
    async def answer(_request):
        return web.Response()

    with serving(answer) as address:
        pass
    (one,) = found(settings, address)
    assert one.text.startswith(f"the service `crm` does not answer at {address} (")


def test_without_services_nothing_is_said(settings):
    assert list(services(settings)) == []
