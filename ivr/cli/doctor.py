"""`ivr doctor`: everything a call needs, checked one by one; each fault with its mend."""

import argparse
import json
from collections.abc import Sequence

from ivr.cli import _tell
from ivr.doctor import Finding, examine
from ivr.settings import load
from ivr.table import pad, width

HELP = "check everything a call needs; each fault with its mend"
EXAMPLES = """examples:
  ivr doctor           one line per check; works with the line running or not
  ivr doctor --json    for a monitoring system

exit code: 0 when all is in order, 1 when there is a fault"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="a JSON array: check, ok, text, mend")


def run(options: argparse.Namespace) -> int:
    findings = list(examine(load()))
    print(_json(findings) if options.json else "\n".join(lines(findings)))
    return 0 if all(one.ok for one in findings) else 1


def lines(findings: Sequence[Finding]) -> list[str]:
    """One line per finding, and the sum."""
    widest = max(width(one.check) for one in findings)
    told = [f"{'ok   ' if one.ok else 'FAULT'}  {pad(one.check, widest)}  {_text(one)}" for one in findings]
    faults = sum(not one.ok for one in findings)
    return [*told, _tell.told(f"{faults} fault{'' if faults == 1 else 's'}" if faults else "all in order")]


def _text(finding: Finding) -> str:
    return _tell.told(finding.text if finding.ok else f"{finding.text}. Mend: {finding.mend}")


def _json(findings: Sequence[Finding]) -> str:
    listed = [{"check": one.check, "ok": one.ok, "text": one.text, "mend": one.mend or None} for one in findings]
    return json.dumps(listed, ensure_ascii=False, indent=1)
