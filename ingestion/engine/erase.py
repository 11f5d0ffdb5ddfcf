"""People who were erased at the vendor are forgotten here: in raw, in landing, in the file's bytes.

Noticed by the sweep that misses them (`vanish.py`), carried out after it: landing first, raw last,
since raw tells who is meant. What is due stays in the books until all of it is done, so a kill
at any point only means that the next load does it again. Nothing here says or logs who it was.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import duckdb

from ingestion.engine import forget, landing, unfinished
from ingestion.engine.cursor import naive
from ingestion.engine.forget import Forgotten, kept_columns
from ingestion.engine.merge import TEXTS
from ingestion.engine.vanish import Due
from ingestion.engine.warehouse import OWN_COLUMNS, columns_of, quoted
from ingestion.model import Entity, Home, Source, Table

logger = logging.getLogger(__name__)

SHORTEST_NAME = 4
_FIRST, _LAST = ("firstname", "first_name"), ("lastname", "last_name")


@dataclass
class _Work:
    """What is due of one entity."""

    due: list[Due] = field(default_factory=list)
    rows: int = 0
    files: int = 0


def carry_out(connection: duckdb.DuckDBPyConnection, source: Source, home: Home) -> int:
    """Do what is due; return how many rows of raw were changed."""
    found = connection.execute(
        "select distinct entity, id, person_entity, person, is_sole from _ingestion.erasures_due "
        "where source = ?",
        [source.name],
    ).fetchall()
    if not found:
        return 0
    due = [Due(*row) for row in found]
    work: dict[str, _Work] = defaultdict(_Work)
    for one in due:
        work[one.entity].due.append(one)
    patterns = {
        person: _naming(connection, source, person_entity, person)
        for person_entity, person in {(one.person_entity, one.person) for one in due}
    }
    plans = {
        name: _forgotten(connection, source, source.entity(name), each.due, patterns)
        for name, each in work.items()
    }
    for name, forgotten in plans.items():
        for folder in landing.folders(home.landing, source.name, name):
            work[name].files += forget.rewrite(folder, source.entity(name), forgotten)
        unfinished.forget(home.landing / source.name / name)
    connection.execute("begin")
    try:
        for name, forgotten in plans.items():
            work[name].rows += _empty(connection, source, source.entity(name), forgotten)
        _book(connection, source, work)
        connection.execute("commit")
    except BaseException:
        connection.execute("rollback")
        raise
    rows = sum(each.rows for each in work.values())
    logger.warning(
        "%s: %s rows changed in raw and %s files rewritten, to forget people",
        source.name,
        rows,
        sum(each.files for each in work.values()),
    )
    return rows


def _forgotten(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    entity: Entity,
    due: Sequence[Due],
    patterns: dict[str, re.Pattern[str] | None],
) -> Forgotten:
    others = [one for one in due if one.person_entity != entity.name]
    naming = {one.id: pattern for one in others if (pattern := patterns[one.person])}
    return Forgotten(
        whole=frozenset(one.id for one in due if one.person_entity == entity.name),
        sole=frozenset(one.id for one in others if one.is_sole),
        naming=naming,
        personal=_personal(connection, source, entity.tables[0], entity.name),
    )


def _personal(
    connection: duckdb.DuckDBPyConnection, source: Source, table: Table, entity: str
) -> frozenset[str]:
    """Personal columns in lower case: of the description, and of every load so far."""
    found = connection.execute(
        "select lower(field) from _ingestion.fields "
        "where source = ? and entity = ? and is_personal",
        [source.name, entity],
    ).fetchall()
    return frozenset(
        {name for (name,) in found} | {c.name.lower() for c in table.columns if c.personal}
    )


def _naming(
    connection: duckdb.DuckDBPyConnection, source: Source, entity: str, person: str
) -> re.Pattern[str] | None:
    """What names the person in a text: address, number, name."""
    table = source.entity(entity).tables[0]
    columns = {name.lower(): name for name in columns_of(connection, source.schema, table.name)}
    personal = _personal(connection, source, table, entity)
    chosen = [columns[name] for name in sorted(personal) if name in columns]
    if not chosen:
        return None
    apart = _said_apart(connection, source, source.entity(entity), person)
    row = connection.execute(
        f"select {', '.join(f'{quoted(name)}::varchar' for name in chosen)} "
        f"from {source.schema}.{quoted(table.name)} where {quoted(table.key[0])} = ?",
        [person],
    ).fetchone()
    values = {name.lower(): value for name, value in zip(chosen, row or (), strict=False) if value}
    told = [*values.values(), *apart]
    words = [value for value in told if "@" in value or _is_number(value)]
    names = [
        values[name]
        for name in (*_FIRST, *_LAST, "name")
        if len(values.get(name, "")) >= SHORTEST_NAME
    ]
    if not words and not names:
        return None
    parts = [*map(re.escape, words), *(rf"\b{re.escape(name)}\b" for name in names)]
    return re.compile("|".join(parts), re.IGNORECASE)


def _said_apart(
    connection: duckdb.DuckDBPyConnection, source: Source, entity: Entity, person: str
) -> list[str]:
    """Addresses and numbers that stand in tables of their own."""
    found: list[str] = []
    for table in _parts(entity):
        condition, values = _part_of(entity, table, [person])
        for column in table.columns:
            if column.personal:
                rows = connection.execute(
                    f"select {quoted(column.name)} from {source.schema}.{quoted(table.name)} "
                    f"where {condition} and {quoted(column.name)} is not null",
                    values,
                ).fetchall()
                found += [str(value) for (value,) in rows]
    return found


def _is_number(value: str) -> bool:
    return sum(character.isdigit() for character in value) >= 6


def _empty(
    connection: duckdb.DuckDBPyConnection, source: Source, entity: Entity, forgotten: Forgotten
) -> int:
    """Empty the columns in raw; return how many rows had something to lose."""
    table = entity.tables[0]
    name = f"{source.schema}.{quoted(table.name)}"
    key = quoted(table.key[0])
    kept = kept_columns(table)
    columns = [
        column
        for column in columns_of(connection, source.schema, table.name)
        if column not in OWN_COLUMNS
    ]
    ids = sorted(forgotten.ids)
    connection.execute(
        "create or replace temp table _ids as select unnest(?::varchar[]) as id", [ids]
    )
    found = connection.execute(
        f"select {key}, {', '.join(f'{quoted(c)}::varchar' for c in columns)} from {name} "
        f"where {key} in (select id from _ids)"
    ).fetchall()
    rows = 0
    for identity, *values in found:
        lost = [
            column
            for column, value in zip(columns, values, strict=True)
            if value is not None
            and forgotten.drops(identity, column.removesuffix(TEXTS), value, kept)
        ]
        if lost:
            rows += 1
            setting = ", ".join(f"{quoted(column)} = null" for column in lost)
            connection.execute(f"update {name} set {setting} where {key} = ?", [identity])
    if forgotten.whole:
        rows += _drop_parts(connection, source, entity, sorted(forgotten.whole))
    connection.execute("drop table _ids")
    return rows


def _drop_parts(
    connection: duckdb.DuckDBPyConnection, source: Source, entity: Entity, ids: Sequence[str]
) -> int:
    """Delete what erased records consisted of: their history, their links, their addresses."""
    rows = 0
    for table in _parts(entity):
        condition, values = _part_of(entity, table, ids)
        row = connection.execute(
            f"delete from {source.schema}.{quoted(table.name)} where {condition}", values
        ).fetchone()
        rows += int(row[0]) if row else 0
    return rows


def _parts(entity: Entity) -> list[Table]:
    return [table for table in entity.tables[1:] if table.parent]


def _part_of(entity: Entity, table: Table, ids: Sequence[str]) -> tuple[str, list[object]]:
    """The condition for rows of these parents. A table that several entities share names the kind
    of parent first."""
    *kind, identity = (quoted(name) for name in table.parent[:2])
    condition = f"{identity} in (select unnest(?::varchar[]))"
    if not kind:
        return condition, [list(ids)]
    return f"{kind[0]} = ? and {condition}", [entity.name, list(ids)]


def _book(connection: duckdb.DuckDBPyConnection, source: Source, work: dict[str, _Work]) -> None:
    now = naive(datetime.now(UTC))
    for name, each in work.items():
        for identity in sorted({one.id for one in each.due if one.person_entity == name}):
            digest = hashlib.sha256(f"{source.name}:{name}:{identity}".encode()).hexdigest()
            connection.execute(
                "insert into _ingestion.erasures values (?, ?, ?, ?, ?, ?, null)",
                [source.name, name, digest, now, sum(w.rows for w in work.values()),
                 sum(w.files for w in work.values())],
            )  # fmt: skip
    connection.execute("delete from _ingestion.erasures_due where source = ?", [source.name])
