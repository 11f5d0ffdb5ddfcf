"""An entity per kind of sheet, and one for the files of no kind."""

from __future__ import annotations

from ingestion.model import Entity
from ingestion.sources.spreadsheets.extract import count, extract, plan, remarks, set_aside
from ingestion.sources.spreadsheets.folder import FILES
from ingestion.sources.spreadsheets.kinds import KINDS
from ingestion.sources.spreadsheets.tables import (
    FILES_TABLE,
    QUARANTINE,
    ROWS,
    SET_ASIDE,
    SHEETS,
    kind_table,
    reading,
)
from ingestion.sources.spreadsheets.words import Kind

_BESIDE = (reading(SET_ASIDE, QUARANTINE), reading(SHEETS, FILES_TABLE))


def _of_kind(kind: Kind) -> Entity:
    table = kind_table(kind)
    return Entity(
        name=kind.name,
        tables=(table, QUARANTINE, FILES_TABLE),
        readings=(reading(ROWS, table), *_BESIDE),
        plan=plan,
        extract=extract,
        whole=True,
        count=count,
        remarks=remarks,
        set_aside=set_aside,
    )


_FILES = Entity(
    name=FILES,
    tables=(FILES_TABLE, QUARANTINE),
    readings=_BESIDE,
    plan=plan,
    extract=extract,
    whole=True,
    remarks=remarks,
    set_aside=set_aside,
)

ENTITIES = (_FILES, *map(_of_kind, KINDS.values()))
