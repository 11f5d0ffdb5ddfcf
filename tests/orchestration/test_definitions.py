"""The whole of the definitions: they load, they fit together, and loading them does nothing else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest
import yaml
from dagster.components.testing import create_defs_folder_sandbox

from data_quality.suites import SUITES
from ingestion.model import OWN_OBJECTS
from ingestion.sources import SOURCES
from orchestration import dbt_manifest
from orchestration.components.crm_source import (
    RECONCILIATION,
    CrmSourceComponent,
    entities_by_table,
)
from orchestration.components.quality_gate import CHECK, QualityGateComponent
from orchestration.definitions import defs
from orchestration.defs.resources import resources

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def definitions() -> dg.Definitions:
    return defs()


def keys_of(definitions: dg.Definitions) -> set[str]:
    graph = definitions.resolve_asset_graph()
    return {key.to_user_string() for key in graph.get_all_asset_keys()}


def test_they_load(definitions: dg.Definitions) -> None:
    dg.Definitions.validate_loadable(definitions)


def test_every_key_has_two_parts(definitions: dg.Definitions) -> None:
    assert {key.count("/") for key in keys_of(definitions)} == {1}


def test_every_asset_is_made_by_a_step(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()

    # A dbt source without its raw asset would stand here, as a name that nothing makes. The books of
    # ingestion are written by every load.
    books = {dg.AssetKey(["raw_ingestion", name]) for name in ("loads", "reconciliation")}
    assert graph.external_asset_keys == books


@pytest.mark.parametrize("name", SOURCES)
def test_every_entity_and_table_of_a_source_is_an_asset(
    name: str, definitions: dg.Definitions
) -> None:
    source = SOURCES[name]
    expected = {f"landing_{name}/{entity}" for entity in source.entities}
    expected |= {f"{source.schema}/{table}" for table in entities_by_table(source)}
    if source.discover is not None:
        expected |= {f"landing_{name}/{OWN_OBJECTS}", f"{source.schema}/{OWN_OBJECTS}"}

    assert expected <= keys_of(definitions)


def test_every_raw_table_has_its_suite() -> None:
    for name, source in SOURCES.items():
        guarded = {suite.table for suite in SUITES[f"raw_{name}"]}
        assert guarded == set(entities_by_table(source))


def test_every_suite_is_a_blocking_check_of_an_asset(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    keys = graph.get_all_asset_keys()
    for suites in SUITES.values():
        for suite in suites:
            asset = dg.AssetKey([suite.schema, suite.table])
            assert asset in keys
            assert graph.get_check_spec(dg.AssetCheckKey(asset, CHECK)).blocking


def test_every_dbt_test_is_a_check_of_an_asset(definitions: dg.Definitions) -> None:
    """One of several relations would be left out, and only its failure would be heard of."""
    nodes = dbt_manifest.manifest(ROOT / "dbt_project")["nodes"].values()
    tests = {node["name"] for node in nodes if node["resource_type"] == "test"}
    graph = definitions.resolve_asset_graph()

    assert tests == {key.name for key in graph.asset_check_keys} - {CHECK, RECONCILIATION}


def test_every_entity_is_compared_with_its_vendor_and_stops_nothing(
    definitions: dg.Definitions,
) -> None:
    graph = definitions.resolve_asset_graph()
    for source in SOURCES.values():
        for entity in source.entities.values():
            key = dg.AssetKey([source.schema, entity.tables[0].name])
            assert not graph.get_check_spec(dg.AssetCheckKey(key, RECONCILIATION)).blocking
        if source.discover is not None:
            key = dg.AssetKey([source.schema, OWN_OBJECTS])
            assert not graph.get_check_spec(dg.AssetCheckKey(key, RECONCILIATION)).blocking


def test_what_the_folders_define_is_all_there(definitions: dg.Definitions) -> None:
    """A sensor beside a function that returns definitions would be left out without a word."""
    assert {job.name for job in definitions.jobs or ()} == {"heartbeat", "sweep"}
    assert {one.name for one in definitions.schedules or ()} == {"every_quarter_hour", "nightly"}
    assert {one.name for one in definitions.sensors or ()} == {
        "run_failed",
        "check_warned",
        "went_stale",
        "killed_runs",
    }
    assert set(definitions.resources or {}) >= {"business", "alerts", *SOURCES}


def test_no_asset_starts_itself(definitions: dg.Definitions) -> None:
    """Runs come from schedules: an eager condition skips blocking checks of earlier runs."""
    graph = definitions.resolve_asset_graph()

    assert all(graph.get(key).automation_condition is None for key in graph.get_all_asset_keys())


def test_whatever_opens_the_warehouse_waits_for_the_writer(definitions: dg.Definitions) -> None:
    pools = {
        node.name: node.definition.pool
        for node in definitions.resolve_job_def("heartbeat").graph.nodes
        if isinstance(node.definition, dg.OpDefinition)
    }

    assert {name: pool for name, pool in pools.items() if pool != "duckdb_writer"} == {
        f"landing_{source}": source for source in SOURCES
    }


def test_the_sweep_asks_every_source_for_its_ids(definitions: dg.Definitions) -> None:
    config = definitions.resolve_job_def("sweep").run_config

    assert config is not None
    assert {name: op["config"]["mode"] for name, op in config["ops"].items()} == {
        f"landing_{source}": "sweep" for source in SOURCES
    }


def test_loading_imports_neither_the_checks_library_nor_opens_a_warehouse(tmp_path: Path) -> None:
    code = (
        "import sys; from orchestration.definitions import defs; defs();"
        "sys.exit('great_expectations' in sys.modules)"
    )
    environment = {"PATH": "/usr/bin:/bin", "SALES_HEARTBEAT_HOME": str(tmp_path / "var")}

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, check=False
    )

    assert done.returncode == 0, done.stderr.decode()[-2000:]
    assert not (tmp_path / "var").exists()


def test_nothing_calls_home() -> None:
    settings = yaml.safe_load((ROOT / "orchestration/instance/dagster.yaml").read_text())

    assert settings["telemetry"] == {"enabled": False}
    assert settings["nux"] == {"enabled": False}


def test_the_instance_takes_its_settings(tmp_path: Path) -> None:
    from orchestration.dagster_home import prepare

    with dg.DagsterInstance.from_config(str(prepare(tmp_path / "dagster"))) as instance:
        settings = instance.get_concurrency_config()
        assert settings.pool_config.default_pool_limit == 1
        assert settings.pool_config.pool_granularity is not None
        assert settings.pool_config.pool_granularity.value == "op"
        assert instance.telemetry_enabled is False


@pytest.mark.parametrize(
    ("component", "attributes", "key"),
    [
        (CrmSourceComponent, {"source": "hubspot"}, "landing_hubspot/deals"),
        (CrmSourceComponent, {"source": "salesforce"}, "raw_salesforce/opportunities"),
        (QualityGateComponent, {"gate": "raw_hubspot"}, "raw_hubspot/deals"),
    ],
)
def test_each_component_alone(
    component: type[dg.Component], attributes: dict[str, str], key: str
) -> None:
    with create_defs_folder_sandbox() as sandbox:
        path = sandbox.scaffold_component(
            component_cls=component,
            defs_yaml_contents={
                "type": f"{component.__module__}.{component.__name__}",
                "attributes": attributes,
            },
        )
        with sandbox.load_component_and_build_defs(defs_path=path) as (_, built):
            graph = dg.Definitions.merge(built, resources()).resolve_asset_graph()
            found = graph.get_all_asset_keys() | {one.asset_key for one in graph.asset_check_keys}
            assert key in {one.to_user_string() for one in found}
