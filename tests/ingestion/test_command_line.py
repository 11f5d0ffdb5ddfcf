"""python -m ingestion, as a person types it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
import requests

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
def served(company: Path, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> Served:
    served = serve(company)
    for name, value in served.settings.items():
        monkeypatch.setenv(name, value)
    return served


@pytest.fixture
def configured(served: Served) -> None:
    """Both CRMs are the sandbox."""


@pytest.mark.usefixtures("configured")
def test_pulls_an_entity_and_tells_what_it_did(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pull", "hubspot", "products"]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["products", "landed", "20"] in [line[:3] for line in lines]
    assert main(["status"]) == 0
    said = capsys.readouterr().out
    assert "hubspot" in said
    assert "2026-11-03 15:00:00" in said


def test_status_names_what_was_broken_off(
    served: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["status"]) == 0
    assert capsys.readouterr().out == "nothing has been loaded yet\n"
    served.fault(path="/objects/.*/deals$", kind="status", status=429, policy="DAILY", after=1)
    assert main(["pull", "hubspot", "deals"]) == 1
    capsys.readouterr()
    assert main(["status"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "nothing has been loaded yet"
    assert lines[-1] == "hubspot: begun and not ended, the next pull goes on: deals"


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


def _log(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.mark.usefixtures("configured")
@pytest.mark.parametrize("by_option", [True, False])
def test_a_log_file_has_a_line_per_unit_of_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by_option: bool
) -> None:
    path = tmp_path / "run.jsonl"
    if not by_option:
        monkeypatch.setenv("SALES_HEARTBEAT_LOG", str(path))
    assert main(["pull", "hubspot", "products", *(["--log-file", str(path)] * by_option)]) == 0
    landed, loaded = _log(path)
    assert (landed["event"], landed["status"], landed["rows"]) == ("entity_landed", "landed", 20)
    assert (loaded["event"], loaded["status"], loaded["rows"]) == ("folder_loaded", "loaded", 20)
    assert landed["load_id"] == loaded["load_id"]
    assert landed["requests"] > 0
    assert main(["rebuild", "hubspot", *(["--log-file", str(path)] * by_option)]) == 0
    assert _log(path)[-1]["event"] == "folder_loaded"


def test_a_log_file_tells_why_nothing_was_read(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUBSPOT_ACCESS_TOKEN", "pat-na1-of-another-account")
    path = tmp_path / "run.jsonl"
    assert main(["pull", "hubspot", "products", "--log-file", str(path)]) == 1
    (line,) = _log(path)
    assert line["status"] == "failed"
    assert "check HUBSPOT_ACCESS_TOKEN" in line["reason"]


def test_a_log_file_that_cannot_be_written_stops_before_anything_is_asked(
    served: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    requests.delete(f"{served.url}/_control/requests", timeout=5)
    assert main(["pull", "hubspot", "products", "--log-file", str(tmp_path)]) == 1
    assert "check --log-file or SALES_HEARTBEAT_LOG" in capsys.readouterr().err
    assert requests.get(f"{served.url}/_control/requests", timeout=5).json() == {}


def test_neither_people_nor_secrets_are_told(
    served: Served,
    home: Home,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Whatever happens: pages that come, pages that fail and quote what they hold."""
    caplog.set_level("DEBUG")
    monkeypatch.setattr("ingestion.engine.pace.Pace.sleep", lambda self, seconds: None)
    monkeypatch.setattr("ingestion.engine.worklog.BATCH_PAGES", 1)
    quoted = json.dumps(
        {"message": "Ana Planted, ana@planted.example, pat-na1-planted", "category": "planted"}
    )
    served.fault(path="/objects/.*/calls", kind="status", status=400, body=quoted)
    served.fault(path="/objects/.*/notes", kind="status", status=403, body=quoted)
    served.fault(path="/objects/.*/tasks", kind="status", status=500, body=quoted)
    path = tmp_path / "run.jsonl"
    main(["--verbose", "pull", "hubspot", "--log-file", str(path)])
    statuses = {line["status"] for line in _log(path)}
    assert statuses == {"landing", "landed", "loaded", "skipped", "failed"}
    told = path.read_text() + "".join(capsys.readouterr()) + caplog.text
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        held = connection.execute(
            "select email from raw_hubspot.contacts where email is not null union "
            "select firstname || ' ' || lastname from raw_hubspot.contacts "
            "where firstname is not null and lastname is not null union "
            "select dealname from raw_hubspot.deals where dealname like '% %'"
        ).fetchall()
    planted = [text for (text,) in held]
    assert len(planted) > 300
    planted += ["Ana Planted", "ana@planted.example", "pat-na1-planted"]
    planted.append(served.settings["HUBSPOT_ACCESS_TOKEN"])
    assert [text for text in planted if text in told] == []


@pytest.mark.usefixtures("configured")
def test_a_gap_is_closed_and_one_that_stays_is_told(
    capsys: pytest.CaptureFixture[str], home: Home
) -> None:
    assert main(["pull", "hubspot", "products"]) == 0
    for outcome in (0, 1):  # an entity is read again once a day
        with duckdb.connect(str(home.warehouse)) as connection:
            connection.execute(
                "delete from raw_hubspot.products where id = "
                "(select min(id) from raw_hubspot.products where not _is_deleted)"
            )
        capsys.readouterr()
        assert main(["pull", "hubspot", "products"]) == outcome
        told = capsys.readouterr()
        assert ("read again to close a gap" in told.out) is (outcome == 0)
        assert ("gap: products: records: the vendor has" in told.err) is (outcome == 1)


@pytest.mark.usefixtures("configured")
def test_people_are_forgotten_by_id(capsys: pytest.CaptureFixture[str], home: Home) -> None:
    assert main(["pull", "hubspot", "contacts"]) == 0
    with duckdb.connect(str(home.warehouse)) as connection:
        query = "select id from raw_hubspot.contacts where email is not null order by id limit 1"
        ((contact,),) = connection.execute(query).fetchall()
    assert main(["erase", "hubspot", "contacts", contact]) == 0
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        query = f"select email, lastname from raw_hubspot.contacts where id = '{contact}'"
        assert connection.execute(query).fetchall() == [(None, None)]
    assert main(["erase", "hubspot", "deals", "1"]) == 2
    assert "people in contacts" in capsys.readouterr().err
