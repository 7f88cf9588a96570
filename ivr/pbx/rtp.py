"""What Asterisk counted of a call's RTP, from `CHANNEL(rtcp,all)`: `ssrc=…;lp=3;rxjitter=0.0021;rxcount=1250;…`."""

WHAT = "CHANNEL(rtcp,all)"
ASK = f"${{{WHAT}}}"
TORN = 0.3
"""Share of packets lost from which a line that sounds noisy surely is."""
SURE = 0.95
ENOUGH = 50
"""Packets, a second of sound, before their share tells anything."""


def counted(text: str) -> dict[str, float]:
    """Packets received from the caller and lost on the way, and their jitter in ms; empty where nothing is known."""
    fields = dict(part.split("=", 1) for part in text.split(";") if "=" in part)
    try:
        received, lost = int(fields["rxcount"]), int(fields["lp"])
        jitter = float(fields["rxjitter"]) * 1000
    except (KeyError, ValueError):
        return {}
    return {"received": received, "lost": max(0, lost), "jitter_ms": round(jitter, 1)}


def lost_share(counters: dict[str, float]) -> float:
    """The share of the caller's packets that were lost; 0 while too few have come to tell."""
    sent = counters.get("received", 0) + counters.get("lost", 0)
    return counters["lost"] / sent if sent >= ENOUGH else 0.0


def surer(confidence: float, counters: dict[str, float]) -> float:
    """How sure a noisy line is noisy, now that what was lost on the way is known."""
    return max(confidence, SURE) if lost_share(counters) >= TORN else confidence
