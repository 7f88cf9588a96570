"""Events and commands as JSON: msgspec structs, tagged by the class's own name.

What equals its default may be left out. Objects are immutable, and cheap to make: a call makes thirty of them.
"""

import re
from collections.abc import Callable
from typing import Any, ClassVar, Self, TypeVar, Union

import msgspec

T = TypeVar("T", bound="Tagged")

REQUIRED = object()
"""Stands in a shape for the default of a field that has none."""


def tag(name: str) -> str:
    """`KeyPressed` -> `key_pressed`, the name used in journals and call scripts."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


class Tagged(
    msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, gc=False, tag_field="type", tag=tag
):
    """What travels as JSON: knows its tag, its family (event or command), and its fields with their defaults."""

    family: ClassVar[dict[str, type["Tagged"]]]
    tag: ClassVar[str] = ""
    shape: ClassVar[tuple[tuple[str, object], ...]] = ()

    def to_json(self) -> dict[str, Any]:
        """The type's tag and its fields."""
        data: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(self))
        return data

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """The object; raises ValueError for a type or a field that this version does not know, or a wrong value."""
        kind = cls.family.get(str(data.get("type", "")))
        if kind is None:
            raise ValueError(f"unknown {cls.__name__.lower()} type {data.get('type')!r}")
        try:
            return msgspec.convert(data, kind)  # type: ignore[return-value]
        except msgspec.ValidationError as error:
            raise ValueError(f"{data['type']}: {error}") from None


class Unreadable(ValueError):
    """A text that is no event or command of this version."""


def reader(family: type[T], many: bool = False) -> Callable[[str], Any]:
    """Reads JSON texts of a family, one object or a list of them each; raises Unreadable."""
    kinds: Any = Union[tuple(family.family.values())]  # noqa: UP007 - made at run time
    decode = msgspec.json.Decoder(list[kinds] if many else kinds).decode

    def read(text: str) -> Any:  # noqa: ANN401
        try:
            return decode(text)
        except (msgspec.DecodeError, UnicodeError) as error:
            raise Unreadable(str(error)) from None

    return read


def message(kind: type[T]) -> type[T]:
    """Makes a class an event or a command: enters it in its family under its tag."""
    fields = msgspec.structs.fields(kind)
    kind.shape = tuple((field.name, _default(field)) for field in fields)
    kind.tag = tag(kind.__name__)
    if "family" not in kind.__dict__:
        kind.family[kind.tag] = kind
    return kind


def _default(field: msgspec.structs.FieldInfo) -> object:
    if field.default_factory is not msgspec.NODEFAULT:
        return field.default_factory()
    return REQUIRED if field.default is msgspec.NODEFAULT else field.default
