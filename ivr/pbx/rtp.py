"""What Asterisk counted of a call's RTP, from `CHANNEL(rtcp,all)`: `ssrc=…;lp=3;rxjitter=0.0021;rxcount=1250;…`."""

ASK = "${CHANNEL(rtcp,all)}"


def counted(text: str) -> dict[str, float]:
    """Packets received from the caller and lost on the way, and their jitter in ms; empty where nothing is known."""
    fields = dict(part.split("=", 1) for part in text.split(";") if "=" in part)
    try:
        received, lost = int(fields["rxcount"]), int(fields["lp"])
        jitter = float(fields["rxjitter"]) * 1000
    except (KeyError, ValueError):
        return {}
    return {"received": received, "lost": max(0, lost), "jitter_ms": round(jitter, 1)}
