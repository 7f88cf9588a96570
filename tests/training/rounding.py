"""Thresholds with six digits, as the forest's file has them."""

from decimal import ROUND_FLOOR, Context

_SIX = Context(prec=6, rounding=ROUND_FLOOR)


def rounded(threshold: float) -> float:
    """Six digits, never more than the threshold itself.

    Trees part at limits too: of values that end at 15, all below 15 from 15, at 14.99999. Rounded up, nothing would be
    above that any more.
    """
    return float(_SIX.create_decimal_from_float(threshold))
