"""The rules of the house that a manifest can show: names, layers, keys, descriptions, portable SQL."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.xdist_group("dbt_manifest")

PROJECT = Path(__file__).parents[2] / "dbt_project"

NAMES = {
    "staging": r"stg_(?P<crm>[a-z]+)__[a-z_]+",
    "conformed": r"int_(?P<crm>[a-z]+)__[a-z_]+_conformed",
    "crm": r"int_crm__[a-z_]+",
    "marts": r"(dim|fct|kpi|bridge)_[a-z_]+|excluded_records",
    "publish": r"pub_[a-z_]+",
}
MAY_READ = {
    "staging": {"source"},
    "conformed": {"staging", "conformed", "seed"},
    "crm": {"conformed", "crm", "seed"},
    "marts": {"crm", "marts", "seed"},
    "publish": {"marts", "seed"},
}
KEY_TESTS = {"unique_together", "unique"}

# What DuckDB and Spark answer differently, or only one of them knows: it belongs in a macro.
NOT_PORTABLE = (
    r"\bqualify\b",
    r"\bcurrent_date\b|\bcurrent_timestamp\b|\bnow\s*\(|\btoday\s*\(",
    r"\bdate_diff\b|\bdatediff\b|\bdatesub\b|\bepoch",
    r"\bat time zone\b",
    r"\bstrftime\b|\bstrptime\b|\bdate_format\b",
    r"\bgenerate_series\b|\bunnest\b|\bsequence\s*\(",
    r"\bstring_agg\b|\blistagg\b",
    r"\bdayofweek\b|\bweekday\b|\bmonthname\b|\bdayname\b",
    r"\bregexp_replace\b|\bregexp_matches\b",
    r"\bselect\s+\*\s+(exclude|replace)\b",
    r"\bby name\b|\basof join\b|\bquantile_cont\b",
    r"\bas (varchar|text)\b|::",
)


def _run(
    arguments: Iterable[str], folder: Path, *, project: Path = PROJECT
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "dbt.cli.main", "--no-version-check", *arguments]
    command += ["--project-dir", str(project), "--profiles-dir", str(PROJECT)]
    command += ["--target-path", str(folder / "target"), "--log-path", str(folder / "logs")]
    environment = {**os.environ, "SALES_HEARTBEAT_WAREHOUSE": str(folder / "warehouse.duckdb")}
    return subprocess.run(
        command, env=environment, cwd=folder, capture_output=True, text=True, check=False
    )


@cache
def _manifest(folder: Path) -> dict[str, Any]:
    done = _run(["--warn-error", "parse", "--no-partial-parse"], folder)
    assert done.returncode == 0, done.stdout
    manifest: dict[str, Any] = json.loads((folder / "target" / "manifest.json").read_text())
    return manifest


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Parsed with every warning an error."""
    return _manifest(tmp_path_factory.mktemp("dbt"))


@pytest.fixture(scope="module")
def models(manifest: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        name: node for name, node in manifest["nodes"].items() if node["resource_type"] == "model"
    }


def _layer(node: dict[str, Any]) -> str:
    if node["resource_type"] != "model":
        return str(node["resource_type"])
    folders = node["fqn"][1:-1]
    return str(folders[1] if folders[0] == "intermediate" else folders[0])


def _without_comments(sql: str) -> str:
    return re.sub(r"--[^\n]*|\{#.*?#\}", "", sql, flags=re.DOTALL)


def test_names_say_the_layer(models: dict[str, dict[str, Any]]) -> None:
    wrong = [
        node["name"]
        for node in models.values()
        if not re.fullmatch(NAMES[_layer(node)], node["name"])
    ]
    assert wrong == []


def test_staging_names_say_their_source(models: dict[str, dict[str, Any]]) -> None:
    wrong = []
    for node in models.values():
        if _layer(node) == "staging":
            crm, table = node["name"].removeprefix("stg_").split("__")
            place = f"source.sales_heartbeat.raw_{crm}."
            # Where fields are named by codes, a table is read with the list of them.
            read = set(node["depends_on"]["nodes"]) - {f"{place}fields"}
            if read - {place + table} or not node["depends_on"]["nodes"]:
                wrong.append(node["name"])
    assert wrong == []


def test_layers_read_only_what_they_may(
    manifest: dict[str, Any], models: dict[str, dict[str, Any]]
) -> None:
    nodes = {**manifest["nodes"], **manifest["sources"]}
    wrong = [
        f"{node['name']} reads {nodes[parent]['name']}"
        for node in models.values()
        for parent in node["depends_on"]["nodes"]
        if _layer(nodes[parent]) not in MAY_READ[_layer(node)]
    ]
    assert wrong == []


def test_a_conformed_model_knows_one_crm(models: dict[str, dict[str, Any]]) -> None:
    wrong = []
    for node in models.values():
        if _layer(node) == "conformed":
            crm = node["name"].removeprefix("int_").split("__")[0]
            parents = [
                models[name]["name"] for name in node["depends_on"]["nodes"] if name in models
            ]
            wrong += [
                f"{node['name']} reads {parent}" for parent in parents if f"_{crm}__" not in parent
            ]
    assert wrong == []


def test_every_model_and_seed_has_a_tested_key(
    manifest: dict[str, Any], models: dict[str, dict[str, Any]]
) -> None:
    tested = {
        node["attached_node"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test"
        and node.get("test_metadata", {}).get("name") in KEY_TESTS
    }
    # A published view is its mart under a contract, and the families of KPIs are united in
    # fct_kpi_values: their keys are tested there.
    expected = {
        name
        for name, node in models.items()
        if _layer(node) != "publish" and not node["name"].startswith("kpi_")
    }
    expected |= {name for name in manifest["nodes"] if name.startswith("seed.")}
    assert sorted(expected - tested) == []


def test_every_model_says_its_grain_and_its_owner(models: dict[str, dict[str, Any]]) -> None:
    wrong = [
        node["name"]
        for node in models.values()
        if not node["description"].startswith("One row per ")
        or not node["config"]["meta"].get("owner")
    ]
    assert wrong == []


def test_every_column_of_a_mart_is_described(models: dict[str, dict[str, Any]]) -> None:
    wrong = [
        f"{node['name']}.{column['name']}"
        for node in models.values()
        if _layer(node) in {"marts", "publish"}
        for column in node["columns"].values()
        if not column["description"]
    ]
    bare = [
        node["name"]
        for node in models.values()
        if _layer(node) in {"marts", "publish"} and not node["columns"]
    ]
    assert wrong + bare == []


def test_what_is_published_is_under_contract(models: dict[str, dict[str, Any]]) -> None:
    loose = [
        node["name"]
        for node in models.values()
        if _layer(node) == "publish" and not node["config"]["contract"]["enforced"]
    ]
    assert loose == []


@pytest.mark.parametrize("pattern", NOT_PORTABLE)
def test_models_keep_to_the_sql_that_both_engines_share(
    models: dict[str, dict[str, Any]], pattern: str
) -> None:
    found = [
        node["name"]
        for node in models.values()
        if re.search(pattern, _without_comments(node["raw_code"]), flags=re.IGNORECASE)
    ]
    assert found == []


def test_a_macro_for_one_engine_has_a_twin_for_the_other(manifest: dict[str, Any]) -> None:
    own = {
        node["name"]
        for node in manifest["macros"].values()
        if node["package_name"] == "sales_heartbeat"
    }
    wrong = []
    for name in own:
        engine, _, rest = name.partition("__")
        if engine in {"duckdb", "spark"}:
            other = "spark" if engine == "duckdb" else "duckdb"
            if f"{other}__{rest}" not in own and f"default__{rest}" not in own:
                wrong.append(name)
    assert wrong == []


@pytest.fixture
def macros_alone(tmp_path: Path) -> Path:
    """A project of our macros and no models, which dbt reads in no time."""
    project = tmp_path / "project"
    shutil.copytree(PROJECT / "macros", project / "macros")
    text = "name: sales_heartbeat\nprofile: sales_heartbeat\nmacro-paths: [macros]\n"
    (project / "dbt_project.yml").write_text(text)
    return project


def test_a_run_without_an_instant_is_refused(macros_alone: Path, tmp_path: Path) -> None:
    query = ["compile", "--inline", "select {{ as_of() }}"]
    done = _run(query, tmp_path, project=macros_alone)
    assert done.returncode != 0
    assert "as_of is missing" in done.stdout


def test_an_instant_without_a_zone_is_refused(macros_alone: Path, tmp_path: Path) -> None:
    query = ["compile", "--inline", "select {{ as_of() }}"]
    instant = '{"as_of": "2026-11-03T15:00:00"}'
    done = _run([*query, "--vars", instant], tmp_path, project=macros_alone)
    assert done.returncode != 0
    assert "as_of has no zone" in done.stdout


def test_an_instant_of_another_zone_is_turned_into_utc(macros_alone: Path, tmp_path: Path) -> None:
    query = ["compile", "--inline", "select {{ as_of() }}"]
    instant = '{"as_of": "2026-11-03T12:00:00-03:00"}'
    done = _run([*query, "--vars", instant], tmp_path, project=macros_alone)
    assert done.returncode == 0, done.stdout
    assert "2026-11-03 15:00:00" in done.stdout
