"""Versions of rows whose history the vendor does not keep: each change that a load has found.

A table with `versions_of` holds every row of that table as often as it was written, oldest load
first; what is gone has a last version that says so. All of it follows from the landings, so raw that
is made anew from them has the same versions.
"""

from __future__ import annotations

import duckdb

from ingestion.engine.landing import Manifest
from ingestion.engine.merge import Target, stamp
from ingestion.engine.warehouse import literal, quoted


def keep(
    connection: duckdb.DuckDBPyConnection, target: Target, versions: Target, manifest: Manifest
) -> None:
    """Add the rows that this load has written, or marked as gone, to the versions of the target.

    A version holds from the vendor's stamp on where that has moved, else from when it was read.
    """
    keys = ", ".join(quoted(target.column(key)) for key in target.table.key)
    connection.execute(
        f"insert into {versions.name} by name select t.*, "
        f"case when k.known is null or t._changed_at > k.known then t._changed_at "
        f"else {stamp(manifest.window.end)} end as _valid_from "
        f"from {target.name} t left join ("
        f"select {keys}, max(_valid_from) as known from {versions.name} group by {keys}"
        f") k using ({keys}) where t._load_id = {literal(manifest.load_id)}"
    )
