"""The line starts whole or not at all, takes up changed flows while it runs, and ends as it was told to."""

import asyncio
import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ivr import settings as settings_
from ivr.demo.voices import Voices
from ivr.demo.world import Phone, World
from ivr.native import HOME
from tests.live.hearing import find, prompt, samples
from tests.live.lines import START, LiveLine, started
from tests.live.loop import Loop


def test_started_twice(mortal: LiveLine) -> None:
    second = subprocess.run(
        [sys.executable, "-m", "ivr", "run"], env=os.environ | mortal.environment, capture_output=True, text=True
    )
    assert second.returncode == 1
    assert second.stderr.count("\n") == 1
    assert "already runs" in second.stderr
    assert mortal.environment["IVR_SIP_PORT"] in second.stderr


@pytest.mark.parametrize("name", ["IVR_SIP_PORT", "IVR_AGI_PORT", "IVR_AMI_PORT", "IVR_AUDIOSOCKET_PORT"])
def test_port_taken(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    line = LiveLine(tmp_path_factory.mktemp("taken"))
    kind = socket.SOCK_DGRAM if name == "IVR_SIP_PORT" else socket.SOCK_STREAM
    with socket.socket(socket.AF_INET, kind) as holder:
        holder.bind(("127.0.0.1", int(line.environment[name])))
        if kind == socket.SOCK_STREAM:
            holder.listen()
        done = subprocess.run(
            [sys.executable, "-m", "ivr", "run"], env=os.environ | line.environment, capture_output=True, text=True
        )
    assert done.returncode == 1
    assert f"port {line.environment[name]} " in done.stderr
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr
    assert not (line.data / "asterisk/run/asterisk.pid").exists()


@pytest.mark.parametrize(("how", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["Ctrl-C", "SIGTERM"])
def test_ended_while_it_starts(tmp_path_factory: pytest.TempPathFactory, how: signal.Signals, code: int) -> None:
    """At the moment when Asterisk's process is there, and does not yet listen to anybody, signals neither."""
    line = LiveLine(tmp_path_factory.mktemp("early"))
    words, environment = [sys.executable, "-m", "ivr", "run"], os.environ | line.environment
    with subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as run:
        deadline = time.monotonic() + START
        while not processes_with(str(line.data / "asterisk/etc"), "-f") and run.poll() is None:
            assert time.monotonic() < deadline, "Asterisk was not started"
            time.sleep(0.01)
        run.send_signal(how)
        _, told = run.communicate(timeout=60)
    assert (run.returncode, told) == (code, "")
    assert processes_with(str(line.data)) == []


def processes_with(*words: str) -> list[str]:
    """The command lines of the processes that have all of these in theirs."""
    lines = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            lines.append(file.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
    return [line for line in lines if all(word in line for word in words)]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project whose Asterisk files may be broken; what was unpacked and the packages are shared."""
    for name in ("ivr", "asterisk"):
        shutil.copytree(HOME / name, tmp_path / name)
    (tmp_path / ".deps").symlink_to(HOME / ".deps")
    return tmp_path


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("pjsip.conf", "type=transport", "type=transprt", r"pjsip.conf:\d+:1: Asterisk has no SIP transport"),
        ("extensions.conf", "[hotline]", "[hotlin]", r"extensions.conf:1:1: calls go to extension s of \[hotline\]"),
        ("extensions.conf", "same => n,Answer(", "same => n,Anser(", r"extensions.conf:\d+:1: .* no application Anser"),
    ],
    ids=["transport", "context", "application"],
)
def test_a_mistake_in_asterisks_files_does_not_leave_a_line_that_nobody_reaches(
    project: Path, tmp_path_factory: pytest.TempPathFactory, file: str, old: str, new: str, told: str
) -> None:
    conf = project / "asterisk/conf" / file
    assert old in conf.read_text()
    conf.write_text(conf.read_text().replace(old, new, 1))
    line = LiveLine(tmp_path_factory.mktemp("broken"))
    environment = os.environ | line.environment | {"PYTHONPATH": str(project)}
    done = subprocess.run(
        [sys.executable, "-m", "ivr", "run"],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        timeout=START,
    )
    assert done.returncode == 1
    assert re.search(told, done.stderr), done.stderr
    assert "Traceback" not in done.stderr
    assert "ready" not in done.stdout.splitlines()
    assert processes_with(str(line.data)) == []


def test_broken_flow_is_refused_and_a_good_one_taken_up(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Judged by `ivr check`, the same reading that the running line does, and by what the line prints."""
    flows = tmp_path_factory.mktemp("flows")
    text = (settings_.load(environment={}).flows / "hotline.yaml").read_text()
    (flows / "hotline.yaml").write_text(text)
    with started(tmp_path_factory.mktemp("changing"), IVR_FLOWS=str(flows)) as line:
        (flows / "hotline.yaml").write_text(text.replace("start: greet", "start: gret"))
        line.until_printed("has mistakes; the running flow stays")
        line.until_printed(r"hotline.yaml:\d+:\d+: .*`gret`")
        (flows / "hotline.yaml").write_text(text.replace("tries: 3", "tries: 2"))
        line.until_printed("was taken up for new calls")


def test_ctrl_c_says_goodbye(run: Loop, mortal: LiveLine, outside: World, voices: Voices, number: str) -> None:
    async def call() -> Phone:
        caller = await outside.call(number)
        await caller.play(voices.claim)
        await mortal.seen(number, "> say main-menu")
        mortal.signal(signal.SIGINT)
        await caller.until_ended()
        return caller

    caller = run(call())
    assert mortal.wait() == 0
    assert "Connection lost" not in mortal.printed, "a library's word, and none of ours"
    assert find(samples(caller.heard), prompt(mortal, "line-closing"))
    ended = [one for one in json.loads(mortal.ivr("calls", "--json")) if one["caller"] == number]
    assert ended[0]["ended_by"] == "line"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", int(mortal.environment["IVR_SIP_PORT"])))


def test_sigterm_lets_calls_finish(run: Loop, mortal: LiveLine, outside: World, voices: Voices, number: str) -> None:
    async def call() -> None:
        caller = await outside.call(number)
        await caller.wait(0.3)
        await caller.keys("1")
        await mortal.seen(number, "> say offer-number")
        mortal.signal(signal.SIGTERM)
        await asyncio.to_thread(mortal.until_printed, "no new calls")
        await caller.keys("1")
        await mortal.seen(number, "> record")
        await caller.play(voices.claim)
        await caller.keys("#")
        await caller.until_ended()

    run(call())
    assert mortal.wait(60) == 0
    assert "Connection lost" not in mortal.printed, "a library's word, and none of ours"
    ended = [one for one in json.loads(mortal.ivr("calls", "--json")) if one["caller"] == number]
    assert ended[0]["outcome"] == "left_contact"
    assert ended[0]["recording_ok"], ended[0]["recording_faults"]
