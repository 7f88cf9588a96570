"""Events and commands as JSON: a tagged dataclass to a dict and back, by the class's own name."""

import dataclasses
import re
from typing import Any


def tag(kind: type) -> str:
    """`KeyPressed` -> `key_pressed`, the name used in journals and call scripts."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind.__name__).lower()


class Tagged:
    """A frozen dataclass that knows its family (event or command) and travels as JSON."""

    family: dict[str, type["Tagged"]]

    @classmethod
    def __init_subclass__(cls) -> None:
        if "family" in cls.__dict__:
            return
        cls.family[tag(cls)] = cls

    def to_json(self) -> dict[str, Any]:
        """The type's tag and the fields that differ from their defaults."""
        data: dict[str, Any] = {"type": tag(type(self))}
        for field in dataclasses.fields(self):  # type: ignore[arg-type]
            value = getattr(self, field.name)
            if value != field.default:
                data[field.name] = list(value) if isinstance(value, tuple) else value
        return data

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Any:  # noqa: ANN401 - the subclass the tag names
        """The object; raises ValueError for a type or a field that this version does not know."""
        fields = {key: tuple(value) if isinstance(value, list) else value for key, value in data.items()}
        kind = cls.family.get(str(fields.pop("type", "")))
        if kind is None:
            raise ValueError(f"unknown {cls.__name__.lower()} type {data.get('type')!r}")
        try:
            return kind(**fields)
        except TypeError as error:
            raise ValueError(f"{data.get('type')}: {error}") from None
