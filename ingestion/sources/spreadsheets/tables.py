"""Raw tables of spreadsheets: one per kind, what was set aside, and the files themselves."""

from __future__ import annotations

from ingestion.engine.fields import fields
from ingestion.model import Field, FieldType, Reading, Table, Value
from ingestion.sources.spreadsheets.words import CellType, Column, Kind

ROWS = "rows"
SET_ASIDE = "set_aside"
SHEETS = "sheets"

_TYPES: dict[CellType, FieldType] = {"number": "number", "integer": "integer", "date": "date"}
_PLACE = fields("row_key file sheet sheet_row:integer")

QUARANTINE = Table(
    name="quarantine",
    key=("quarantine_key",),
    columns=fields(
        "quarantine_key place kind file sheet sheet_row:integer sheet_column value reason"
    ),
    scope=("place",),
)
FILES_TABLE = Table(
    name="files",
    key=("sheet_key",),
    columns=fields(
        "sheet_key place file sheet sha256 kind status reason conventions rows_read:integer "
        "rows_loaded:integer rows_quarantined:integer"
    ),
    scope=("place",),
)


def kind_table(kind: Kind) -> Table:
    """A file that cannot be read speaks for none of its rows: what was read of it before stays."""
    return Table(
        name=kind.name,
        key=("row_key",),
        columns=(*_PLACE, *map(_field, _kept(kind)), *fields(kind.extra)),
        scope=("file",),
    )


def reading(kind: str, table: Table) -> Reading:
    return Reading(
        kind=kind,
        table=table.name,
        path=f"{kind}[]",
        values={field.name: Value(0, (field.name,)) for field in table.columns},
    )


def _kept(kind: Kind) -> list[Column]:
    return [column for column in kind.columns if column.is_kept]


def _field(column: Column) -> Field:
    return Field(
        column.name,
        _TYPES.get(column.type, "text"),
        personal=column.personal and not column.is_employee,
        label=column.labels[0],
    )
