"""A booster as the ear's file has it."""

import json

from tests.training.written import written


class Booster:
    """Stands for LightGBM's, which the tests do without."""

    def __init__(self, *roots):
        self.roots = roots

    def dump_model(self):
        return {"tree_info": [{"tree_structure": root} for root in self.roots]}


def leaf(value):
    return {"leaf_value": value}


def split(figure, threshold, low, high):
    return {"split_feature": figure, "threshold": threshold, "left_child": low, "right_child": high}


def trees(*roots):
    return json.loads(written(Booster(*roots), "by hand", ("a", "b"), ("yes", "no")))


def test_splits_and_leaves_stand_as_the_ear_reads_them():
    told = trees(split(1, 0.5, leaf(-1), split(0, 2, leaf(3), leaf(4))), leaf(7))
    assert told["made_by"] == "by hand"
    assert told["depth"] == 2
    first, second = told["trees"]
    assert first == {"class": "yes", "splits": [["b", 0.5, -1, 1], ["a", 2.0, -2, -3]], "leaves": [-1, 3, 4]}
    assert second == {"class": "no", "splits": [], "leaves": [7]}


def test_whether_a_figure_is_unknown_is_never_asked_by_the_ear():
    (told,) = trees(split(0, 1e300, split(1, 1, leaf(1), leaf(2)), leaf(9)))["trees"]
    assert told == {"class": "yes", "splits": [["b", 1.0, -1, -2]], "leaves": [1, 2]}
