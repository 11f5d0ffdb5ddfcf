"""Landed pages as Arrow tables in memory, a bounded part at a time.

DuckDB's own reader spends most of its time on unpacking and on buffers for each file. Handed the
text in memory it parses six times as fast, and the next part is unpacked while it does.
"""

from __future__ import annotations

import csv
import io
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import accumulate, groupby, repeat
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import pyarrow as pa
from pyarrow import csv as arrow_csv

from ingestion.engine.errors import DamagedLandingError
from ingestion.engine.landing import LandedPage, read_body

# Text held at once, twice over because of the part that comes next: enough to keep DuckDB busy,
# little enough for memory to stay flat however many rows or fields there are.
CHUNK_BYTES = 24 * 1024 * 1024
BATCH_BYTES = 1024 * 1024  # what one of DuckDB's threads takes at a time
CSV_BLOCK = 2 * 1024 * 1024


@dataclass(frozen=True)
class Chunk:
    """Pages of one kind, context and format. `table` holds `_page` (its number in the landing)
    beside `body`, or beside the columns of a table of texts."""

    pages: tuple[LandedPage, ...]
    table: Any

    @property
    def kind(self) -> str:
        return self.pages[0].kind

    @property
    def context(self) -> Mapping[str, str]:
        return self.pages[0].context

    @property
    def table_of_texts(self) -> Any | None:
        """The table where the pages are tables themselves, not documents."""
        return self.table if self.pages[0].format == "csv" else None

    @property
    def held(self) -> frozenset[str] | None:
        """The lower-case names of the fields in it, where the pages are tables."""
        if self.table_of_texts is None:
            return None
        return frozenset(name.lower() for name in self.table.column_names if name != "_page")


@dataclass
class Held:
    """A table that DuckDB knows by a name, and that may be let go.

    DuckDB keeps whatever it was told of until the transaction ends; of this, an empty hull.
    """

    table: Any | None = None

    def __arrow_c_stream__(self, requested_schema: object = None) -> Any:
        if self.table is None:
            raise ValueError("the table has been let go")
        return self.table.__arrow_c_stream__(requested_schema)


_HELD: WeakKeyDictionary[Any, dict[tuple[str, str], Held]] = WeakKeyDictionary()


def let_go(connection: Any) -> None:
    """Forget what the connection was told of: with a transaction its views end as well."""
    _HELD[connection] = {}


def hold(connection: Any, name: str, table: Any) -> None:
    """Make a table known by a name, in place of the one before.

    Told anew, DuckDB would keep the one before; so each shape is told of once.
    """
    known = _HELD.setdefault(connection, {})
    for (of, _), held in known.items():
        if of == name:
            held.table = None
    shape = (name, str(table.schema))
    place = f"{name}_{list(known).index(shape) if shape in known else len(known)}"
    if shape in known:
        known[shape].table = table
    else:
        known[shape] = Held(table)
        connection.register(place, known[shape])
    connection.execute(f"create or replace temp view {name} as select * from {place}")


def read(folder: Path, pages: Sequence[LandedPage], kinds: Iterable[str]) -> Iterator[Chunk]:
    """All pages of these kinds as they landed, except those that say nothing.

    DamagedLandingError where a page is not what was landed.
    """
    numbers = {page.file: number for number, page in enumerate(pages)}
    parts = _parts(pages, frozenset(kinds))
    with ThreadPoolExecutor(max_workers=1) as pool:

        def begin() -> Future[Chunk] | None:
            part = next(parts, None)
            return None if part is None else pool.submit(_chunk, folder, part, numbers)

        coming = begin()
        while coming is not None:
            chunk = coming.result()
            coming = begin()
            yield chunk


def _parts(pages: Iterable[LandedPage], kinds: frozenset[str]) -> Iterator[list[LandedPage]]:
    """Cut where kind, context or format change, or where text abounds."""
    for (kind, _, _), alike in groupby(pages, key=_alike):
        if kind not in kinds:
            continue
        part: list[LandedPage] = []
        asked: set[str] = set()
        size = 0
        for page in alike:
            if page.rows == 0 and not page.asked:
                continue
            # One parent's rows may span several pages, which ask for it again.
            if part and size + page.body_bytes > CHUNK_BYTES and asked.isdisjoint(page.asked):
                yield part
                part, asked, size = [], set(), 0
            part.append(page)
            asked.update(page.asked)
            size += page.body_bytes
        if part:
            yield part


def _alike(page: LandedPage) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    return page.kind, page.format, tuple(sorted(page.context.items()))


def _chunk(folder: Path, pages: Sequence[LandedPage], numbers: dict[str, int]) -> Chunk:
    read_part = _csv_tables if pages[0].format == "csv" else _json_batches
    return Chunk(tuple(pages), pa.concat_tables(read_part(folder, pages, numbers)))


def _json_batches(
    folder: Path, pages: Sequence[LandedPage], numbers: dict[str, int]
) -> Iterator[Any]:
    bodies: list[bytes] = []
    files: list[int] = []
    size = 0
    for page in pages:
        bodies.append(read_body(folder, page))
        files.append(numbers[page.file])
        size += page.body_bytes
        if size >= BATCH_BYTES:
            yield _batch(bodies, files)
            bodies, files, size = [], [], 0
    if bodies:
        yield _batch(bodies, files)


def _batch(bodies: list[bytes], files: list[int]) -> Any:
    """Made of buffers: pyarrow's own conversions would import pandas, and look at every byte."""
    ends = array("q", accumulate(map(len, bodies), initial=0))
    texts = [None, pa.py_buffer(ends), pa.py_buffer(b"".join(bodies))]
    return pa.Table.from_arrays(
        [
            _numbers(files),
            pa.Array.from_buffers(pa.large_string(), len(bodies), texts),
        ],
        names=["_page", "body"],
    )


def _numbers(numbers: Iterable[int]) -> Any:
    content = array("q", numbers)
    return pa.Array.from_buffers(pa.int64(), len(content), [None, pa.py_buffer(content)])


def _csv_tables(
    folder: Path, pages: Sequence[LandedPage], numbers: dict[str, int]
) -> Iterator[Any]:
    """The dialect is fixed by the vendor. Sniffing would only be a chance to get it wrong."""
    first: list[str] = []
    for page in pages:
        body = read_body(folder, page)
        if body.count(b'"') % 2:
            raise DamagedLandingError(f"{page.file} ends within a value")
        header = _header(body)
        first = first or header
        try:
            table = _csv_table(body, header, CSV_BLOCK)
        except pa.ArrowInvalid:
            table = _one_block(page, body, header)
        number = _numbers(repeat(numbers[page.file], table.num_rows))
        yield table.select(first).append_column("_page", number)


def _csv_table(body: bytes, header: Sequence[str], block: int) -> Any:
    return arrow_csv.read_csv(
        pa.py_buffer(body),
        read_options=arrow_csv.ReadOptions(
            column_names=header, skip_rows=1, block_size=block, use_threads=False
        ),
        parse_options=arrow_csv.ParseOptions(newlines_in_values=True),
        convert_options=arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(header, pa.large_string()),
            strings_can_be_null=True,
            null_values=[""],
        ),
    )


def _one_block(page: LandedPage, body: bytes, header: Sequence[str]) -> Any:
    """A single row may be longer than a block."""
    try:
        return _csv_table(body, header, len(body) + 1)
    except pa.ArrowInvalid as error:
        raise DamagedLandingError(f"{page.file} is not a whole table") from error


def _header(body: bytes) -> list[str]:
    line, _, _ = body.partition(b"\n")
    return next(csv.reader(io.StringIO(line.decode("utf-8-sig").rstrip("\r"))))
