"""Check digits: a number whose last digit follows from the others, so that a slip of the finger is found.

`luhn`: ISO/IEC 7812-1, annex B (bank cards). `id`: the Chinese resident identity number, GB 11643-1999, whose check
character is ISO 7064 MOD 11-2; its X is keyed as `*`.
"""

import string
from collections.abc import Iterator

LUHN, ID = "luhn", "id"
KINDS = (LUHN, ID)
ID_DIGITS = 18
_WEIGHTS = tuple(2**place % 11 for place in range(ID_DIGITS - 1, 0, -1))
_CHARACTERS = "10X98765432"
"""The check character by the weighted sum modulo 11."""


def written(keyed: str) -> str:
    """An identity number as it is written: the key `*` at its end is an X."""
    return f"{keyed[:-1]}X" if keyed.endswith("*") else keyed


def fits(kind: str, digits: str) -> bool:
    """Whether these are digits, and their check digit, where a kind of it is wanted, is right."""
    if kind == ID:
        return _id(digits)
    return digits.isascii() and digits.isdigit() and (kind != LUHN or _luhn(digits))


def completed(kind: str, start: str, size: int) -> Iterator[str]:
    """Numbers of a size that begin so, some of them: the rest is one digit again and again, and any check digit."""
    size = ID_DIGITS if kind == ID else size
    if len(start) >= size:
        yield start
        return
    for digit in string.digits:
        for last in f"{string.digits}X" if kind else digit:
            yield start + digit * (size - len(start) - 1) + last


def _luhn(digits: str) -> bool:
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(one - 9 * (one > 9) for one in doubled) % 10 == 0


def _id(digits: str) -> bool:
    body, last = digits[:-1], digits[-1:]
    if len(digits) != ID_DIGITS or not (body.isascii() and body.isdigit()):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True))
    return _CHARACTERS[total % 11] == last
