"""Marks for records that are gone: vanished from a complete listing, or absorbed by another.

Everything here runs inside the transaction of the caller.
"""

from __future__ import annotations

import duckdb

from ingestion.engine import merge
from ingestion.engine.landing import Manifest
from ingestion.engine.merge import Target, count, stamp
from ingestion.engine.warehouse import literal, quoted
from ingestion.model import Entity, Source


def mark_vanished(
    connection: duckdb.DuckDBPyConnection, target: Target, manifest: Manifest, *, all_ages: bool
) -> int:
    """Mark rows whose key is not in `_seen`; return how many.

    Only what was there before the listing began may be missed by it, unless `all_ages`.
    """
    keys = " and ".join(
        f"t.{quoted(target.column(key))} = s.{quoted(target.column(key))}"
        for key in target.table.key
    )
    where = "not t._is_deleted"
    if not all_ages:
        where += f" and t._changed_at <= {stamp(manifest.window.end)}"
    for column in target.table.scope:
        name = quoted(target.column(column))
        where += f" and t.{name} in (select {name} from _scope)"
    return count(
        connection,
        f"update {target.name} t set _is_deleted = true, "
        f"_deleted_at = {stamp(manifest.window.end)}, "
        f"_landed_at = {stamp(manifest.landed_at)}, _load_id = {literal(manifest.load_id)} "
        f"where {where} and not exists (select 1 from _seen s where {keys})",
    )


def mark_absorbed(connection: duckdb.DuckDBPyConnection, target: Target, manifest: Manifest) -> int:
    """Mark the records that others of the table say they have absorbed; return how many."""
    table = target.table
    if table.absorbed is None:
        return 0
    key = quoted(target.column(table.key[0]))
    absorbed = quoted(target.column(table.absorbed))
    return count(
        connection,
        f"update {target.name} t set _is_deleted = true, _merged_into = m.winner, "
        f"_deleted_at = coalesce(t._deleted_at, m.absorbed_at), "
        f"_landed_at = {stamp(manifest.landed_at)}, _load_id = {literal(manifest.load_id)} "
        f"from (select loser, max(absorbed_at) as absorbed_at, "
        f"arg_max(winner, row(not winner_is_deleted, absorbed_at, winner)) as winner "
        f"from (select trim(unnest(string_split({absorbed}, ';'))) as loser, "
        f"{key} as winner, _is_deleted as winner_is_deleted, _changed_at as absorbed_at "
        f"from {target.name} where {absorbed} is not null) group by loser) m "
        f"where t.{key} = m.loser and t.{key} <> m.winner "
        f"and (not t._is_deleted or t._merged_into is distinct from m.winner)",
    )


def follow_heirs(connection: duckdb.DuckDBPyConnection, source: Source, entity: Entity) -> None:
    """Links that a load of the entity has read, or that lead to records that it has marked as
    absorbed, lead to the heirs."""
    tables = {
        table.name: table
        for each in source.entities.values()
        for table in each.tables
        if table.points_at is not None
    }
    own = {table.name for table in entity.tables}
    for table in tables.values():
        for each in source.entities.values():
            record = each.tables[0]
            if record.absorbed is None or not (table.name in own or each.name == entity.name):
                continue
            links = merge.target(connection, source.schema, table)
            records = merge.target(connection, source.schema, record)
            # An heir may have been absorbed in turn.
            while move_links(connection, links, records, each.name):
                pass


def move_links(
    connection: duckdb.DuckDBPyConnection, target: Target, record: Target, entity: str
) -> int:
    """Let links to an absorbed record lead to the one that absorbed it; return how many moved.

    The vendor moves them too, and moves no stamp of the records that they come from.
    """
    if target.table.points_at is None:
        return 0
    kind, identity = (quoted(target.column(name)) for name in target.table.points_at)
    key = quoted(record.column(record.table.key[0]))
    lost = f"t.{kind} = {literal(entity)} and t.{identity} = r.{key} and r._merged_into is not null"
    link = [quoted(target.column(name)) for name in target.table.key]
    same = " and ".join(f"t.{name} = m.{name}" for name in link)
    connection.execute(
        f"create or replace temp table _moved as select t.* replace (r._merged_into as {identity}) "
        f"from {target.name} t join {record.name} r on {lost}"
    )
    moved = count(connection, f"delete from {target.name} t using {record.name} r where {lost}")
    if moved:
        # The heir may have the link already, or inherit the same one twice.
        connection.execute(
            f"insert into {target.name} by name "
            f"select distinct on ({', '.join(link)}) * from _moved m "
            f"where not exists (select 1 from {target.name} t where {same})"
        )
    connection.execute("drop table _moved")
    return moved


def drop_orphans(
    connection: duckdb.DuckDBPyConnection,
    target: Target,
    record: Target,
    manifest: Manifest,
    *,
    is_complete: bool,
) -> int:
    """Delete rows that went with deleted records which the load has not met.

    A load of changes only knows that of the records it has marked itself.
    """
    if target.table.belongs_to is None:
        return 0
    entity, identity = (quoted(target.column(name)) for name in target.table.belongs_to)
    key = quoted(record.column(record.table.key[0]))
    marked = "true" if is_complete else f"_load_id = {literal(manifest.load_id)}"
    return count(
        connection,
        f"delete from {target.name} where {entity} = {literal(manifest.entity)} and {identity} in "
        f"(select {key} from {record.name} where _is_deleted and {marked} "
        f"and {key} not in (select {key} from _seen))",
    )
