"""Rows that are replaced parent by parent: links, history. What is no longer told of is gone.

Everything here runs inside the transaction of the caller.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import duckdb

from ingestion.engine import parse
from ingestion.engine.chunks import Chunk
from ingestion.engine.landing import Manifest
from ingestion.engine.merge import Target, bring, count, insert, own_values
from ingestion.engine.warehouse import OWN_COLUMNS, quoted
from ingestion.model import Reading


@dataclass
class Children:
    """One such table while a folder is loaded."""

    connection: duckdb.DuckDBPyConnection
    target: Target
    manifest: Manifest
    kinds: frozenset[str]  # of pages that speak of the table
    _was_bare: dict[tuple[str, ...], bool] = field(default_factory=dict)
    _has_asked: bool | None = None

    def replace(
        self,
        reading: Reading,
        chunk: Chunk,
        data: Sequence[str],
        new: frozenset[tuple[str, ...]] | None,
    ) -> tuple[int, int]:
        """Make the rows of each parent in the chunk those of `_incoming`; return (new, gone).

        `new` says where the keys of the chunk's records stand, when raw knew none of them before.
        """
        is_first = self.has_none(reading, chunk, new)
        if any(page.asked for page in chunk.pages):
            self._parents_asked(reading, chunk)
        else:
            self._leave_asked("_incoming")
            if is_first:
                return insert(self.connection, self.target, data, self.manifest), 0
            self._parents_met(reading, chunk)
        return self._replace(data)

    def has_none(
        self, reading: Reading, chunk: Chunk, new: frozenset[tuple[str, ...]] | None
    ) -> bool:
        """Whether the table holds nothing of the parents in the chunk, for certain."""
        is_bare = self._is_bare(reading, chunk.context)
        is_met = not any(page.asked for page in chunk.pages)
        return is_bare and is_met and new is not None and new == self._at(reading)

    @property
    def _parent(self) -> tuple[str, ...]:
        return self.target.table.parent

    def _at(self, reading: Reading) -> frozenset[tuple[str, ...]]:
        """Where the parents of a reading's rows stand in a record."""
        values = [reading.values[column] for column in self._parent]
        return frozenset(value.keys for value in values if value.level == 0)

    def _is_bare(self, reading: Reading, context: Mapping[str, str]) -> bool:
        """Whether the table held nothing of the kind when this load came to it."""
        texts = parse.context_texts(reading, context)
        fixed = tuple(f"{quoted(c)} = {texts[c]}" for c in self._parent if c in texts)
        if fixed not in self._was_bare:
            where = " and ".join(["true", *fixed])
            found = self.connection.execute(
                f"select 1 from {self.target.name} where {where} limit 1"
            ).fetchone()
            self._was_bare[fixed] = found is None
        return self._was_bare[fixed]

    def _parents_asked(self, reading: Reading, chunk: Chunk) -> None:
        """`_parents`: what the pages were asked about."""
        asked = sorted({item for page in chunk.pages for item in page.asked})
        texts = parse.context_texts(reading, chunk.context)
        selected = ", ".join(
            f"{texts.get(column, 'id')} as {quoted(column)}" for column in self._parent
        )
        self.connection.execute(
            f"create or replace temp table _parents as "
            f"select {selected} from (select unnest(?::varchar[]) as id)",
            [asked],
        )

    def _parents_met(self, reading: Reading, chunk: Chunk) -> None:
        """`_parents`: all rows of the pages, but those that other pages were asked about."""
        select = parse.parents(
            reading, self._parent, self.manifest.plan, chunk.context, chunk.table_of_texts
        )
        self.connection.execute(f"create or replace temp table _parents as {select}")
        self._leave_asked("_parents")

    def _leave_asked(self, name: str) -> None:
        """Take out of a table what other pages of the landing were asked about."""
        if self._has_asked is None:
            self._has_asked = self._make_asked()
        if self._has_asked:
            same = " and ".join(f"t.{quoted(c)} = a.{quoted(c)}" for c in self._parent)
            others = f"exists (select 1 from {self._asked} a where {same})"
            if name == "_incoming":
                bring(self.connection, f"select * from {name} t where not {others}")
            else:
                self.connection.execute(f"delete from {name} t where {others}")

    @property
    def _asked(self) -> str:
        return quoted(f"_asked_{self.target.table.name}")

    def _make_asked(self) -> bool:
        asked = [
            (*(page.context.get(column) or item for column in self._parent),)
            for page in self.manifest.pages
            if page.kind in self.kinds and set(page.context) < set(self._parent)
            for item in page.asked
        ]
        if asked:
            lists = ", ".join(f"unnest(?::varchar[]) as {quoted(name)}" for name in self._parent)
            self.connection.execute(
                f"create or replace temp table {self._asked} as select {lists}",
                [list(values) for values in zip(*asked, strict=True)],
            )
        return bool(asked)

    def _replace(self, data: Sequence[str]) -> tuple[int, int]:
        target = self.target
        columns = [quoted(item.name) for item in target.table.columns]
        same = " and ".join(
            f"t.{column} is not distinct from i.{column}"
            if column in data
            else f"t.{column} is null"
            for column in columns
        )
        parent = " and ".join(
            f"t.{quoted(target.column(column))} = p.{quoted(target.column(column))}"
            for column in self._parent
        )
        gone = count(
            self.connection,
            f"delete from {target.name} t where exists (select 1 from _parents p where {parent}) "
            f"and not exists (select 1 from _incoming i where {same})",
        )
        new = count(
            self.connection,
            f"insert into {target.name} ({', '.join([*data, *OWN_COLUMNS])}) "
            f"select {', '.join(f'i.{column}' for column in data)}, {own_values(self.manifest)} "
            f"from _incoming i where not exists (select 1 from {target.name} t where {same})",
        )
        return new, gone
