"""How often Python looks for cyclic garbage: seldom, since calls leave next to none and every look costs them."""

import gc

YOUNG, MIDDLE, OLD = 50_000, 20, 50
"""Objects made, and looks at the younger ones, between two looks."""


def look_seldom() -> None:
    """For a process that serves calls: what is there now stays, and the rest is looked at less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
