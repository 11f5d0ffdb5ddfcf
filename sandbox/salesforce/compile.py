"""A syntax tree and the org's describe to SQL over `sf_record`."""

from __future__ import annotations

from dataclasses import dataclass, field

from sandbox.salesforce import filters
from sandbox.salesforce.errors import (
    QueryError,
    unknown_field,
    unknown_object,
    unknown_relationship,
)
from sandbox.salesforce.schema import Field, ObjectType, find_object
from sandbox.salesforce.syntax import Comparison, Condition, FieldsOf, Logic, Path, Query, Selected
from sandbox.store import Store

_MOST_OFFSET = 2000
_MOST_FIELDS_ROWS = 200
_ARCHIVED_OBJECTS = frozenset({"Task", "Event"})
_ROOT = "r"
# Fields that have a column of their own, so that a change window or an id is an index range.
_COLUMNS = {
    "Id": "id",
    "CreatedDate": "created_at",
    "SystemModstamp": "stamp",
    "IsDeleted": "is_deleted",
}


@dataclass(frozen=True)
class Column:
    """A selected field: the aliases of the rows on the way to it, and its canonical path."""

    aliases: tuple[str, ...]  # one per relationship, from the record to the field's own row
    relationships: tuple[str, ...]
    field: Field

    @property
    def alias(self) -> str:
        return self.aliases[-1] if self.aliases else _ROOT

    @property
    def label(self) -> str:
        """The heading in a CSV."""
        return ".".join((*self.relationships, self.field.name))


@dataclass(frozen=True)
class AggregateColumn:
    label: str
    sql: str
    field: Field | None
    function: str | None


@dataclass
class Scope:
    """The rows within reach: the record itself and the parents joined to it so far."""

    store: Store
    query: Query
    entity: ObjectType
    joins: dict[tuple[str, ...], tuple[str, str]] = field(default_factory=dict)

    def resolve(self, path: Path) -> Column:
        """The field meant by a path, joining the parents on the way."""
        parts = path.parts
        if len(parts) > 1 and self.entity.relationship(parts[0]) is None:
            own_names = {self.entity.name.lower(), (self.query.alias or "").lower()}
            if parts[0].lower() in own_names:
                parts = parts[1:]
        aliases: tuple[str, ...] = ()
        types = [self.entity]
        names: list[str] = []
        for part in parts[:-1]:
            alias, types, name = self._join(aliases, types, part, path)
            aliases = (*aliases, alias)
            names.append(name)
        for kind in types:
            found = kind.field(parts[-1])
            if found is not None:
                return Column(aliases, tuple(names), found)
        raise unknown_field(parts[-1], types[0].name, query=self.query.text, position=path.position)

    def _join(
        self, aliases: tuple[str, ...], types: list[ObjectType], relationship: str, path: Path
    ) -> tuple[str, list[ObjectType], str]:
        """The alias of the parent, the objects that it may be, and the relationship's name."""
        references = [one for kind in types if (one := kind.relationship(relationship))]
        reference = references[0] if references else None
        parents = []
        if reference is not None and reference.relationship is not None:
            parents = [
                found for name in reference.targets if (found := find_object(self.store, name))
            ]
        if reference is None or reference.relationship is None or not parents:
            raise unknown_relationship(relationship, query=self.query.text, position=path.position)
        source = sql_of(Column(aliases, (), reference))
        key = (*aliases, reference.name)
        if key not in self.joins:
            joined = f"p{len(self.joins) + 1}"
            names = ", ".join(_quoted(kind.name) for kind in parents)
            self.joins[key] = (
                joined,
                f"left join sf_record as {joined} on {joined}.object in ({names}) "
                f"and {joined}.id = {source} and {joined}.purged = 0",
            )
        return self.joins[key][0], parents, reference.relationship

    @property
    def join_sql(self) -> str:
        return " ".join(sql for _, sql in self.joins.values())

    @property
    def parent_aliases(self) -> list[str]:
        return [alias for alias, _ in self.joins.values()]


@dataclass(frozen=True)
class Plan:
    """A query that was understood, ready to run."""

    query: Query
    entity: ObjectType
    columns: tuple[Column, ...]
    select_joins: str
    parent_aliases: tuple[str, ...]
    aggregates: tuple[AggregateColumn, ...]
    source: str  # "from ... where ..." of the rows that match
    parameters: tuple[object, ...]
    group_by: str
    order_by: str


def plan(query: Query, store: Store, *, include_deleted: bool) -> Plan:
    """Resolve every name of the query, or refuse it in the vendor's words."""
    entity = find_object(store, query.object)
    if entity is None or not entity.queryable:
        raise unknown_object(query.object, query=query.text, position=query.object_position)
    if query.offset > _MOST_OFFSET:
        raise QueryError(
            "NUMBER_OUTSIDE_VALID_RANGE", f"Maximum SOQL offset allowed is {_MOST_OFFSET}"
        )
    selected = Scope(store, query, entity)
    filtered = Scope(store, query, entity)
    columns: tuple[Column, ...] = ()
    aggregates: tuple[AggregateColumn, ...] = ()
    groups = [_groupable(filtered.resolve(path), path, query) for path in query.group_by]
    if query.is_aggregate:
        aggregates = _aggregates(query, filtered, groups)
    elif not query.is_count:
        columns = _columns(query, selected)
    parameters: list[object] = [entity.name]
    conditions = [f"{_ROOT}.object = ?", f"{_ROOT}.purged = 0"]
    if not include_deleted:
        conditions.append(f"{_ROOT}.is_deleted = 0")
        if entity.name in _ARCHIVED_OBJECTS and entity.field("IsArchived"):
            conditions.append(f"ifnull(json_extract({_ROOT}.fields, '$.IsArchived'), 0) = 0")
    if query.where is not None:
        conditions.append(_condition(query.where, filtered, parameters))
    order_by = _order_by(query, filtered)
    source = f"from sf_record as {_ROOT} {filtered.join_sql} where {' and '.join(conditions)}"
    return Plan(
        query=query,
        entity=entity,
        columns=columns,
        select_joins=selected.join_sql,
        parent_aliases=tuple(selected.parent_aliases),
        aggregates=aggregates,
        source=source,
        parameters=tuple(parameters),
        group_by=", ".join(sql_of(column) for column in groups),
        order_by=order_by,
    )


def sql_of(column: Column) -> str:
    name = column.field.name
    if name in _COLUMNS:
        return f"{column.alias}.{_COLUMNS[name]}"
    path = _quoted(f'$."{name}"')
    return f"json_extract({column.alias}.fields, {path})"


def _columns(query: Query, scope: Scope) -> tuple[Column, ...]:
    columns: list[Column] = []
    for item in query.select:
        if isinstance(item, FieldsOf):
            columns += _fields_of(item, query, scope.entity)
            continue
        if item.alias is not None:
            raise QueryError("MALFORMED_QUERY", "only aggregate expressions use field aliasing")
        assert item.path is not None  # only COUNT() has none, and that is no record query
        columns.append(scope.resolve(item.path))
    labels = set()
    for column in columns:
        if column.label in labels:
            raise QueryError("MALFORMED_QUERY", f"duplicate field selected: {column.label}")
        labels.add(column.label)
    return tuple(columns)


def _fields_of(item: FieldsOf, query: Query, entity: ObjectType) -> list[Column]:
    if item.group != "STANDARD" and not 0 < (query.limit or 0) <= _MOST_FIELDS_ROWS:
        text = f"The SOQL FIELDS function must have a LIMIT of at most {_MOST_FIELDS_ROWS}"
        raise QueryError("MALFORMED_QUERY", text)
    wanted = {"ALL": (False, True), "STANDARD": (False,), "CUSTOM": (True,)}[item.group]
    return [Column((), (), found) for found in entity.fields.values() if found.custom in wanted]


def _aggregates(query: Query, scope: Scope, groups: list[Column]) -> tuple[AggregateColumn, ...]:
    columns: list[AggregateColumn] = []
    unnamed = 0
    for item in query.select:
        if isinstance(item, FieldsOf) or (item.function is None and item.path is None):
            raise QueryError("MALFORMED_QUERY", "Field must be grouped or aggregated")
        if item.function is None:
            assert item.path is not None
            column = scope.resolve(item.path)
            if column not in groups:
                text = f"Field must be grouped or aggregated: {item.path.text}"
                raise QueryError("MALFORMED_QUERY", text)
            label = item.alias or column.field.name
            columns.append(AggregateColumn(label, sql_of(column), column.field, None))
            continue
        found = scope.resolve(item.path) if item.path is not None else None
        label = item.alias or f"expr{unnamed}"
        unnamed += item.alias is None
        sql = _function(item, found, query)
        columns.append(AggregateColumn(label, sql, found.field if found else None, item.function))
    return tuple(columns)


def _function(item: Selected, column: Column | None, query: Query) -> str:
    if column is None or item.path is None:
        return "count(*)"
    sql = sql_of(column)
    if item.function == "COUNT":
        return f"count({sql})"
    if item.function == "COUNT_DISTINCT":
        return f"count(distinct {sql})"
    numeric = column.field.type in filters.NUMBERS
    dated = column.field.type in {"date", "datetime"}
    if not numeric and not (dated and item.function in {"MIN", "MAX"}):
        text = f"field {column.field.name} does not support aggregate operator {item.function}"
        raise QueryError("MALFORMED_QUERY", text, query=query.text, position=item.position)
    return f"{str(item.function).lower()}({sql})"


def _groupable(column: Column, path: Path, query: Query) -> Column:
    if not column.field.groupable:
        text = f"field '{column.field.name}' can not be grouped in a query call"
        raise QueryError("INVALID_FIELD", text, query=query.text, position=path.position)
    return column


def _condition(condition: Condition, scope: Scope, parameters: list[object]) -> str:
    if isinstance(condition, Comparison):
        column = scope.resolve(condition.path)
        own_column = column.field.name in _COLUMNS and column.alias == _ROOT
        sql, values = filters.comparison(
            condition, column.field, sql_of(column), indexed=own_column, query=scope.query
        )
        parameters.extend(values)
        return sql
    assert isinstance(condition, Logic)
    parts = [_condition(part, scope, parameters) for part in condition.parts]
    if condition.operator == "NOT":
        return f"not ({parts[0]})"
    return "(" + f" {condition.operator.lower()} ".join(parts) + ")"


def _order_by(query: Query, scope: Scope) -> str:
    """Nulls come first in either direction unless the query says otherwise."""
    terms = []
    for order in query.order_by:
        item = order.item
        assert item.path is not None or item.function is not None
        column = scope.resolve(item.path) if item.path is not None else None
        if item.function is not None:
            if not query.is_aggregate:
                raise QueryError("MALFORMED_QUERY", "Ordered field must be grouped or aggregated")
            sql = _function(item, column, query)
        else:
            assert column is not None
            if not column.field.sortable:
                text = f"field '{column.field.name}' can not be sorted in a query call"
                raise QueryError("INVALID_FIELD", text, query=query.text, position=item.position)
            sql = sql_of(column)
            if column.field.type in filters.TEXTS:
                sql += " collate nocase"
        direction = "desc" if order.descending else "asc"
        nullable = column is None or column.field.name not in _COLUMNS or column.alias != _ROOT
        nulls = f" nulls {'last' if order.nulls_last else 'first'}" if nullable else ""
        terms.append(f"{sql} {direction}{nulls}")
    return ", ".join(terms)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
