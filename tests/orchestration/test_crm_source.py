"""A Source as assets: what arrives, what is told of it, and what a failure leaves standing."""

from __future__ import annotations

import dataclasses
from typing import Any

import dagster as dg
import duckdb
import pytest

from ingestion.engine.errors import FatalError, SkippableError
from ingestion.model import Counted, Entity, Field, Pull, Source, Table
from ingestion.sources import SOURCES
from orchestration.components.crm_source import PullConfig, entities_by_table, landing, raw
from orchestration.resources import Account, Business
from tests.orchestration.toy import (
    NOW,
    OWNERS_ENTITY,
    materialized,
    metadata_of,
    reading,
    run_of,
)


def test_every_entity_and_every_table_is_an_asset(toy: Source) -> None:
    assets = [landing(toy, workers=2), raw(toy)]

    assert {key.to_user_string() for one in assets for key in one.keys} == {
        "landing_toy/deals",
        "landing_toy/owners",
        "raw_toy/deals",
        "raw_toy/notes",
        "raw_toy/owners",
    }
    assert entities_by_table(toy)["notes"] == ["deals"]


def test_records_arrive_in_raw_and_say_how_many(
    toy: Source, business: Business, resources: dict[str, Any]
) -> None:
    result = run_of([landing(toy, workers=2), raw(toy)], resources)

    assert result.success
    facts = metadata_of(result, "landing_toy", "deals")
    assert (facts["status"], facts["dagster/row_count"], facts["requests"]) == ("landed", 2, 3)
    assert facts["bytes"] > 0
    assert facts["seconds"] >= 0
    assert metadata_of(result, "raw_toy", "deals")["rows_inserted"] == 4
    with duckdb.connect(business.warehouse, read_only=True) as connection:
        rows = connection.execute("select id, amount from raw_toy.deals order by id").fetchall()
        notes = connection.execute("select count(*) from raw_toy.notes").fetchall()
    assert [(row[0], int(row[1])) for row in rows] == [("d1", 10), ("d2", 20)]
    assert notes == [(2,)]


def test_an_account_that_is_not_configured_is_green_with_empty_tables(
    toy: Source, business: Business, resources: dict[str, Any]
) -> None:
    result = run_of([landing(toy, workers=2), raw(toy)], {**resources, "toy": Account(settings={})})

    assert result.success
    assert metadata_of(result, "landing_toy", "deals")["status"] == "not_configured"
    with duckdb.connect(business.warehouse, read_only=True) as connection:
        assert connection.execute("select count(*) from raw_toy.deals").fetchall() == [(0,)]


def test_one_entity_that_fails_fails_the_step_after_the_others_have_landed(
    toy_without_owners: Source, resources: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "orchestration.components.crm_source.LANDING_RETRY", dg.RetryPolicy(max_retries=0)
    )

    result = run_of([landing(toy_without_owners, workers=2), raw(toy_without_owners)], resources)

    assert not result.success
    assert materialized(result) == {"landing_toy/deals"}
    failure = next(event for event in result.all_events if event.is_step_failure)
    assert "owners" in str(failure.step_failure_data.error)


def test_the_steps_queue_for_the_crm_and_for_the_writer(toy: Source) -> None:
    assert landing(toy, workers=2).op.pool == "toy"
    assert raw(toy).op.pool == "duckdb_writer"


def test_a_window_needs_zones() -> None:
    assert PullConfig().window() is None
    window = PullConfig(window_start="2026-01-01T00:00:00Z", window_end="2026-02-01T00:00:00Z")
    found = window.window()
    assert found is not None
    assert found.start is not None
    assert (found.start.isoformat(), found.end.isoformat()) == (
        "2026-01-01T00:00:00+00:00",
        "2026-02-01T00:00:00+00:00",
    )
    with pytest.raises(ValueError, match="no time zone"):
        PullConfig(window_end="2026-02-01T00:00:00").window()


def counting(rows: int) -> Any:
    def count(pull: Pull) -> Counted:
        return Counted(rows=rows, changed_since=0, counted_at=NOW)

    return count


@pytest.mark.parametrize(("rows", "passed"), [(2, True), (3, False)])
def test_ours_are_compared_with_the_vendor_s_and_a_gap_stops_nothing(
    toy: Source, resources: dict[str, Any], rows: int, passed: bool
) -> None:
    deals = dataclasses.replace(toy.entities["deals"], count=counting(rows))
    counted = dataclasses.replace(toy, entities={**toy.entities, "deals": deals})
    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(SOURCES, "toy", counted)
        result = run_of([landing(counted, workers=2), raw(counted)], resources)
    assert result.success
    found = {one.asset_key.path[-1]: one for one in result.get_asset_check_evaluations()}
    assert set(found) == {"deals", "owners"}
    assert (found["deals"].passed, found["deals"].severity.value) == (passed, "ERROR")
    assert found["owners"].passed
    assert "no number" in str(found["owners"].description)
    if not passed:
        assert str(found["deals"].description) == "records: the vendor has 3, raw 2"
    facts = metadata_of(result, "raw_toy", "deals")
    assert (facts["deals rows at the vendor"], facts["deals rows here"]) == (rows, 2)
    assert facts["deals rows gap"] == rows - 2


OWN_ENTITY = dataclasses.replace(
    OWNERS_ENTITY,
    name="custom_machines",
    tables=(Table("custom_machines", ("id",), (Field("id"),)),),
    readings=(reading("custom_machines", "owners", "results[]", "id"),),
)


def with_own(toy: Source, *names: str, trouble: Exception | None = None, **more: Any) -> Source:
    """The toy, of an account that has made objects of these names itself."""

    def discover(pull: Pull) -> tuple[str, ...]:
        if trouble is not None:
            raise trouble
        return names

    def custom(name: str) -> Entity:
        if name not in names:
            raise KeyError(name)
        return dataclasses.replace(OWN_ENTITY, **more)

    return dataclasses.replace(toy, discover=discover, custom=custom)


def run_with_own(source: Source, resources: dict[str, Any]) -> Any:
    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(SOURCES, "toy", source)
        return run_of([landing(source, workers=2), raw(source)], resources)


@pytest.mark.parametrize(("rows", "passed"), [(1, True), (4, False)])
def test_an_account_s_own_objects_are_told_together(
    toy: Source, business: Business, resources: dict[str, Any], rows: int, passed: bool
) -> None:
    source = with_own(toy, "custom_machines", count=counting(rows))
    result = run_with_own(source, resources)
    assert result.success
    facts = metadata_of(result, "landing_toy", "custom_objects")
    assert (facts["status"], facts["objects"], facts["dagster/row_count"]) == ("landed", 1, 1)
    assert facts["custom_machines rows"] == 1
    facts = metadata_of(result, "raw_toy", "custom_objects")
    assert (facts["entities"], facts["rows_inserted"]) == ("custom_machines", 1)
    assert facts["custom_machines rows at the vendor"] == rows
    with duckdb.connect(business.warehouse, read_only=True) as connection:
        found = connection.execute("select id from raw_toy.custom_machines").fetchall()
    assert found == [("o1",)]
    checks = {one.asset_key.path[-1]: one for one in result.get_asset_check_evaluations()}
    assert checks["custom_objects"].passed is passed


@pytest.mark.parametrize(
    ("trouble", "status", "reason"),
    [
        (SkippableError("the app lacks a scope: schemas"), "skipped", "a scope"),
        (None, "landed", ""),
    ],
)
def test_an_account_without_own_objects_is_green_and_says_why(
    toy: Source, resources: dict[str, Any], trouble: Exception | None, status: str, reason: str
) -> None:
    result = run_with_own(with_own(toy, trouble=trouble), resources)
    assert result.success
    facts = metadata_of(result, "landing_toy", "custom_objects")
    assert (facts["status"], facts["objects"]) == (status, 0)
    assert reason in str(facts.get("reason", ""))
    assert metadata_of(result, "raw_toy", "custom_objects")["entities"] == "nothing new"


def test_own_objects_that_cannot_be_listed_fail_the_step_and_nothing_else(
    toy: Source, resources: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "orchestration.components.crm_source.LANDING_RETRY", dg.RetryPolicy(max_retries=0)
    )
    result = run_with_own(with_own(toy, trouble=FatalError("status 400")), resources)
    assert not result.success
    assert materialized(result) == {"landing_toy/deals", "landing_toy/owners"}


def test_own_objects_of_an_account_that_is_not_configured(
    toy: Source, resources: dict[str, Any]
) -> None:
    source = with_own(toy, "custom_machines")
    result = run_with_own(source, {**resources, "toy": Account(settings={})})
    assert result.success
    facts = metadata_of(result, "landing_toy", "custom_objects")
    assert (facts["status"], facts["reason"]) == ("not_configured", "TOY_TOKEN is not set")
