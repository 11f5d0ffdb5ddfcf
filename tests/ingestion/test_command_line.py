"""python -m ingestion, as a person types it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from ingestion.__main__ import main
from ingestion.run import SOURCES, Home, land, prepare
from tests.ingestion.conftest import Served

Serve = Callable[[Path], Served]


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, home: Home, tmp_path: Path) -> None:
    for name in ("HUBSPOT_ACCESS_TOKEN", "HUBSPOT_CLIENT_ID", "SALESFORCE_CLIENT_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SALES_HEARTBEAT_HOME", str(home.root))
    monkeypatch.chdir(tmp_path)  # where no .env lies


@pytest.fixture
def configured(company: Path, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in serve(company).settings.items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("configured")
def test_pulls_an_entity_and_tells_what_it_did(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pull", "hubspot", "products"]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["products", "landed", "20", "3"] in [line[:4] for line in lines]
    assert main(["status"]) == 0
    said = capsys.readouterr().out
    assert "hubspot" in said
    assert "2026-11-03 15:00:00" in said


@pytest.mark.usefixtures("configured")
def test_a_backfill_takes_days(capsys: pytest.CaptureFixture[str], home: Home) -> None:
    assert main(["pull", "hubspot", "deals", "--from", "2026-10-01", "--to", "2026-11-01"]) == 0
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        query = "select mode, window_start::varchar, window_end::varchar from _ingestion.loads"
        assert connection.execute(query).fetchall() == [
            ("backfill", "2026-10-01 00:00:00", "2026-11-01 00:00:00")
        ]


@pytest.mark.usefixtures("configured")
def test_rebuilds_and_loads_without_the_api(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["pull", "hubspot", "products"]) == 0
    monkeypatch.setenv("HUBSPOT_BASE_URL", "http://127.0.0.1:9")
    capsys.readouterr()
    assert main(["rebuild", "hubspot"]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["products", "loaded", "20", "20"] in [line[:4] for line in lines]
    assert main(["load", "hubspot"]) == 0


def test_says_what_is_not_configured(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pull", "salesforce"]) == 2
    assert "salesforce is not configured: set SALESFORCE_CLIENT_ID" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["pull", "hubspot", "dreams"], "hubspot has no entity dreams"),
        (["pull", "hubspot", "deals", "--to", "2026-01-01"], "--to needs --from"),
        (["pull", "hubspot", "deals", "--from", "yesterday"], "write a day as 2026-01-31"),
        (
            ["pull", "hubspot", "deals", "--from", "2026-02-01", "--to", "2026-01-01"],
            "--from must lie before --to",
        ),
    ],
)
def test_wrong_usage_is_told_in_a_sentence(
    capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert main(arguments) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("source", list(SOURCES))
def test_a_source_without_credentials_has_empty_tables(home: Home, source: str) -> None:
    prepare(source, home=home)
    entities = list(SOURCES[source].entities)
    landed = land(source, entities, settings={}, home=home, mode="incremental")
    assert {outcome.status for outcome in landed} == {"not_configured"}
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        found = {
            name
            for (name,) in connection.execute(
                "select table_name from duckdb_tables() where schema_name = ?",
                [SOURCES[source].schema],
            ).fetchall()
        }
    expected = {
        table.name for entity in SOURCES[source].entities.values() for table in entity.tables
    }
    assert found == expected
