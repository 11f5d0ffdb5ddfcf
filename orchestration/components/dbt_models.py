"""The dbt project as assets: every model, seed and test, built by one dbt process per run."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC
from importlib.metadata import version as installed
from pathlib import Path
from typing import Any, cast

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DbtCliInvocation, dbt_assets
from dagster_dbt.asset_utils import get_updated_cli_invocation_params_for_context
from packaging.version import Version

from orchestration import dbt_manifest
from orchestration.policies import WRITER_POOL
from orchestration.resources import Business


class LayerTranslator(DagsterDbtTranslator):  # type: ignore[misc]
    """Assets are grouped by layer: staging, intermediate, core, funnel, performance, kpi, publish."""

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        layers = dbt_resource_props["fqn"][1:-1]
        if dbt_resource_props["resource_type"] == "seed" or not layers:
            return "seeds"
        return str(layers[1] if layers[0] == "marts" else layers[0])


class DbtModelsComponent(dg.Component, dg.Resolvable, dg.Model):
    """`project` is the folder of dbt_project.yml.

    A component of our own, since the variables of a run come from its resources and its instant.
    """

    project: str

    def build_defs(self, context: dg.ComponentLoadContext) -> dg.Definitions:
        return dg.Definitions(assets=[models(Path(self.project).resolve())])


def models(project: Path) -> dg.AssetsDefinition:
    manifest = dbt_manifest.manifest(project)
    translator = LayerTranslator()

    @dbt_assets(  # type: ignore[untyped-decorator]
        name="dbt_build",
        manifest=manifest,
        dagster_dbt_translator=translator,
        pool=WRITER_POOL,
        required_resource_keys={"business"},
    )
    def build(context: dg.AssetExecutionContext) -> Iterator[Any]:
        business: Business = context.resources.business
        chosen = get_updated_cli_invocation_params_for_context(
            context=context,
            manifest=manifest,
            dagster_dbt_translator=translator,
            runtime_selects=[],
            runtime_excludes=[],
        )
        target = business.root / "dbt" / "target"
        # A process of its own: dbt inside this one would keep the warehouse file locked.
        invocation = DbtCliInvocation.run(
            args=[
                dbt_manifest.executable(),
                "build",
                # They ask whether the code is right, which no night's data can change.
                "--exclude-resource-type",
                "unit_test",
                "--vars",
                json.dumps(variables(context, business)),
                *chosen.selection_args,
            ],
            env=dbt_manifest.environment(
                DAGSTER_DBT_CLI="true",
                DBT_LOG_FORMAT="json",
                DBT_TARGET_PATH=str(target),
                DBT_LOG_PATH=str(business.root / "dbt" / "logs"),
                DBT_PROJECT_DIR=str(project),
                DBT_PROFILES_DIR=str(project),
                SALES_HEARTBEAT_WAREHOUSE=str(business.warehouse),
                **_indirect(chosen.indirect_selection),
            ),
            manifest=manifest,
            dagster_dbt_translator=translator,
            project_dir=project,
            target_path=target,
            raise_on_error=True,
            context=context,
            adapter=None,
            cli_version=Version(installed("dbt-core")),
        )
        yield from invocation.stream()

    return cast("dg.AssetsDefinition", build)


def variables(context: dg.AssetExecutionContext, business: Business) -> dict[str, object]:
    as_of = business.instant(context.instance, context.run).astimezone(UTC)
    return {
        "as_of": as_of.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "business_timezone": business.timezone,
        "reporting_currency": business.currency,
        "business_country": business.country,
        "business_sector": business.sector,
        "fiscal_year_start_month": int(business.fiscal_year_start_month),
    }


def _indirect(selection: str | None) -> dict[str, str]:
    """How dbt picks the tests of the models it is given, when Dagster chose some of them."""
    return {"DBT_INDIRECT_SELECTION": selection} if selection else {}
