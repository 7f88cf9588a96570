"""Check digits, against numbers whose check digit is published, and against every slip of one digit."""

import pytest

from ivr.checkdigit import ID, LUHN, fits, written

CARD = "4539578763621486"
PERSON = "11010519491231002X"
"""The example of GB 11643-1999."""


def test_right_ones_fit():
    assert fits(LUHN, CARD)
    assert fits(ID, PERSON)
    assert fits(ID, "440524188001010014"), "the standard's second example"
    assert fits("", "123")


@pytest.mark.parametrize("place", range(16))
def test_no_slip_of_one_digit_of_a_card_fits(place):
    for digit in set("0123456789") - {CARD[place]}:
        assert not fits(LUHN, CARD[:place] + digit + CARD[place + 1 :])


@pytest.mark.parametrize("place", range(18))
def test_no_slip_of_one_digit_of_an_identity_number_fits(place):
    for digit in set("0123456789") - {PERSON[place]}:
        assert not fits(ID, PERSON[:place] + digit + PERSON[place + 1 :])


def test_two_digits_that_changed_places_are_found():
    for place in range(16):
        changed = PERSON[:place] + PERSON[place + 1] + PERSON[place] + PERSON[place + 2 :]
        assert fits(ID, changed) == (changed == PERSON)


@pytest.mark.parametrize("kind", ["", LUHN, ID])
@pytest.mark.parametrize("keyed", ["", "12*4", "1#", "A", "١٢٣", "X" * 18, PERSON[:-1]])
def test_what_is_no_number_never_fits(kind, keyed):
    if keyed != PERSON[:-1] or kind:
        assert not fits(kind, keyed)


def test_the_star_at_the_end_is_an_x():
    assert written(PERSON.replace("X", "*")) == PERSON
    assert written("12*34") == "12*34"
