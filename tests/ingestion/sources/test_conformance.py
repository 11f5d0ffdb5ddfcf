"""The same checks for every registered source. A new one joins by being registered."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import ingestion
from ingestion.engine import parse
from ingestion.engine.warehouse import OWN_COLUMNS, opened, prepare_tables
from ingestion.model import Entity, Source
from ingestion.sources import SOURCES

ENTITIES = [
    pytest.param(source, entity, id=f"{source.name}.{entity.name}")
    for source in SOURCES.values()
    for entity in source.entities.values()
]
SOURCE_LIST = [pytest.param(source, id=source.name) for source in SOURCES.values()]


@pytest.mark.parametrize(("source", "entity"), ENTITIES)
def test_every_reading_fills_a_table_of_its_entity(source: Source, entity: Entity) -> None:
    tables = {table.name: table for table in entity.tables}
    for reading in entity.readings:
        table = tables[reading.table]
        columns = {field.name for field in table.columns}
        filled = set(reading.values) | ({reading.position} - {None})
        assert filled <= columns
        if reading.fields_at is None:
            assert set(table.key) <= filled
    kept = {table.name for table in entity.tables if table.versions_of}
    assert set(tables) == {reading.table for reading in entity.readings} | kept


@pytest.mark.parametrize(("source", "entity"), ENTITIES)
def test_versions_are_of_a_table_of_the_entity_and_of_nobody_s_person(
    source: Source, entity: Entity
) -> None:
    tables = {table.name: table for table in entity.tables}
    for table in entity.tables:
        if table.versions_of is not None:
            assert table.columns == tables[table.versions_of].columns
            # Who is erased is emptied in the entity's own tables, and looked for in no older version.
            assert entity.bin_days is None
            named = [each.speaks_of or each.points_at for each in entity.tables]
            assert not any(named)
            assert not any(field.personal for field in table.columns)


@pytest.mark.parametrize(("source", "entity"), ENTITIES)
def test_tables_name_only_columns_they_have(source: Source, entity: Entity) -> None:
    for table in entity.tables:
        columns = [field.name.lower() for field in table.columns]
        assert len(columns) == len(set(columns))
        assert not set(columns) & set(OWN_COLUMNS)
        named = (*table.key, *table.changed_at, *table.deleted_at, *table.parent, *table.scope)
        optional = (table.deleted, table.merged_into, table.absorbed, *(table.belongs_to or ()))
        own = {"_load_id"} if table.versions_of else set()
        assert {name.lower() for name in (*named, *optional) if name} <= {*columns, *own}


@pytest.mark.parametrize(("source", "entity"), ENTITIES)
def test_levels_of_values_lie_on_the_path(source: Source, entity: Entity) -> None:
    for reading in entity.readings:
        depth = max(len(parse.levels(reading.path)), 1)
        for value in reading.values.values():
            assert parse.STAR <= value.level < depth
            if value.level == parse.STAR:
                assert reading.star
    for kind in {reading.kind for reading in entity.readings}:
        # Pages are unfolded once for all readings of their kind.
        tops = {
            tuple(parse.levels(reading.path)[:1])
            for reading in entity.readings
            if reading.kind == kind
        }
        assert len(tops) == 1


@pytest.mark.parametrize("source", SOURCE_LIST)
def test_tables_of_one_name_are_one_table(source: Source) -> None:
    seen: dict[str, object] = {}
    for entity in source.entities.values():
        for table in entity.tables:
            assert seen.setdefault(table.name, table) == table


@pytest.mark.parametrize("source", SOURCE_LIST)
def test_all_tables_can_be_prepared_twice(source: Source, tmp_path: Path) -> None:
    for _ in range(2):
        with opened(tmp_path / "w.duckdb") as connection:
            prepare_tables(connection, source)


@pytest.mark.parametrize("source", SOURCE_LIST)
def test_nothing_set_means_not_configured(source: Source) -> None:
    lack = source.missing({})
    assert lack is not None
    assert lack.startswith("set ")


def test_ingestion_knows_neither_dagster_nor_the_environment() -> None:
    root = Path(ingestion.__path__[0])
    for path in root.rglob("*.py"):
        names = {
            (node.module or "").split(".")[0]
            if isinstance(node, ast.ImportFrom)
            else alias.name.split(".")[0]
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        }
        assert "dagster" not in names, path
        if path.name != "__main__.py":
            assert "os.environ" not in path.read_text(), path
            assert "getenv" not in path.read_text(), path
