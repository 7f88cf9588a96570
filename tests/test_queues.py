"""The queues an admin has are the sections of queues.conf."""

from ivr.check import QUEUES
from ivr.queues import in_text, names


def test_sections_without_general_and_templates():
    text = "[general]\na=b\n[line](!)\n; [commented]\n[intake](line)\n[expert-desk](line)\n"
    assert in_text(text) == {"intake", "expert-desk"}


def test_the_shipped_queues():
    assert names() == QUEUES
