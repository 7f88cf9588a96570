"""What changed from one flow to another, in sentences; where a node stands and what comments say is left out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from ivr.flow import NODE_TYPES, Seconds, Share
from ivr.flowparts import parts
from ivr.settingtypes import BadSetting, Setting, convert, settings_of

Path = tuple[str, ...]
Leaves = Mapping[Path, str]
"""Every value of a flow file as it is written, by the names that lead to it."""
NODES, THEN, TYPE = "nodes", "then", "type"
NONE = "none"


@dataclass(frozen=True)
class Change:
    """One difference: where, and the sentence that tells it; of a node with a new name, also the one `before`."""

    path: Path
    text: str
    before: str = ""


def leaves(text: str) -> dict[Path, str]:
    """The values of a flow's text, which has been read without faults; those of a subflow behind `subflow NAME`."""
    own, *subflows = (dict(_leaves(yaml.compose(part, Loader=yaml.CSafeLoader), ())) for part in parts(text))
    for one in subflows:
        name = f"subflow {one.pop(('subflow',), '')}"
        own |= {(name, *path): value for path, value in one.items()}
    return own


def _leaves(node: yaml.Node | None, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _leaves(value, (*path, str(key.value)))
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value, 1):
            yield from _leaves(value, (*path, str(number)))
    elif isinstance(node, yaml.ScalarNode):
        yield path, node.value.strip()


def changes(before: str, after: str) -> list[Change]:
    """All that a call could notice, in the order of the new file; what was taken out comes last."""
    old, new = leaves(before), leaves(after)
    names = dict(_renamed(old, new))
    old = {_called(path, names): _followed(path, value, names) for path, value in old.items()}
    told = [Change((NODES, to), f"node `{name}` is now called `{to}`", name) for name, to in names.items()]
    return [*told, *_top(old, new), *_nodes(old, new)]


def sentences(before: str, after: str) -> list[str]:
    """The changes as sentences, `menu: tries 3 → 2`."""
    return [change.text for change in changes(before, after)]


# -- nodes that only got another name ------------------------------------------------------------


def _renamed(old: Leaves, new: Leaves) -> Iterator[tuple[str, str]]:
    """Nodes that are gone, each with a new one that is the same in all but its name."""
    there, here = _bodies(old), _bodies(new)
    fresh = [name for name in here if name not in there]
    for name in (name for name in there if name not in here):
        same = [one for one in fresh if here[one] == there[name]]
        if same:
            fresh.remove(same[0])
            yield name, same[0]


def _bodies(flow: Leaves) -> dict[str, dict[Path, str]]:
    found: dict[str, dict[Path, str]] = {}
    for path, value in flow.items():
        if path[0] == NODES and len(path) > 2:
            found.setdefault(path[1], {})[path[2:]] = value
    return found


def _called(path: Path, names: Mapping[str, str]) -> Path:
    return (NODES, names[path[1]], *path[2:]) if path[0] == NODES and path[1:2] and path[1] in names else path


def _followed(path: Path, value: str, names: Mapping[str, str]) -> str:
    leads = path[0] in ("start", "always") or path[2:3] == (THEN,)
    return names.get(value, value) if leads else value


# -- what stands beside the nodes ----------------------------------------------------------------


def _top(old: Leaves, new: Leaves) -> Iterator[Change]:
    for path in _all(old, new):
        if path[0] != NODES and old.get(path) != new.get(path):
            where, what = (f"{path[0]}: ", ".".join(path[1:])) if path[1:] else ("", path[0])
            yield Change(path, f"{where}{what} {old.get(path, NONE)} → {new.get(path, NONE)}")


def _all(old: Leaves, new: Leaves) -> list[Path]:
    return [*new, *(path for path in old if path not in new)]


# -- nodes ---------------------------------------------------------------------------------------


def _nodes(old: Leaves, new: Leaves) -> Iterator[Change]:
    there, here = _bodies(old), _bodies(new)
    for name, body in here.items():
        if name not in there:
            yield Change((NODES, name), f"node `{name}` is new ({body.get((TYPE,), NONE)})")
        elif body != there[name]:
            yield from (Change((NODES, name, *path), text) for path, text in _node(name, there[name], body))
    for name in there:
        if name not in here:
            yield Change((NODES, name), f"node `{name}` was taken out")


def _node(name: str, old: Leaves, new: Leaves) -> Iterator[tuple[Path, str]]:
    kind = NODE_TYPES.get(new.get((TYPE,), ""))
    known = settings_of(kind) if kind else {}
    for path in _all(old, new):
        if old.get(path) == new.get(path):
            continue
        if path[0] == THEN:
            yield path, _led(name, path[-1], old.get(path), new.get(path))
            continue
        setting = known.get(path[0]) if len(path) == 1 else None
        before, after = _meant(setting, old.get(path)), _meant(setting, new.get(path))
        if before != after:
            shown = (_shown(setting, old.get(path)), _shown(setting, new.get(path)))
            yield path, f"{name}: {'.'.join(path)} {shown[0]} → {shown[1]}"


def _led(name: str, outcome: str, before: str | None, after: str | None) -> str:
    if after is None:
        return f"{name}: `{outcome}` leads nowhere any more (it led to {before})"
    if before is None:
        return f"{name}: `{outcome}` is new and leads to {after}"
    return f"{name}: `{outcome}` leads to {before} → {after}"


def _meant(setting: Setting | None, written: str | None) -> object:
    """The value a setting has, written or not: `60s` is `1m`, and what is not written is the default."""
    if setting is None or (written is None and setting.required):
        return written
    if written is None:
        return setting.default
    try:
        return convert(setting.type, written)
    except BadSetting:
        return written


def _shown(setting: Setting | None, written: str | None) -> str:
    if written is not None:
        return written
    return _as_written(setting.type, setting.default) if setting and not setting.required else NONE


def _as_written(kind: Any, value: object) -> str:  # noqa: ANN401 - a setting's type
    """A default as it would stand in a file."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if kind is Seconds and isinstance(value, float):
        return f"{value:g}s"
    if kind is Share and isinstance(value, float):
        return f"{value:.0%}"
    return str(value) or NONE
