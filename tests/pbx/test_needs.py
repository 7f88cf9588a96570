"""What an admin's mistake in Asterisk's files leaves callers without, from what Asterisk answers."""

import re

import pytest

from ivr.pbx.generate import CONF
from ivr.pbx.needs import EXTENSIONS, STEP_TOLD_BY, VITAL, said, unmet

QUEUES, AGENTS = frozenset({"intake", "inquiry"}), frozenset({"1001", "1002"})
DIALPLAN = "\n".join(f"[ Context '{name}' created by 'pbx_config' ]\n  '{one}' =>  1. Answer()  [extensions.conf:19]"
                     for name, one in EXTENSIONS.items())  # fmt: skip
GOOD = {
    "pjsip show transports": "Transport:  transport-udp             udp      0      0  127.0.0.1:5060",
    "pjsip show endpoints": " Endpoint:  1001/a  Not\n Endpoint:  1002/a  Not\n Endpoint:  public/x  Not",
    "dialplan show": f"{DIALPLAN}\n     [controller]   2. AGI(agi://${{IVR_AGI}}/call,x) [extensions.conf:34]",
    "core show applications": "    AGI: Executes. \n   Answer: Answers. ",
    "queue show": "intake has 0 calls (max 100) in 'leastrecent'\n   No Members\n\ninquiry has 0 calls (max 100)",
    "moh show classes": "Class: default\n\tMode: files",
    "features show": "noisy-phrase              no def  *2     \nsilent-phrase             no def  *1     ",
    "module show": "\n".join(f"{name}   something   0   Running   core" for name in (*VITAL, STEP_TOLD_BY)),
}  # fmt: skip


def told(**changes: tuple[str, str]) -> list[tuple[str, bool]]:
    answers = dict(GOOD)
    for name, (old, new) in changes.items():
        question = name.replace("_", " ")
        assert old in answers[question]
        answers[question] = answers[question].replace(old, new)
    return [(one.fault.text, one.vital) for one in unmet(answers, CONF, QUEUES, AGENTS)]


def test_all_is_there():
    assert told() == []


@pytest.mark.parametrize(
    ("question", "old", "new", "text", "vital"),
    [
        ("pjsip_show_transports", "transport-udp             udp", "No objects", "no SIP transport", True),
        ("pjsip_show_endpoints", "public/x", "1001/b", "no endpoint for callers", True),
        ("pjsip_show_endpoints", "1002/a", "public/b", "for the agents 1002", True),
        ("dialplan_show", "'hotline'", "'hotlin'", "extension s of [hotline]", True),
        ("dialplan_show", "'95585'", "'95586'", "extension 95585 of [public]", True),
        ("dialplan_show", "[controller]", "[contro]", "asks no controller", True),
        ("dialplan_show", "AGI(", "AGX(", "no application AGX", True),
        ("queue_show", "inquiry has", "inquir has", "the queue inquiry", True),
        ("moh_show_classes", "default", "defalt", "no music [default]", False),
        ("features_show", "*1 ", "*11", "*1 does nothing", False),
        ("module_show", "res_agi.so   something   0   Run", "res_agi.so   x   0   Not Run", "res_agi.so did not", True),
        ("module_show", "func_talkdetect", "func_talkdetekt", "are in step", False),
    ],
)  # fmt: skip
def test_each_thing_that_is_not(question, old, new, text, vital):
    ((found, grave),) = told(**{question: (old, new)})
    assert text in found
    assert grave is vital


def test_what_was_not_answered_is_not_judged():
    assert unmet(dict.fromkeys(GOOD, ""), CONF, QUEUES, AGENTS) == []
    assert unmet({}, CONF, QUEUES, AGENTS) == []


def test_it_stands_at_its_section():
    answers = GOOD | {"pjsip show transports": "No objects found."}
    (one,) = unmet(answers, CONF, QUEUES, AGENTS)
    assert (CONF / "pjsip.conf").read_text().splitlines()[one.fault.line - 1].startswith("[transport-udp]")


LOG = """\
[2026-11-29 19:03:46.009] WARNING[10390] pbx_config.c: Unknown directive: > s at line 33 of extensions.conf -- IGNORING!
[2026-11-29 19:03:46.009] ERROR[10390] pbx_config.c: No previous pattern to match 'same' at line 34 of extensions.conf!
[2026-11-29 19:03:46.010] ERROR[10390] pbx_config.c: No previous pattern to match 'same' at line 36 of extensions.conf!
[2026-11-29 19:03:46.010] NOTICE[10390] cdr.c: nothing in cdr.conf
[2026-11-29 19:03:46.010] WARNING[10390] loader.c: Some non-required modules failed to load.
[2026-11-29 19:03:46.010] ERROR[10390] res_sorcery_config.c: Could not create 'endpoint' from file 'pjsip.conf'
"""


def test_what_asterisk_says_of_the_files():
    found = [re.sub(r"^.*/", "", str(fault)) for fault in said(LOG, CONF)]
    assert found == [
        "extensions.conf:33:1: Asterisk says: Unknown directive: > s  -- IGNORING",
        "extensions.conf:34:1: Asterisk says: No previous pattern to match 'same'",
        "pjsip.conf:1:1: Asterisk says: Could not create 'endpoint' from file 'pjsip.conf'",
    ]
