"""What Dagster is told of a pull: while it takes long, and in the end."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import dagster as dg

from ingestion.engine.progress import Pulse
from ingestion.model import Landed, Loaded, Source
from orchestration.components.crm_facts import of_landed
from orchestration.components.crm_source import landing, raw
from orchestration.components.progress import OBSERVED_EVERY, Observations
from orchestration.resources import Business
from tests.orchestration.toy import metadata_of, run_of

PULSE = Pulse("toy", "deals", "load", rows=300, requests=4, seconds=60.0, quota_left=1234)


def test_the_end_of_a_pull_has_its_numbers(toy: Source, resources: dict[str, Any]) -> None:
    result = run_of([landing(toy, workers=2), raw(toy)], resources)
    facts = metadata_of(result, "landing_toy", "deals")
    assert facts["rows_per_second"] > 0
    assert facts["quota_left"] == 600


def test_the_end_of_a_pull_says_what_was_set_aside() -> None:
    said = ("metas.csv was refused: two conventions", "custos.csv: 2 rows were set aside")
    assert of_landed(Landed("toy", "deals", "landed", set_aside=said), None)["set_aside"] == (
        "metas.csv was refused: two conventions; custos.csv: 2 rows were set aside"
    )
    assert "set_aside" not in of_landed(Landed("toy", "deals", "landed"), None)


def test_units_of_work_go_to_the_log_file(
    toy: Source, business: Business, resources: dict[str, Any], tmp_path: Path
) -> None:
    log = tmp_path / "log.jsonl"
    logging = Business(**{**business.model_dump(), "log": str(log)})
    assert run_of([landing(toy, workers=2), raw(toy)], {**resources, "business": logging}).success
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert sorted((line["event"], line["entity"]) for line in lines) == [
        ("entity_landed", "deals"),
        ("entity_landed", "owners"),
        ("folder_loaded", "deals"),
        ("folder_loaded", "owners"),
    ]


def test_what_takes_long_is_observed_now_and_then() -> None:
    now = 0.0
    events: list[dg.AssetObservation] = []
    lines: list[str] = []
    seen = Observations(
        events.append, lines.append, lambda entity: dg.AssetKey(["landing_toy", entity]),
        clock=lambda: now,
    )  # fmt: skip
    seen.begin(PULSE)
    for now in (1.0, OBSERVED_EVERY - 0.1, OBSERVED_EVERY, OBSERVED_EVERY + 1):
        seen.page(replace(PULSE, rows=round(now)))
    seen.end(Landed("toy", "deals", "landed"))
    (event,) = events
    assert event.asset_key == dg.AssetKey(["landing_toy", "deals"])
    assert {name: value.value for name, value in event.metadata.items()} == {
        "rows": 60,
        "rows_per_second": 1.0,
        "requests": 4,
        "seconds": 60.0,
        "quota_left": 1234,
    }
    assert lines == ["toy deals: 60 rows, 1 rows/s, 4 requests, 1,234 calls left"]
    seen.loaded(Loaded("toy", "deals", "loaded", rows_read=60, seconds=0.5))
    assert lines[1:] == ["toy deals: loaded, 60 rows, 0.5 s"]
    assert seen.pulses["deals"].rows == 61


def test_observations_from_the_workers_threads_reach_dagster(
    toy: Source, resources: dict[str, Any], monkeypatch: Any
) -> None:
    monkeypatch.setattr("orchestration.components.progress.OBSERVED_EVERY", 0.0)
    result = run_of([landing(toy, workers=2)], resources)
    assert result.success
    observed = [
        event.asset_key.to_user_string()
        for event in result.all_events
        if event.event_type == dg.DagsterEventType.ASSET_OBSERVATION and event.asset_key
    ]
    assert sorted(observed) == ["landing_toy/deals", "landing_toy/owners"]
