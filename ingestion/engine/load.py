"""A landing folder into raw: one transaction for its rows, its line in the books and the cursor.

Killed at any instruction, the folder is either loaded or not; the next call loads it then.
"""

from __future__ import annotations

import logging
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from ingestion.engine import chunks, drift, marks, merge, parse, vanish, versions
from ingestion.engine.children import Children
from ingestion.engine.chunks import Chunk
from ingestion.engine.cursor import book
from ingestion.engine.ending import check
from ingestion.engine.errors import FatalError
from ingestion.engine.landing import Manifest, bodies, read_manifest
from ingestion.engine.reconcile import reconcile
from ingestion.engine.warehouse import (
    add_columns,
    is_end_of_file,
    make_room,
    quoted,
)
from ingestion.model import Entity, Field, Loaded, Reading, Reconciled, Source

logger = logging.getLogger(__name__)

# These have met every record that there is.
COMPLETE = ("full", "sweep", "whole")


def load_folder(connection: duckdb.DuckDBPyConnection, source: Source, folder: Path) -> Loaded:
    """Load one whole landing. Its tables must have been prepared."""
    started = time.monotonic()
    manifest = read_manifest(folder)
    job = _Job(connection, source, source.entity(manifest.entity), manifest, folder)
    make_room(connection, len(manifest.plan.fields))
    job.add_fields()
    try:
        while not job.is_committed():
            pass
    except duckdb.Error as error:
        check()
        if is_end_of_file(error):
            raise
        # DuckDB quotes the values that it stumbled over; the type is all that may be told.
        raise FatalError(
            f"{source.name}.{manifest.entity}: landing {manifest.load_id} could not be loaded "
            f"({type(error).__name__})"
        ) from error
    loaded = Loaded(
        source=source.name,
        entity=manifest.entity,
        status="loaded",
        rows_read=manifest.rows,
        rows_inserted=job.inserted,
        rows_updated=job.updated,
        rows_deleted=job.deleted,
        columns_added=tuple(job.added),
        seconds=time.monotonic() - started,
        load_id=manifest.load_id,
        mode=manifest.mode,
        reconciled=job.reconciled,
    )
    logger.info(
        "%s.%s: %s rows read, %s new, %s updated, %s gone",
        source.name, manifest.entity, loaded.rows_read, loaded.rows_inserted,
        loaded.rows_updated, loaded.rows_deleted,
    )  # fmt: skip
    return loaded


@dataclass
class _Job:
    """The load of one folder and its counts."""

    connection: duckdb.DuckDBPyConnection
    source: Source
    entity: Entity
    manifest: Manifest
    folder: Path
    inserted: int = 0
    updated: int = 0
    deleted: int = 0
    added: list[str] = field(default_factory=list)
    targets: dict[str, merge.Target] = field(default_factory=dict)
    children: dict[str, Children] = field(default_factory=dict)
    reconciled: tuple[Reconciled, ...] = ()

    def add_fields(self) -> None:
        """Make columns of the fields that are new."""
        # Outside the transaction: DuckDB does not alter a table that the transaction has written
        # to. A column without values is harmless should the load never follow.
        done: set[str] = set()
        for reading in self.entity.readings:
            if reading.fields_at is None or reading.table in done:
                continue
            done.add(reading.table)
            taken = {name.lower() for name in reading.values}
            fields = [
                Field(f"property_{item.name}", item.type) if item.name.lower() in taken else item
                for item in self.manifest.plan.fields
            ]
            self._add(reading.table, fields)

    def _add(self, table: str, fields: list[Field]) -> None:
        also = self.entity.versions(table)
        self.added += add_columns(self.connection, self.source.schema, table, fields, also=also)

    def is_committed(self) -> bool:
        """Load in one transaction; False when columns had to be made for values that fit none."""
        self.inserted = self.updated = self.deleted = 0
        self.connection.execute("begin")
        try:
            self._load()
            drift.note(self.connection, self.entity, self.manifest)
            self.reconciled = reconcile(self.connection, self._first, self.manifest)
            self._notice_erasures()
            book(self.connection, self.manifest, loaded_at=datetime.now(UTC))
            self.connection.execute("commit")
        except merge.MissingTextColumnsError as error:
            self._roll_back()
            self._add(error.table, [Field(name) for name in error.names])
            return False
        except BaseException:
            self._roll_back()
            raise
        return True

    def _notice_erasures(self) -> None:
        if self.entity.bin_days is None:
            return
        self.connection.execute(
            f"create or replace temp table _seen as select distinct * from {_seen(self._first)}"
        )
        vanish.notice(
            self.connection, self.source, self.entity, self.manifest,
            target=self._first,
            texts=(body for _, body in bodies(self.folder, self.manifest)),
            reconciled=self.reconciled,
        )  # fmt: skip

    @property
    def _first(self) -> merge.Target:
        """The entity's own table; the others hold what its records consist of."""
        return self.targets[self.entity.tables[0].name]

    def _roll_back(self) -> None:
        # A commit that failed, on a full disk say, has rolled back already: what it said counts.
        with suppress(duckdb.TransactionException):
            self.connection.execute("rollback")

    def _load(self) -> None:
        for table in self.entity.tables:
            self.targets[table.name] = merge.target(self.connection, self.source.schema, table)
        self.children = {
            name: Children(self.connection, target, self.manifest, self._kinds(name))
            for name, target in self.targets.items()
            if target.table.parent
        }
        records = [
            target
            for target in self.targets.values()
            if not (target.table.parent or target.table.versions_of)
        ]
        before = sum(self._number(target, "where _is_deleted") for target in records)
        for target in records:
            self._begin_seen(target)
        kinds = {reading.kind for reading in self.entity.readings}
        chunks.let_go(self.connection)
        for chunk in chunks.read(self.folder, self.manifest.pages, kinds):
            check()
            chunks.hold(self.connection, "_pages", chunk.table)
            self._take(chunk)
        chunks.let_go(self.connection)
        for target in records:
            self._mark(target)
        marks.follow_heirs(self.connection, self.source, self.entity)
        for target in records:
            for name in self.entity.versions(target.table.name):
                versions.keep(self.connection, target, self.targets[name], self.manifest)
        after = sum(self._number(target, "where _is_deleted") for target in records)
        self.deleted += after - before

    def _take(self, chunk: Chunk) -> None:
        new: frozenset[tuple[str, ...]] | None = None
        for reading in self._readings(chunk):
            if reading.table in self.children:
                self._replace(reading, chunk, new)
            elif self._upsert(reading, chunk):
                keys = self.targets[reading.table].table.key
                new = frozenset(reading.values[key].keys for key in keys if key in reading.values)

    def _kinds(self, table: str) -> frozenset[str]:
        """The kinds of pages that speak of a table."""
        return frozenset(item.kind for item in self.entity.readings if item.table == table)

    def _readings(self, chunk: Chunk) -> list[Reading]:
        return [reading for reading in self.entity.readings if reading.kind == chunk.kind]

    def _check_shape(self, reading: Reading, chunk: Chunk) -> int:
        """How many of the parts there are that the reading goes into.

        JSON that is not as described must not pass for values and links that are gone.
        """
        if chunk.table_of_texts is not None:
            return 0
        found = 0
        is_alone = all(item.path.count("[]") > 1 for item in self._readings(chunk))
        for container in parse.containers(reading, self.manifest.plan, is_alone=is_alone):
            row = self.connection.execute(container.query()).fetchone()
            present, other = row or (0, 0)
            if other:
                raise FatalError(
                    f"{self.source.name}.{self.entity.name}: {other} parts of landing "
                    f"{self.manifest.load_id} have not the documented shape"
                )
            found += present
        return found

    def _upsert(self, reading: Reading, chunk: Chunk) -> bool:
        """Whether raw knew none of the records."""
        target = self.targets[reading.table]
        data, is_any_void = self._stage(reading, chunk)
        if is_any_void or reading.path.count("[]") > 1:
            self._check_shape(reading, chunk)
        if not reading.is_aside:
            self.connection.execute(
                f"insert into {_seen(target)} select {_keys(target)} from _incoming"
            )
        is_partial = self.manifest.mode == "sweep" or reading.is_aside
        if not is_partial and not merge.is_any_known(self.connection, target):
            self.inserted += merge.insert(self.connection, target, data, self.manifest)
            return True
        before = self._number(target)
        written = merge.upsert(
            self.connection,
            target,
            data,
            self.manifest,
            is_partial=is_partial,
            newest_landing_wins=self.entity.whole,
        )
        inserted = self._number(target) - before
        self.inserted += inserted
        self.updated += written - inserted
        return False

    def _replace(
        self, reading: Reading, chunk: Chunk, new: frozenset[tuple[str, ...]] | None
    ) -> None:
        if reading.star is not None and not self.manifest.plan.stars.get(reading.star):
            return
        children = self.children[reading.table]
        if not self._check_shape(reading, chunk) and children.has_none(reading, chunk, new):
            return
        data, _ = self._stage(reading, chunk)
        inserted, deleted = children.replace(reading, chunk, data, new)
        self.inserted += inserted
        self.deleted += deleted

    def _stage(self, reading: Reading, chunk: Chunk) -> tuple[list[str], bool]:
        plan = self.manifest.plan
        cells = parse.cells(reading, plan, chunk.context, chunk.held)
        relation = parse.rows(reading, self._readings(chunk), plan, chunk.table_of_texts)
        target = self.targets[reading.table]
        return merge.stage(self.connection, target, cells, relation, self.manifest, reading=reading)

    def _mark(self, target: merge.Target) -> None:
        self.connection.execute(
            f"create or replace temp table _seen as select distinct * from {_seen(target)}"
        )
        is_complete = self.manifest.mode in COMPLETE
        if is_complete:
            self._use_scope(target)
            marks.mark_vanished(self.connection, target, self.manifest, all_ages=self.entity.whole)
        marks.mark_absorbed(self.connection, target, self.manifest)
        for child in self.targets.values():
            self.deleted += marks.drop_orphans(
                self.connection, child, target, self.manifest, is_complete=is_complete
            )

    def _use_scope(self, target: merge.Target) -> None:
        for scope in target.table.scope:
            pages = self.manifest.pages
            values = sorted({page.context[scope] for page in pages if scope in page.context})
            self.connection.execute(
                f"create or replace temp table _scope as "
                f"select unnest(?::varchar[]) as {quoted(target.column(scope))}",
                [values],
            )

    def _begin_seen(self, target: merge.Target) -> None:
        columns = ", ".join(f"{key} varchar" for key in _keys(target).split(", "))
        self.connection.execute(f"create or replace temp table {_seen(target)} ({columns})")

    def _number(self, target: merge.Target, where: str = "") -> int:
        row = self.connection.execute(f"select count(*) from {target.name} {where}").fetchone()
        return int(row[0]) if row else 0


def _seen(target: merge.Target) -> str:
    return quoted(f"_seen_{target.table.name}")


def _keys(target: merge.Target) -> str:
    return ", ".join(quoted(target.column(key)) for key in target.table.key)
