"""The line at a file's end that names the version it was made from."""

import pytest

from ivr.flowmark import made_from, marked, unmarked


@pytest.mark.parametrize("text", ["flow: x\n", "flow: x", "", "# made from version 3\nflow: x\n"])
def test_it_is_put_on_read_and_taken_off(text):
    whole = marked(text, 12)
    assert (made_from(whole), whole.count("# made from version 12")) == (12, 1)
    assert unmarked(whole).rstrip("\n") == text.rstrip("\n")
    assert marked(whole, 13) == marked(text, 13)
    assert made_from(text) == 0


def test_a_file_of_another_system():
    assert made_from("flow: x\r\n# made from version 7 \r\n") == 7
    assert unmarked("flow: x\r\n# made from version 7\r\n") == "flow: x\r\n"
