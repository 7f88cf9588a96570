"""A listening window: the line plays and hears at once, until the ear is sure or the caller does something."""

import asyncio
import time

from ivr.audio.detector import Label, Verdict
from ivr.events import Heard
from ivr.pbx import rtp
from ivr.pbx.ami import Ami, AmiError
from ivr.pbx.hands import Refused
from ivr.pbx.server import settle
from ivr.pbx.stream import Stream

SOUNDS = {Label.CLEAR: "speech", Label.NOISY: "noise", Label.SILENT: "silence"}


async def listen(stream: Stream, pcm: bytes, window: float, stop: asyncio.Event) -> Verdict | None:
    """Plays samples and listens on for `window` seconds; None where `stop` came first; raises Refused, StreamError."""
    ear = await stream.ear()
    verdict: asyncio.Future[Verdict] = asyncio.get_running_loop().create_future()
    ear.listen(pcm, window, lambda found: settle(verdict, found))
    await stream.until(verdict, stop)
    if verdict.done():
        return verdict.result()
    ear.stop()
    if stream.broken and not stop.is_set():
        raise Refused("the audio stream ended by itself")
    return None


async def heard(number: int, found: Verdict, ami: Ami, channel: str) -> Heard:
    """What was heard; how sure noise is, and what speaks for it, from the packets lost on the way too."""
    confidence, evidence = found.confidence, _plain(found)
    if found.label is Label.NOISY:
        counters = await _counters(ami, channel)
        confidence = rtp.surer(confidence, counters)
        evidence |= {"rtp_lost": round(rtp.lost_share(counters), 3)} if counters else {}
    return Heard(time.time(), number, SOUNDS[found.label], round(confidence, 3), evidence)


async def _counters(ami: Ami, channel: str) -> dict[str, float]:
    """Over AMI, since the stream holds the channel; nothing where AMI is away."""
    try:
        told = await ami.act("Getvar", Channel=channel, Variable=rtp.WHAT)
    except AmiError:
        return {}
    return rtp.counted(told.get("Value", ""))


def _plain(verdict: Verdict) -> dict[str, float]:
    return {"decided_at": round(verdict.decided_at, 3), **{k: round(v, 3) for k, v in verdict.evidence.items()}}
