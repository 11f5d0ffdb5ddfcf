"""A dbt project as assets: found, parsed once, built by a process of its own with the run's variables."""

import shutil
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest

from ingestion.model import Source
from orchestration import dbt_manifest
from orchestration.components.crm_source import landing, raw
from orchestration.components.dbt_models import models
from orchestration.components.publication import publication
from orchestration.resources import Business
from tests.orchestration.toy import materialized, run_of

TINY = Path(__file__).parent / "tiny_dbt"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("dbt") / "tiny"
    shutil.copytree(TINY, copy)
    dbt_manifest.manifest(copy)
    return copy


def test_the_published_models_are_read_from_the_manifest(project: Path) -> None:
    assert dbt_manifest.published_models(dbt_manifest.manifest(project)) == ["pub_deals"]


def test_it_is_parsed_again_only_when_a_file_changed(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed: list[Path] = []
    monkeypatch.setattr(dbt_manifest, "_parse", parsed.append)

    dbt_manifest.manifest(project)
    assert parsed == []

    changed = project.parent / "changed"
    shutil.copytree(project, changed)
    (changed / "models" / "publish" / "pub_more.sql").write_text("select 1 as n")
    dbt_manifest.manifest(changed)
    assert parsed == [changed]


def test_a_project_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    shutil.copytree(TINY, tmp_path / "broken")
    (tmp_path / "broken" / "models" / "publish" / "pub_deals.sql").write_text("{{ ref('absent') }}")

    with pytest.raises(dbt_manifest.DbtParseError, match="absent"):
        dbt_manifest.manifest(tmp_path / "broken")


def test_records_go_through_the_models_to_the_published_file(
    toy: Source, project: Path, business: Business, resources: dict[str, Any]
) -> None:
    pipeline = [
        landing(toy, workers=1),
        raw(toy),
        models(project),
        publication("duckdb", ["pub_deals"]),
    ]

    result = run_of(pipeline, resources, tags={"as_of": "2026-11-03T12:00:00-03:00"})

    assert result.success
    assert {"staging/stg_toy__deals", "publish/pub_deals", "publish_duckdb/deals"} <= materialized(
        result
    )
    checks = result.get_asset_check_evaluations()
    assert {(one.asset_key.to_user_string(), one.check_name, one.passed) for one in checks} >= {
        ("raw_toy/deals", "reconciliation", True),
    }
    assert [one.passed for one in checks if one.check_name != "reconciliation"] == [True]
    with duckdb.connect(business.published_file, read_only=True) as connection:
        rows = connection.execute(
            "select deal_id, as_of, currency_code from pub_deals order by 1"
        ).fetchall()
    assert rows == [
        ("d1", "2026-11-03T15:00:00Z", "USD"),
        ("d2", "2026-11-03T15:00:00Z", "USD"),
    ]
    # dbt has let go of the file.
    duckdb.connect(business.warehouse).close()


def test_a_model_that_fails_stops_publication(
    toy: Source, project: Path, business: Business, resources: dict[str, Any], tmp_path: Path
) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(project, broken)
    (broken / "models" / "publish" / "pub_deals.sql").write_text(
        "select no_such_column from {{ ref('stg_toy__deals') }}"
    )
    pipeline = [
        landing(toy, workers=1),
        raw(toy),
        models(broken),
        publication("duckdb", ["pub_deals"]),
    ]

    result = run_of(pipeline, resources)

    assert not result.success
    assert "publish_duckdb/deals" not in materialized(result)
    assert not business.published_file.exists()


def test_it_waits_for_the_writer(project: Path) -> None:
    assert models(project).op.pool == "duckdb_writer"


def test_sources_are_raw_assets(project: Path, toy: Source) -> None:
    built = models(project)

    assert dg.AssetKey(["raw_toy", "deals"]) in set(built.keys_by_input_name.values())
    assert dg.AssetKey(["raw_toy", "deals"]) in raw(toy).keys
