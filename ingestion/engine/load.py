"""A landing folder into raw: one transaction for its rows, its line in the books and the cursor.

Killed at any instruction, the folder is either loaded or not; the next call loads it then.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

import duckdb

from ingestion.engine import marks, merge, parse
from ingestion.engine.cursor import book
from ingestion.engine.errors import FatalError
from ingestion.engine.landing import LandedPage, Manifest, read_manifest, verify
from ingestion.engine.warehouse import add_columns, columns_of, is_end_of_file, make_room, quoted
from ingestion.model import Entity, Field, Loaded, Reading, Source

logger = logging.getLogger(__name__)

# Values held at once: enough to keep DuckDB busy, few enough for memory to stay flat however many
# rows or fields there are.
CHUNK_VALUES = 1_500_000
LEAST_FIELDS = 30  # a narrow record still has its links and its history
# These have met every record that there is.
COMPLETE = ("full", "sweep", "whole")


def load_folder(connection: duckdb.DuckDBPyConnection, source: Source, folder: Path) -> Loaded:
    """Load one whole landing. Its tables must have been prepared."""
    started = time.monotonic()
    manifest = read_manifest(folder)
    verify(folder, manifest)
    job = _Job(connection, source, source.entity(manifest.entity), manifest, folder)
    make_room(connection, len(manifest.plan.fields))
    job.add_fields()
    try:
        while not job.is_committed():
            pass
    except duckdb.Error as error:
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
    held: frozenset[str] | None = None

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
            self.added += add_columns(self.connection, self.source.schema, reading.table, fields)

    def is_committed(self) -> bool:
        """Load in one transaction; False when columns had to be made for values that fit none."""
        self.inserted = self.updated = self.deleted = 0
        self.connection.execute("begin")
        try:
            self._load()
            book(self.connection, self.manifest, loaded_at=datetime.now(UTC))
            self.connection.execute("commit")
        except merge.MissingTextColumnsError as error:
            self._roll_back()
            fields = [Field(name) for name in error.names]
            self.added += add_columns(self.connection, self.source.schema, error.table, fields)
            return False
        except BaseException:
            self._roll_back()
            raise
        return True

    def _roll_back(self) -> None:
        # A commit that failed, on a full disk say, has rolled back already: what it said counts.
        with suppress(duckdb.TransactionException):
            self.connection.execute("rollback")

    def _load(self) -> None:
        for table in self.entity.tables:
            columns = columns_of(self.connection, self.source.schema, table.name)
            self.targets[table.name] = merge.Target(
                self.source.schema,
                table,
                {name.lower(): (name, kind) for name, kind in columns.items()},
            )
        records = [target for target in self.targets.values() if not target.table.parent]
        before = sum(self._number(target, "where _is_deleted") for target in records)
        for target in records:
            self._begin_seen(target)
        for pages, readings in self._chunks():
            self.held = parse.read_chunk(
                self.connection, self.folder, pages, readings, self.manifest.plan
            )
            for reading in readings:
                if self.targets[reading.table].table.parent:
                    self._replace(reading, pages)
                else:
                    self._upsert(reading, pages)
        for target in records:
            self._mark(target)
        after = sum(self._number(target, "where _is_deleted") for target in records)
        self.deleted += after - before
        self.connection.execute("drop table if exists _chunk; drop table if exists _incoming")

    def _upsert(self, reading: Reading, pages: Sequence[LandedPage]) -> None:
        target = self.targets[reading.table]
        data = self._stage(reading, pages)
        self.connection.execute(
            f"insert into {_seen(target)} select {_keys(target)} from _incoming"
        )
        before = self._number(target)
        written = merge.upsert(
            self.connection,
            target,
            data,
            self.manifest,
            is_partial=self.manifest.mode == "sweep",
            newest_landing_wins=self.entity.whole,
        )
        inserted = self._number(target) - before
        self.inserted += inserted
        self.updated += written - inserted

    def _replace(self, reading: Reading, pages: Sequence[LandedPage]) -> None:
        if reading.star is not None and not self.manifest.plan.stars.get(reading.star):
            return
        data = self._stage(reading, pages)
        if any(page.asked for page in pages):
            self._parents_asked(reading, pages)
        else:
            self._parents_met(reading, pages)
        new, gone = merge.replace(self.connection, self.targets[reading.table], data, self.manifest)
        self.inserted += new
        self.deleted += gone

    def _stage(self, reading: Reading, pages: Sequence[LandedPage]) -> list[str]:
        cells = parse.cells(reading, self.manifest.plan, pages[0].context, self.held)
        relation = parse.rows(reading, self.manifest.plan)
        target = self.targets[reading.table]
        return merge.stage(self.connection, target, cells, relation, self.manifest, reading=reading)

    def _parents_asked(self, reading: Reading, pages: Sequence[LandedPage]) -> None:
        """`_parents`: what the pages were asked about."""
        asked = sorted({item for page in pages for item in page.asked})
        texts = parse.context_texts(reading, pages[0].context)
        selected = ", ".join(
            f"{texts.get(column, 'id')} as {quoted(column)}"
            for column in self.targets[reading.table].table.parent
        )
        self.connection.execute(
            f"create or replace temp table _parents as "
            f"select {selected} from (select unnest(?::varchar[]) as id)",
            [asked],
        )

    def _parents_met(self, reading: Reading, pages: Sequence[LandedPage]) -> None:
        """`_parents`: all rows of the pages, but those that other pages were asked about."""
        table = self.targets[reading.table].table
        select = parse.parents(reading, table.parent, self.manifest.plan, pages[0].context)
        self.connection.execute(f"create or replace temp table _parents as {select}")
        asked = [
            (*(page.context.get(column) or item for column in table.parent),)
            for page in self.manifest.pages
            if set(page.context) < set(table.parent)
            for item in page.asked
        ]
        if not asked:
            return
        names = [quoted(column) for column in table.parent]
        lists = ", ".join(f"unnest(?::varchar[]) as {name}" for name in names)
        same = " and ".join(f"t.{name} = a.{name}" for name in names)
        self.connection.execute(
            f"create or replace temp table _asked as select {lists}",
            [list(values) for values in zip(*asked, strict=True)],
        )
        for name in ("_parents", "_incoming"):
            self.connection.execute(
                f"delete from {name} t where exists (select 1 from _asked a where {same})"
            )

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

    def _chunks(self) -> Iterator[tuple[list[LandedPage], list[Reading]]]:
        """Pages as they landed, cut where kind, context or format change or rows abound."""
        most = CHUNK_VALUES // max(len(self.manifest.plan.fields), LEAST_FIELDS)
        for (kind, _, _), pages in groupby(self.manifest.pages, key=_alike):
            readings = [reading for reading in self.entity.readings if reading.kind == kind]
            if not readings:
                continue
            chunk: list[LandedPage] = []
            size = 0
            for page in pages:
                if page.rows == 0 and not page.asked:
                    continue
                # Pages with `asked` continue one another: one parent's rows may span several.
                if size >= most and not page.asked:
                    yield chunk, readings
                    chunk, size = [], 0
                chunk.append(page)
                size += page.rows
            if chunk:
                yield chunk, readings


def _alike(page: LandedPage) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    return page.kind, page.format, tuple(sorted(page.context.items()))


def _seen(target: merge.Target) -> str:
    return quoted(f"_seen_{target.table.name}")


def _keys(target: merge.Target) -> str:
    return ", ".join(quoted(target.column(key)) for key in target.table.key)
