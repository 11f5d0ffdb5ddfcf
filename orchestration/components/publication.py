"""A target of publication: every published view as an asset there, all put in place by one step."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import dagster as dg

from ingestion.engine import compact
from orchestration import dbt_manifest
from orchestration.policies import PUBLICATION_FRESHNESS, PUBLICATION_RETRY, WRITER_POOL
from orchestration.publish.targets import SCHEMA, DuckDbFile, ParquetFolder, Target
from orchestration.resources import Business

TARGETS: dict[str, Callable[[Business], Target]] = {
    "duckdb": lambda business: DuckDbFile(business.published_file),
    "parquet": lambda business: ParquetFolder(business.published_parquet),
}


class PublicationComponent(dg.Component, dg.Resolvable, dg.Model):
    """`publish_<target>/<name>` for each model `pub_<name>` of the dbt project."""

    target: Literal["duckdb", "parquet"]
    project: str

    def build_defs(self, context: dg.ComponentLoadContext) -> dg.Definitions:
        names = dbt_manifest.published_models(dbt_manifest.manifest(Path(self.project).resolve()))
        return dg.Definitions(assets=[publication(self.target, names)] if names else [])


def publication(target: str, names: list[str]) -> dg.AssetsDefinition:
    keys = {name: dg.AssetKey([f"publish_{target}", name.removeprefix("pub_")]) for name in names}

    @dg.multi_asset(
        name=f"publish_{target}",
        specs=[
            dg.AssetSpec(
                key,
                deps=[dg.AssetKey([SCHEMA, name])],
                description=f"{SCHEMA}.{name} as readers find it.",
                group_name="delivery",
                freshness_policy=PUBLICATION_FRESHNESS,
            )
            for name, key in keys.items()
        ],
        # Not by subset: readers get all tables of one state, or stay with the one before.
        can_subset=False,
        pool=WRITER_POOL,
        retry_policy=PUBLICATION_RETRY,
        required_resource_keys={"business"},
    )
    def publish(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[None]]:
        business: Business = context.resources.business
        # The models are made anew by now, so nothing in the file needs to hold an erased person.
        compact.clean(business.warehouse, is_made_anew=True)
        for table in TARGETS[target](business).publish(business.warehouse, names):
            yield dg.MaterializeResult(
                asset_key=keys[table.name],
                metadata={"dagster/row_count": table.rows, "columns": table.columns},
            )

    return publish
