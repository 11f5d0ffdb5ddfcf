"""A CRM as assets: what its API gave (landing), and the same as tables (raw)."""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Literal

import dagster as dg

from ingestion import run as ingestion
from ingestion.engine.progress import Pulse
from ingestion.engine.reconcile import told
from ingestion.model import Home, Landed, Loaded, Source, Window
from ingestion.sources import SOURCES
from orchestration.components.progress import observed
from orchestration.policies import ARRIVALS_FRESHNESS, LANDING_RETRY, WRITER_POOL, request_pool
from orchestration.resources import Account, Business, instant_of

RECONCILIATION = "reconciliation"


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
        return dg.Definitions(
            assets=[landing(source, workers=self.workers), raw(source, workers=self.workers)]
        )


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
        with observed(context, partial(_landing_key, source), business.log) as (progress, seen):
            landed = ingestion.land(
                source.name,
                [
                    entity
                    for entity in source.entities
                    if _landing_key(source, entity) in context.selected_asset_keys
                ],
                settings=account.settings,
                home=Home(business.root),
                mode=config.mode,
                window=config.window(),
                workers=workers,
                progress=progress,
            )
        for one in landed:
            # An account's own objects are found at run time: they have no asset of their own.
            if one.status != "failed" and one.entity in source.entities:
                yield dg.MaterializeResult(
                    asset_key=_landing_key(source, one.entity),
                    metadata=_of_landed(one, seen.pulses.get(one.entity)),
                )
        _raise_for(source, [(one.entity, one.status, one.reason) for one in landed])

    return land


def raw(source: Source, *, workers: int = 4) -> dg.AssetsDefinition:
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
        check_specs=[
            dg.AssetCheckSpec(
                RECONCILIATION,
                asset=_raw_key(source, entity),
                description=f"As many {entity} live as {source.name} counts, but for those in flight.",
                # A gap is told and healed; what is right in the others need not wait for it.
                blocking=False,
            )
            for entity in source.entities
        ],
        can_subset=True,
        pool=WRITER_POOL,
        required_resource_keys={"business", source.name},
    )
    def load(
        context: dg.AssetExecutionContext,
    ) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
        business: Business = context.resources.business
        account: Account = getattr(context.resources, source.name)
        tables = [key.path[-1] for key in context.selected_asset_keys]
        wanted = {entity for table in tables for entity in entities[table]}
        home = Home(business.root)
        ingestion.prepare(source.name, home=home)
        with observed(context, partial(_landing_key, source), business.log) as (progress, _):
            loaded = ingestion.load(
                source.name,
                [entity for entity in source.entities if entity in wanted],
                home=home,
                progress=progress,
            )
            again, healed = ingestion.settle(
                source.name,
                loaded,
                settings=account.settings,
                home=home,
                workers=workers,
                progress=progress,
            )
        loaded += healed
        failed = {one.entity for one in loaded if one.status == "failed"}
        for table in tables:
            if not failed.intersection(entities[table]):
                yield dg.MaterializeResult(
                    asset_key=dg.AssetKey([source.schema, table]),
                    metadata=_of_loaded([one for one in loaded if one.entity in entities[table]]),
                )
        yield from _reconciliations(context, source, loaded)
        outcomes: list[Landed | Loaded] = [*again, *loaded]
        _raise_for(source, [(one.entity, one.status, one.reason) for one in outcomes])

    return load


def entities_by_table(source: Source) -> dict[str, list[str]]:
    """The entities that fill each raw table; some tables are filled by several."""
    found: dict[str, list[str]] = {}
    for entity in source.entities.values():
        for table in entity.tables:
            found.setdefault(table.name, []).append(entity.name)
    return found


def _raw_key(source: Source, entity: str) -> dg.AssetKey:
    """The table that holds the entity's own records."""
    return dg.AssetKey([source.schema, source.entity(entity).tables[0].name])


def _landing_key(source: Source, entity: str) -> dg.AssetKey:
    return dg.AssetKey([f"landing_{source.name}", entity])


def _of_landed(landed: Landed, pulse: Pulse | None) -> dict[str, str | int | float]:
    facts: dict[str, str | int | float] = {
        "status": landed.status,
        "dagster/row_count": landed.rows,
        "requests": landed.requests,
        "bytes": landed.bytes,
        "seconds": landed.seconds,
    }
    if landed.seconds > 0:
        facts["rows_per_second"] = round(landed.rows / landed.seconds, 1)
    if pulse is not None and pulse.quota_left is not None:
        facts["quota_left"] = pulse.quota_left
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
        **_counts(folders),
    }


def _counts(folders: Iterable[Loaded]) -> dict[str, str | int | float]:
    """Ours beside the vendor's numbers, as the last load of each entity left them."""
    facts: dict[str, str | int | float] = {}
    for entity, one in {one.entity: one for one in folders}.items():
        for measure in one.reconciled:
            name = f"{entity} {measure.measure}"
            facts[f"{name} here"] = float(measure.raw)
            if measure.vendor is not None and measure.gap is not None:
                facts[f"{name} at the vendor"] = float(measure.vendor)
                facts[f"{name} gap"] = float(measure.gap)
                facts[f"{name} in flight"] = measure.in_flight
    return facts


def _reconciliations(
    context: dg.AssetExecutionContext, source: Source, loaded: Iterable[Loaded]
) -> Iterator[dg.AssetCheckResult]:
    """The outcome of each entity that was loaded, after healing was tried."""
    wanted = {key.asset_key for key in context.selected_asset_check_keys}
    latest = {one.entity: one for one in loaded if one.status == "loaded"}
    for entity, one in latest.items():
        key = _raw_key(source, entity)
        if key not in wanted:
            continue
        gaps = told(one)
        notes = [measure.note for measure in one.reconciled if measure.note]
        yield dg.AssetCheckResult(
            asset_key=key,
            check_name=RECONCILIATION,
            passed=not gaps,
            severity=dg.AssetCheckSeverity.ERROR,
            description="; ".join(gaps or notes) or "ours are as many as the vendor's",
            metadata=_counts([one]),
        )


def _raise_for(source: Source, outcomes: Iterable[tuple[str, str, str | None]]) -> None:
    failed = [f"{entity}: {reason}" for entity, status, reason in outcomes if status == "failed"]
    if failed:
        raise dg.Failure(f"{source.name}: {len(failed)} failed: {'; '.join(sorted(failed))}")
