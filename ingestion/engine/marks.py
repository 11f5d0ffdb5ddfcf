"""Marks for records that are gone: vanished from a complete listing, or absorbed by another.

Everything here runs inside the transaction of the caller.
"""

from __future__ import annotations

import duckdb

from ingestion.engine.landing import Manifest
from ingestion.engine.merge import Target, count, stamp
from ingestion.engine.warehouse import literal, quoted


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
