"""An entity per kind of sheet, and one for the files."""

from __future__ import annotations

from collections.abc import Iterator

from ingestion.model import Entity, Page, Plan, Pull
from ingestion.sources.spreadsheets.kinds import KINDS
from ingestion.sources.spreadsheets.tables import (
    FILES,
    FILES_TABLE,
    QUARANTINE,
    SET_ASIDE,
    kind_table,
    reading,
)
from ingestion.sources.spreadsheets.words import Kind


def _of_kind(kind: Kind) -> Entity:
    table = kind_table(kind)
    return Entity(
        name=kind.name,
        tables=(table, QUARANTINE),
        readings=(reading("rows", table), reading(SET_ASIDE, QUARANTINE)),
        plan=lambda pull: Plan(),
        extract=_nothing,
        whole=True,
    )


def _nothing(pull: Pull, plan: Plan) -> Iterator[Page]:
    yield from ()


ENTITIES = (
    Entity(
        name=FILES,
        tables=(FILES_TABLE, QUARANTINE),
        readings=(reading(FILES, FILES_TABLE), reading(SET_ASIDE, QUARANTINE)),
        plan=lambda pull: Plan(),
        extract=_nothing,
        whole=True,
    ),
    *map(_of_kind, KINDS.values()),
)
