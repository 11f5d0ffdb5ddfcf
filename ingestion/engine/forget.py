"""Landings from which a person is taken out again: the one reason to change a landing.

A page is rewritten under a new name and the manifest put in its place afterwards, in one step; then
the old page goes. Killed anywhere, the folder is whole, and what is left of the old pages goes with
the next attempt.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import os
import re
import secrets
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ingestion.engine.landing import (
    MANIFEST,
    LandedPage,
    Manifest,
    read_body,
    read_manifest,
    to_document,
)
from ingestion.engine.parse import levels
from ingestion.model import Entity, Reading, Table, Value

_PAGE = re.compile(r"\d{6}.*\.gz|" + re.escape(MANIFEST) + r"\..*")


@dataclass(frozen=True)
class Forgotten:
    """Records of one entity by id: those that keep no more than `kept`, those that lose their
    `personal` fields, and those that lose the personal fields in which a person is named."""

    whole: frozenset[str] = frozenset()
    sole: frozenset[str] = frozenset()
    naming: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    personal: frozenset[str] = frozenset()

    @property
    def ids(self) -> frozenset[str]:
        return self.whole | self.sole | frozenset(self.naming)

    def drops(self, identity: str, name: str, value: object, kept: frozenset[str]) -> bool:
        """Whether the record loses this value. Names are compared in lower case."""
        if identity in self.whole:
            return name.lower() not in kept
        if name.lower() not in self.personal or value in (None, ""):
            return False
        if identity in self.sole:
            return True
        pattern = self.naming.get(identity)
        return pattern is not None and pattern.search(str(value)) is not None


def kept_columns(table: Table) -> frozenset[str]:
    """What an erased record keeps, in lower case: its key, its stamps, its marks."""
    marks = [name for name in (table.deleted, table.merged_into, table.absorbed) if name]
    stamps = [*table.changed_at, *table.created_at, *table.deleted_at]
    return frozenset(name.lower() for name in (*table.key, *stamps, *marks))


def rewrite(folder: Path, entity: Entity, forgotten: Forgotten) -> int:
    """Take records out of one landing; return how many files were rewritten."""
    manifest = read_manifest(folder)
    _remove_strays(folder, manifest)
    personal = {item.name.lower() for item in manifest.plan.fields if item.personal}
    forgotten = replace(forgotten, personal=forgotten.personal | personal)
    marks = [identity.encode() for identity in forgotten.ids]
    pages: list[LandedPage] = []
    files = records = 0
    for page in manifest.pages:
        rewritten = page
        reading = _reading(entity, page.kind)
        if reading is not None:
            body = read_body(folder, page)
            if any(mark in body for mark in marks):
                change = _csv if page.format == "csv" else _json
                changed, count = change(body, reading, entity.tables[0], forgotten)
                if count:
                    rewritten = _write(folder, page, changed)
                    files, records = files + 1, records + count
        pages.append(rewritten)
    if files:
        _put_manifest(
            folder,
            replace(
                manifest,
                pages=tuple(pages),
                erased=manifest.erased + records,
                erased_at=datetime.now(UTC),
            ),
        )
        _remove_strays(folder, read_manifest(folder))
    return files


def _reading(entity: Entity, kind: str) -> Reading | None:
    """How pages of the kind hold the entity's own records, if they do."""
    table = entity.tables[0].name
    for reading in entity.readings:
        if reading.kind == kind and reading.table == table and not reading.is_aside:
            return reading
    return None


def _json(body: bytes, reading: Reading, table: Table, forgotten: Forgotten) -> tuple[bytes, int]:
    document = json.loads(body)
    kept, count = kept_columns(table), 0
    for record in _records(document, reading):
        identity = str(_identity(record, reading, table))
        if identity in forgotten.ids and _strip(record, reading, identity, forgotten, kept):
            count += 1
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return text.encode(), count


def _records(document: Any, reading: Reading) -> Iterator[MutableMapping[str, Any]]:
    for key in levels(reading.path)[0]:
        document = document[key]
    yield from document


def _fields(record: MutableMapping[str, Any], reading: Reading) -> MutableMapping[str, Any]:
    """Where the plan's fields stand; nowhere, in a record that has none."""
    if reading.fields_at is None:
        return {}
    for key in reading.fields_at:
        record = record[key]
    return record


def _identity(record: MutableMapping[str, Any], reading: Reading, table: Table) -> object:
    value = reading.values.get(table.key[0])
    if value is None:
        return _fields(record, reading).get(table.key[0])
    found: Any = record
    for key in value.keys:
        found = found.get(key) if isinstance(found, dict) else None
    return found


def _strip(
    record: MutableMapping[str, Any],
    reading: Reading,
    identity: str,
    forgotten: Forgotten,
    kept: frozenset[str],
) -> bool:
    """Whether anything had to go. Fields stay as nulls, or the page would say they are unknown."""
    before = json.dumps(record, sort_keys=True)
    fields = _fields(record, reading)
    for name, value in fields.items():
        if value is not None and forgotten.drops(identity, name, value, kept):
            fields[name] = None
    for column, value in reading.values.items():
        place = _place(record, value)
        if place is not None and forgotten.drops(identity, column, place[value.keys[-1]], kept):
            place[value.keys[-1]] = None
    if identity in forgotten.whole and fields is not record:
        # What stands beside the fields: links, history, an address in the web.
        places = {
            value.keys[0]: column
            for column, value in reading.values.items()
            if value.level == 0 and value.keys
        }
        container = (reading.fields_at or ("",))[0]
        for name in [name for name in record if name != container]:
            if places.get(name, "").lower() not in kept:
                del record[name]
    return json.dumps(record, sort_keys=True) != before


def _place(record: MutableMapping[str, Any], value: Value) -> MutableMapping[str, Any] | None:
    """What holds a column that stands under a name of its own, where the record has it."""
    if value.level != 0 or not value.keys:
        return None
    found: Any = record
    for key in value.keys[:-1]:
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, dict) and value.keys[-1] in found else None


def _csv(body: bytes, reading: Reading, table: Table, forgotten: Forgotten) -> tuple[bytes, int]:
    kept, count = kept_columns(table), 0
    rows = csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""))
    header = next(rows)
    place = [name.lower() for name in header].index(table.key[0].lower())
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(header)
    for row in rows:
        identity = row[place]
        written = row
        if identity in forgotten.ids:
            written = [
                "" if value and forgotten.drops(identity, name, value, kept) else value
                for name, value in zip(header, row, strict=True)
            ]
            count += written != row
        writer.writerow(written)
    return out.getvalue().encode(), count


def _write(folder: Path, page: LandedPage, body: bytes) -> LandedPage:
    number = re.split(r"[-.]", page.file)[0]
    name = f"{number}-{secrets.token_hex(4)}.{page.format}.gz"
    packed = gzip.compress(body, 1, mtime=0)
    _put(folder / name, packed)
    return replace(
        page,
        file=name,
        bytes=len(packed),
        body_bytes=len(body),
        sha256=hashlib.sha256(packed).hexdigest(),
    )


def _put_manifest(folder: Path, manifest: Manifest) -> None:
    beside = folder / f"{MANIFEST}.new"
    _put(beside, json.dumps(to_document(manifest), indent=1, sort_keys=True).encode())
    _flush(folder)
    beside.replace(folder / MANIFEST)
    _flush(folder)


def _remove_strays(folder: Path, manifest: Manifest) -> None:
    """Remove pages that the manifest does not name: of an attempt that was killed, or replaced."""
    named = {MANIFEST, *(page.file for page in manifest.pages)}
    for path in folder.iterdir():
        if path.name not in named and _PAGE.fullmatch(path.name):
            path.unlink()


def _put(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _flush(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
