"""Boosters as the ear reads them: JSON, a tree a line."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tests.training.rounding import rounded

if TYPE_CHECKING:
    import lightgbm

_ANY = 1e30
"""A split at more asks only whether a figure is unknown; to the ear none is."""


def written(booster: "lightgbm.Booster", recipe: str, names: Sequence[str], classes: Sequence[str]) -> str:
    """The trees of a booster that looks at figures of these names; `recipe` is the command that makes them again."""
    found = [one["tree_structure"] for one in booster.dump_model()["tree_info"]]
    trees = [_tree(root, names, classes[number % len(classes)]) for number, root in enumerate(found)]
    lines = ",\n".join("  " + json.dumps(one) for one in trees)
    deepest = max(_depth(root) for root in found)
    return f'{{\n "made_by": {json.dumps(recipe)},\n "depth": {deepest},\n "trees": [\n{lines}\n ]\n}}\n'


def _tree(root: dict[str, Any], names: Sequence[str], kind: str) -> dict[str, Any]:
    splits: list[list[Any]] = []
    leaves: list[float] = []

    def place(node: dict[str, Any]) -> int:
        if node.get("threshold", 0) > _ANY:
            return place(node["left_child"])
        if "leaf_value" in node:
            leaves.append(round(node["leaf_value"], 5))
            return -len(leaves)
        number = len(splits)
        splits.append([names[node["split_feature"]], rounded(node["threshold"]), 0, 0])
        splits[number][2:] = [place(node["left_child"]), place(node["right_child"])]
        return number

    place(root)
    return {"class": kind, "splits": splits, "leaves": leaves}


def _depth(node: dict[str, Any]) -> int:
    return 0 if "leaf_value" in node else 1 + max(_depth(node["left_child"]), _depth(node["right_child"]))
