"""A small company, served; homes to land it in."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
import requests

from ingestion.model import Landed, Loaded, Mode
from ingestion.run import SOURCES, Home, land, load
from sandbox.company import generate
from sandbox.connection import environment
from sandbox.context import Context
from tests.sandbox.serving import serving

# What the sandbox serves; spreadsheets stand in a folder.
CRMS = tuple(name for name in SOURCES if name != "spreadsheets")


@dataclass
class Served:
    """A sandbox on loopback and the settings of a client of it."""

    url: str
    context: Context
    settings: dict[str, str]

    def fault(self, **rule: object) -> None:
        requests.post(f"{self.url}/_control/faults", json=rule, timeout=5).raise_for_status()


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("company") / "company.sqlite"
    generate(path, deals=300, seed=7)
    return path


@pytest.fixture
def store(company: Path, tmp_path: Path) -> Path:
    """A copy that the test may change."""
    for file in company.parent.glob(f"{company.name}*"):
        shutil.copy(file, tmp_path / file.name)
    return tmp_path / company.name


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[[Path], Served]]:
    from contextlib import ExitStack

    with ExitStack() as stack:

        def start(path: Path) -> Served:
            context = Context(path, enforce_limits=False)
            url = stack.enter_context(serving(context))
            settings = environment(url) | {"HUBSPOT_SEARCH_PER_SECOND": "1000"}
            return Served(url, context, settings)

        yield start


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def pull(
    served: Served, home: Home, source: str, *entities: str, mode: Mode = "incremental"
) -> tuple[list[Landed], list[Loaded]]:
    chosen = entities or tuple(SOURCES[source].entities)
    landed = land(source, chosen, settings=served.settings, home=home, mode=mode)
    return landed, load(source, chosen, home=home)


# What depends on when a row was read, not on what the vendor holds.
READING = {"_landed_at", "_load_id", "_changed_at", "_deleted_at"}


def contents(home: Home) -> dict[str, list[str]]:
    """Every row of every raw table as text, sorted; the columns that depend on reading left out."""
    found: dict[str, list[str]] = {}
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() where schema_name like 'raw_%'"
        ).fetchall()
        for schema, table in tables:
            columns = connection.execute(
                "select column_name from duckdb_columns() where schema_name = ? "
                "and table_name = ? order by column_name",
                [schema, table],
            ).fetchall()
            names = [name for (name,) in columns if name not in READING]
            row = ", ".join(f'"{name}" := "{name}"' for name in names)
            rows = connection.execute(
                f"select cast(struct_pack({row}) as varchar) from {schema}.{table} order by 1"
            ).fetchall()
            found[f"{schema}.{table}"] = [text for (text,) in rows]
    return found


def counts(home: Home, query: str) -> dict[str, int]:
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        return dict(connection.execute(query).fetchall())
