"""Frozen values as JSON and back: what was published is kept as a document and read again."""

from collections.abc import Mapping
from dataclasses import asdict, fields, is_dataclass
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

T = TypeVar("T")


def as_document(value: Any) -> dict[str, Any]:  # noqa: ANN401 - any frozen value of plain parts
    """Give a value as JSON holds it."""
    found = _plain(asdict(value))
    return dict(found)


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
    match value:
        case Mapping():
            return {str(name): _plain(one) for name, one in value.items()}
        case list() | tuple():
            return [_plain(one) for one in value]
        case str():
            return str(value)  # an enumerated word too
        case _:
            return value


def from_document(kind: type[T], document: Mapping[str, Any]) -> T:
    """Read what `as_document` gave; what later editions added has its default."""
    hints = get_type_hints(kind)
    given = {
        one.name: _read(hints[one.name], document[one.name])
        for one in fields(kind)  # type: ignore[arg-type]  # a dataclass, which `type` cannot say
        if one.name in document
    }
    return kind(**given)


def _read(kind: Any, value: Any) -> Any:  # noqa: ANN401 - a type and a value of JSON
    origin = get_origin(kind)
    if origin is UnionType:
        if value is None:
            return None
        return _read(next(one for one in get_args(kind) if one is not NoneType), value)
    if origin is tuple:
        return tuple(_read(get_args(kind)[0], one) for one in value)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {name: _read(get_args(kind)[1], one) for name, one in value.items()}
    if is_dataclass(kind):
        return from_document(kind, value)  # type: ignore[arg-type]  # as above
    return value
