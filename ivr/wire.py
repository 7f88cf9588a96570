"""Events and commands as JSON: a tagged dataclass to a dict and back, by the class's own name."""

import dataclasses
import re
from typing import Any, ClassVar, Self, TypeVar, dataclass_transform

T = TypeVar("T", bound="Tagged")

REQUIRED = object()
"""Stands in a shape for the default of a field that has none."""


class Tagged:
    """What travels as JSON: knows its tag, its family (event or command), and its fields with their defaults."""

    __slots__ = ()
    family: ClassVar[dict[str, type["Tagged"]]]
    tag: ClassVar[str] = ""
    shape: ClassVar[tuple[tuple[str, object], ...]] = ()

    def to_json(self) -> dict[str, Any]:
        """The type's tag and the fields that differ from their defaults."""
        data: dict[str, Any] = {"type": self.tag}
        for name, default in self.shape:
            value = getattr(self, name)
            if value != default:
                data[name] = list(value) if type(value) is tuple else value
        return data

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """The object; raises ValueError for a type or a field that this version does not know."""
        fields = {key: tuple(value) if isinstance(value, list) else value for key, value in data.items()}
        kind: Any = cls.family.get(str(fields.pop("type", "")))
        if kind is None:
            raise ValueError(f"unknown {cls.__name__.lower()} type {data.get('type')!r}")
        try:
            made: Self = kind(**fields)
        except TypeError as error:
            raise ValueError(f"{data.get('type')}: {error}") from None
        return made


@dataclass_transform(frozen_default=True, field_specifiers=(dataclasses.field,))
def message(kind: type[T]) -> type[T]:
    """Makes a class an event or a command: a dataclass, entered in its family under its tag.

    mypy holds its objects immutable. At run time they are not frozen: a frozen dataclass takes three times
    as long to make, and a call makes thirty of them.
    """
    made: Any = dataclasses.dataclass(slots=True)(kind)
    made.shape = tuple((field.name, _default(field)) for field in dataclasses.fields(made))
    made.tag = tag(kind)
    if "family" not in kind.__dict__:
        made.family[made.tag] = made
    return made  # type: ignore[no-any-return]


def tag(kind: type) -> str:
    """`KeyPressed` -> `key_pressed`, the name used in journals and call scripts."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind.__name__).lower()


def _default(field: "dataclasses.Field[Any]") -> object:
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return REQUIRED if field.default is dataclasses.MISSING else field.default
