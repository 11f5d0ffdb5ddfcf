"""A company with the partner unit, and its Pipedrive account served."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest
import requests

from ingestion.model import Landed, Loaded, Mode, Window
from ingestion.run import SOURCES, Home, land, load
from sandbox.company import generate
from sandbox.connection import environment
from sandbox.context import Context
from tests.sandbox.serving import serving


@dataclass
class Account:
    """A served account, and what a client of it is set up with."""

    url: str
    context: Context
    settings: dict[str, str]

    def control(self, path: str, body: object) -> None:
        requests.post(f"{self.url}/_control/{path}", json=body, timeout=30).raise_for_status()

    def fault(self, **rule: object) -> None:
        self.control("faults", rule)

    def pull(
        self,
        home: Home,
        *entities: str,
        mode: Mode = "incremental",
        window: Window | None = None,
        **settings: str,
    ) -> tuple[dict[str, Landed], list[Loaded]]:
        chosen = entities or tuple(SOURCES["pipedrive"].entities)
        landed = land(
            "pipedrive",
            chosen,
            settings=self.settings | settings,
            home=home,
            mode=mode,
            window=window,
        )
        return {one.entity: one for one in landed}, load("pipedrive", chosen, home=home)

    def asked(self) -> dict[str, int]:
        """Requests since the last time, by method and path."""
        found = self.context.counts()
        self.context.reset_counts()
        return found


@pytest.fixture(scope="session")
def partners(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("partners") / "company.sqlite"
    generate(path, deals=1000, seed=7, has_partners=True)
    return path


@pytest.fixture
def store(partners: Path, tmp_path: Path) -> Path:
    """A copy that the test may change."""
    for file in partners.parent.glob(f"{partners.name}*"):
        shutil.copy(file, tmp_path / file.name)
    return tmp_path / partners.name


@pytest.fixture
def serve() -> Iterator[Callable[[Path], Account]]:
    with ExitStack() as stack:

        def start(path: Path, *, limits: bool = False) -> Account:
            context = Context(path, enforce_limits=limits)
            url = stack.enter_context(serving(context))
            return Account(url, context, environment(url, has_partners=True))

        yield start


@pytest.fixture
def account(serve: Callable[[Path], Account], store: Path) -> Account:
    return serve(store)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def rows(home: Home, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        return connection.execute(query).fetchall()


def live(home: Home) -> dict[str, list[str]]:
    """Every row of every raw table that is not marked as gone, as text without when it was read."""
    found = {}
    for (table,) in rows(
        home, "select table_name from duckdb_tables() where schema_name = 'raw_pipedrive'"
    ):
        names = [
            name
            for (name,) in rows(
                home,
                "select column_name from duckdb_columns() where schema_name = 'raw_pipedrive' "
                f"and table_name = '{table}' order by column_name",
            )
            if name not in ("_landed_at", "_load_id", "_changed_at", "_deleted_at")
        ]
        packed = ", ".join(f'"{name}" := "{name}"' for name in names)
        found[str(table)] = [
            text
            for (text,) in rows(
                home,
                f"select cast(struct_pack({packed}) as varchar) from raw_pipedrive.{table} "
                "where not _is_deleted order by 1",
            )
        ]
    return found
