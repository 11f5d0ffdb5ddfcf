"""Who was erased at the vendor: people who are missing in a complete listing without a trace.

Noticed in the transaction of the load that misses them, and written down as due together with all
that speaks of them; `erase.py` does it afterwards. Nothing here logs who it was.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import duckdb

from ingestion.engine.cursor import naive
from ingestion.engine.forget import kept_columns
from ingestion.engine.landing import Manifest
from ingestion.engine.merge import Target, stamp
from ingestion.engine.warehouse import OWN_COLUMNS, literal, quoted
from ingestion.model import Entity, Reconciled, Source

logger = logging.getLogger(__name__)

# More people at once than this are no wishes to be forgotten: a right was taken from us.
MOST, MOST_SHARE = 20, 0.02
# By so much may the vendor empty its bin too early.
MARGIN = timedelta(days=1)


class Due(NamedTuple):
    """A record to be changed, and the person because of whom."""

    entity: str
    id: str
    person_entity: str
    person: str
    is_sole: bool


def notice(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    entity: Entity,
    manifest: Manifest,
    *,
    target: Target,
    texts: Iterable[bytes],
    reconciled: Sequence[Reconciled],
) -> int:
    """Note who has vanished without a trace from a complete listing; return how many.

    `_seen` holds the keys of the listing. Nobody, when the vendor counts more than we have seen, be
    it in flight, or does not count: the next complete listing is soon enough.
    """
    if not entity.bin_days or manifest.mode not in ("full", "sweep"):
        return 0
    rows = reconciled[0]
    if rows.gap is None or rows.gap > 0:
        return 0
    found = _vanished(connection, target, manifest, timedelta(days=entity.bin_days))
    if found and target.table.absorbed is not None:
        # An heir that raw does not know yet still names whom it has absorbed.
        for body in texts:
            found = [identity for identity in found if identity.encode() not in body]
    if not found:
        return 0
    known = _count(connection, f"select count(*) from {target.name} where not _is_deleted")
    if len(found) > max(MOST, int((known + len(found)) * MOST_SHARE)):
        logger.warning(
            "%s.%s: %s people have vanished at once; that many are not erased by themselves: "
            "has the app lost a right? If not, `erase` takes their ids",
            source.name, entity.name, len(found),
        )  # fmt: skip
        return 0
    note(connection, source, entity, found, load_id=manifest.load_id)
    return len(found)


def note(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    entity: Entity,
    people: Sequence[str],
    *,
    load_id: str,
) -> None:
    """Write down what is to be done about these people: they, whom they absorbed, what was said."""
    table = f"{source.schema}.{quoted(entity.tables[0].name)}"
    key = quoted(entity.tables[0].key[0])
    connection.execute(
        f"create or replace temp table _people as with recursive p as ("
        f"select unnest(?::varchar[]) as id union "
        f"select t.{key} from {table} t join p on t._merged_into = p.id) select id, id as person "
        f"from p",
        [list(people)],
    )
    due = [
        Due(entity.name, identity, entity.name, identity, is_sole=True)
        for (identity,) in connection.execute("select id from _people").fetchall()
    ]
    for other in source.entities.values():
        due += _linked(connection, source, entity, other)
    now = naive(datetime.now(UTC))
    connection.executemany(
        "insert into _ingestion.erasures_due values (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            [
                source.name,
                one.entity,
                one.id,
                one.person_entity,
                one.person,
                one.is_sole,
                load_id,
                now,
            ]
            for one in due
        ],
    )
    connection.execute("drop table _people")


def _vanished(
    connection: duckdb.DuckDBPyConnection, target: Target, manifest: Manifest, bin: timedelta
) -> list[str]:
    """Who is neither in the listing nor merged, could still be seen if only deleted, and has
    anything left to be forgotten."""
    kept = kept_columns(target.table)
    own = {name.lower() for name in OWN_COLUMNS}
    filled = " or ".join(
        f"t.{quoted(name)} is not null"
        for lower, (name, _) in target.columns.items()
        if lower not in kept | own
    )
    key = quoted(target.column(target.table.key[0]))
    rows = connection.execute(
        f"select t.{key} from {target.name} t where t._is_deleted and t._merged_into is null "
        f"and t._deleted_at > {stamp(manifest.window.end - bin + MARGIN)} and ({filled or 'false'}) "
        f"and not exists (select 1 from _seen s where s.{key} = t.{key}) order by 1"
    ).fetchall()
    return [identity for (identity,) in rows]


def _linked(
    connection: duckdb.DuckDBPyConnection, source: Source, people: Entity, other: Entity
) -> list[Due]:
    """Records of another entity that speak of the people in `_people`, by column or by link."""
    table = other.tables[0]
    found: list[tuple[str, str, bool]] = []
    key = quoted(table.key[0])
    name = f"{source.schema}.{quoted(table.name)}"
    for column in table.speaks_of:
        others = [quoted(c) for c in (*table.others, *table.speaks_of) if c != column]
        sole = " and ".join(f"t.{c} is null" for c in others) or "true"
        found += connection.execute(
            f"select t.{key}, p.person, {sole} from {name} t "
            f"join _people p on t.{quoted(column)} = p.id"
        ).fetchall()
    links = next((each for each in other.tables if each.points_at is not None), None)
    if links is not None and links.points_at is not None and links.belongs_to is not None:
        kind, identity = map(quoted, links.points_at)
        from_kind, from_identity = map(quoted, links.belongs_to)
        link = f"{source.schema}.{quoted(links.name)}"
        mine = f"{from_kind} = {literal(other.name)}"
        found += connection.execute(
            f"select a.{from_identity}, max(p.person), not exists (select 1 from {link} b "
            f"where b.{mine} and b.{from_identity} = a.{from_identity} and not "
            f"(b.{kind} = {literal(people.name)} and b.{identity} in (select id from _people))) "
            f"from {link} a join _people p on a.{kind} = {literal(people.name)} "
            f"and a.{identity} = p.id where a.{mine} group by a.{from_identity}"
        ).fetchall()
    return [Due(other.name, one, people.name, person, sole) for one, person, sole in found]


def _count(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0
