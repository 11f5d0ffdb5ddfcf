"""The syntax tree of a SOQL query."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Path:
    """A field, perhaps of a parent: ("Owner", "Name")."""

    parts: tuple[str, ...]
    position: int

    @property
    def text(self) -> str:
        return ".".join(self.parts)


@dataclass(frozen=True)
class Selected:
    """A field, or a function of one. COUNT() has no path."""

    path: Path | None
    function: str | None
    alias: str | None
    position: int


@dataclass(frozen=True)
class FieldsOf:
    """FIELDS(ALL), FIELDS(STANDARD) or FIELDS(CUSTOM)."""

    group: str
    position: int


@dataclass(frozen=True)
class Literal:
    """`kind` is string, number, date, datetime, boolean or null; a string keeps its escapes."""

    kind: str
    text: str
    position: int


@dataclass(frozen=True)
class Comparison:
    """`operator` is =, !=, <, <=, >, >=, LIKE, IN or NOT IN."""

    path: Path
    operator: str
    values: tuple[Literal, ...]
    position: int


@dataclass(frozen=True)
class Logic:
    """`operator` is AND, OR or NOT (of one part)."""

    operator: str
    parts: tuple[Condition, ...]


Condition = Comparison | Logic


@dataclass(frozen=True)
class Order:
    item: Selected
    descending: bool
    nulls_last: bool


@dataclass(frozen=True)
class Query:
    text: str
    select: tuple[Selected | FieldsOf, ...]
    object: str
    object_position: int
    alias: str | None
    where: Condition | None
    group_by: tuple[Path, ...]
    order_by: tuple[Order, ...]
    limit: int | None
    offset: int

    @property
    def is_count(self) -> bool:
        """SELECT COUNT(): the number stands in totalSize, there are no rows."""
        first = self.select[0]
        return isinstance(first, Selected) and first.function == "COUNT" and first.path is None

    @property
    def is_aggregate(self) -> bool:
        """Groups rather than records."""
        functions = any(isinstance(one, Selected) and one.function for one in self.select)
        return bool(self.group_by) or (functions and not self.is_count)
