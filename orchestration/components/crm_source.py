"""A CRM as assets: what its API gave (landing), and the same as tables (raw)."""

from collections.abc import Iterable, Iterator
from typing import Literal

import dagster as dg

from ingestion import run as ingestion
from ingestion.model import Home, Landed, Loaded, Source, Window
from ingestion.sources import SOURCES
from orchestration.policies import ARRIVALS_FRESHNESS, LANDING_RETRY, WRITER_POOL, request_pool
from orchestration.resources import Account, Business, instant_of


class PullConfig(dg.Config):
    """How to ask: what changed, everything, the ids alone; or an explicit window (a backfill)."""

    mode: Literal["incremental", "full", "sweep"] = "incremental"
    window_start: str = ""
    window_end: str = ""

    def window(self) -> Window | None:
        if not self.window_end:
            return None
        start = instant_of(self.window_start) if self.window_start else None
        return Window(start, instant_of(self.window_end))


class CrmSourceComponent(dg.Component, dg.Resolvable, dg.Model):
    """A registered Source: an asset `landing_<crm>/<entity>` per entity, `raw_<crm>/<table>` per
    table, and one step for each of the two, since a step costs more than a small table."""

    source: str
    workers: int = 4

    def build_defs(self, context: dg.ComponentLoadContext) -> dg.Definitions:
        source = SOURCES[self.source]
        return dg.Definitions(assets=[landing(source, workers=self.workers), raw(source)])


def landing(source: Source, *, workers: int) -> dg.AssetsDefinition:
    @dg.multi_asset(
        name=f"landing_{source.name}",
        specs=[
            dg.AssetSpec(
                _landing_key(source, entity),
                description=f"Pages of {entity} as {source.name} sent them, with their manifest.",
                group_name=source.name,
                # One entity that fails must not take the others' records with it.
                skippable=True,
            )
            for entity in source.entities
        ],
        can_subset=True,
        pool=request_pool(source.name),
        retry_policy=LANDING_RETRY,
        required_resource_keys={"business", source.name},
    )
    def land(
        context: dg.AssetExecutionContext, config: PullConfig
    ) -> Iterator[dg.MaterializeResult[None]]:
        business: Business = context.resources.business
        account: Account = getattr(context.resources, source.name)
        landed = ingestion.land(
            source.name,
            [e for e in source.entities if _landing_key(source, e) in context.selected_asset_keys],
            settings=account.settings,
            home=Home(business.root),
            mode=config.mode,
            window=config.window(),
            workers=workers,
        )
        for one in landed:
            if one.status != "failed":
                yield dg.MaterializeResult(
                    asset_key=_landing_key(source, one.entity), metadata=_of_landed(one)
                )
        _raise_for(source, [(one.entity, one.status, one.reason) for one in landed])

    return land


def raw(source: Source) -> dg.AssetsDefinition:
    entities = entities_by_table(source)

    @dg.multi_asset(
        name=f"raw_{source.name}",
        specs=[
            dg.AssetSpec(
                dg.AssetKey([source.schema, table]),
                deps=[_landing_key(source, entity) for entity in sources],
                description=f"One row per key of {table}, latest version, one column per field.",
                group_name=source.name,
                freshness_policy=ARRIVALS_FRESHNESS,
                skippable=True,
            )
            for table, sources in entities.items()
        ],
        can_subset=True,
        pool=WRITER_POOL,
        required_resource_keys={"business"},
    )
    def load(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[None]]:
        business: Business = context.resources.business
        tables = [key.path[-1] for key in context.selected_asset_keys]
        wanted = {entity for table in tables for entity in entities[table]}
        home = Home(business.root)
        ingestion.prepare(source.name, home=home)
        loaded = ingestion.load(
            source.name, [entity for entity in source.entities if entity in wanted], home=home
        )
        failed = {one.entity for one in loaded if one.status == "failed"}
        for table in tables:
            if not failed.intersection(entities[table]):
                yield dg.MaterializeResult(
                    asset_key=dg.AssetKey([source.schema, table]),
                    metadata=_of_loaded([one for one in loaded if one.entity in entities[table]]),
                )
        _raise_for(source, [(one.entity, one.status, one.reason) for one in loaded])

    return load


def entities_by_table(source: Source) -> dict[str, list[str]]:
    """The entities that fill each raw table; some tables are filled by several."""
    found: dict[str, list[str]] = {}
    for entity in source.entities.values():
        for table in entity.tables:
            found.setdefault(table.name, []).append(entity.name)
    return found


def _landing_key(source: Source, entity: str) -> dg.AssetKey:
    return dg.AssetKey([f"landing_{source.name}", entity])


def _of_landed(landed: Landed) -> dict[str, str | int | float]:
    facts: dict[str, str | int | float] = {
        "status": landed.status,
        "dagster/row_count": landed.rows,
        "requests": landed.requests,
        "bytes": landed.bytes,
        "seconds": landed.seconds,
    }
    if landed.reason:
        facts["reason"] = landed.reason
    if landed.load_id:
        facts["load_id"] = landed.load_id
    if landed.window_end:
        start = landed.window_start
        facts["window_start"] = start.isoformat() if start else "ever"
        facts["window_end"] = landed.window_end.isoformat()
    return facts


def _of_loaded(loaded: Iterable[Loaded]) -> dict[str, str | int | float]:
    """Of the entities that fill the table, all their tables together."""
    folders = list(loaded)
    return {
        "entities": ", ".join(sorted({one.entity for one in folders})) or "nothing new",
        "rows_read": sum(one.rows_read for one in folders),
        "rows_inserted": sum(one.rows_inserted for one in folders),
        "rows_updated": sum(one.rows_updated for one in folders),
        "rows_deleted": sum(one.rows_deleted for one in folders),
        "columns_added": sum(len(one.columns_added) for one in folders),
        "seconds": sum(one.seconds for one in folders),
    }


def _raise_for(source: Source, outcomes: Iterable[tuple[str, str, str | None]]) -> None:
    failed = [f"{entity}: {reason}" for entity, status, reason in outcomes if status == "failed"]
    if failed:
        raise dg.Failure(f"{source.name}: {len(failed)} failed: {'; '.join(sorted(failed))}")
