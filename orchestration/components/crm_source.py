"""A CRM as assets: what its API gave (landing), and the same as tables (raw)."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Literal

import dagster as dg

from ingestion import run as ingestion
from ingestion.engine.reconcile import told
from ingestion.model import OWN_OBJECTS, Home, Landed, Loaded, Source, Window
from ingestion.sources import SOURCES
from orchestration.components import crm_facts as facts
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
    table, and one step for each of the two, since a step costs more than a small table.

    Objects that only the account has are known at run time: `custom_objects` stands for them all.
    """

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
            for entity in _entities(source)
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
                    for entity in _entities(source)
                    if _landing_key(source, entity) in context.selected_asset_keys
                ],
                settings=account.settings,
                home=Home(business.root),
                mode=config.mode,
                window=config.window(),
                workers=workers,
                progress=progress,
            )
        own = [one for one in landed if one.entity not in source.entities]
        for one in landed:
            if one.status != "failed" and one.entity in source.entities:
                yield dg.MaterializeResult(
                    asset_key=_landing_key(source, one.entity),
                    metadata=facts.of_landed(one, seen.pulses.get(one.entity)),
                )
        key = _landing_key(source, OWN_OBJECTS)
        if key in context.selected_asset_keys and all(one.status != "failed" for one in own):
            yield dg.MaterializeResult(asset_key=key, metadata=facts.of_own(own))
        _raise_for(source, [(one.entity, one.status, one.reason) for one in landed])

    return land


def raw(source: Source, *, workers: int = 4) -> dg.AssetsDefinition:
    entities = entities_by_table(source)
    # Their tables are made when they are found; what is told of them all stands here.
    own_specs = [
        dg.AssetSpec(
            _raw_key(source, OWN_OBJECTS),
            deps=[_landing_key(source, OWN_OBJECTS)],
            description="A table per object that only this account has, as `custom_<name>`.",
            group_name=source.name,
            freshness_policy=ARRIVALS_FRESHNESS,
            skippable=True,
        )
        for _ in _own(source)
    ]

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
        ]
        + own_specs,
        check_specs=[
            dg.AssetCheckSpec(
                RECONCILIATION,
                asset=_raw_key(source, entity),
                description=f"As many {entity} live as {source.name} counts, but for those in flight.",
                # A gap is told and healed; what is right in the others need not wait for it.
                blocking=False,
            )
            for entity in _entities(source)
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
        selected = {key.path[-1] for key in context.selected_asset_keys}
        tables = [table for table in entities if table in selected]
        wanted = {entity for table in tables for entity in entities[table]}
        wanted |= selected.intersection(_own(source))
        home = Home(business.root)
        ingestion.prepare(source.name, home=home)
        with observed(context, partial(_landing_key, source), business.log) as (progress, _):
            loaded = ingestion.load(
                source.name,
                [entity for entity in _entities(source) if entity in wanted],
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
                    metadata=facts.of_loaded(
                        [one for one in loaded if one.entity in entities[table]]
                    ),
                )
        own = [one for one in loaded if one.entity not in source.entities]
        if OWN_OBJECTS in wanted and all(one.status != "failed" for one in own):
            yield dg.MaterializeResult(
                asset_key=_raw_key(source, OWN_OBJECTS), metadata=facts.of_loaded(own)
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


def _own(source: Source) -> tuple[str, ...]:
    """The one name for all objects that only the account has, where there may be any."""
    return () if source.discover is None else (OWN_OBJECTS,)


def _entities(source: Source) -> tuple[str, ...]:
    return (*source.entities, *_own(source))


def _raw_key(source: Source, entity: str) -> dg.AssetKey:
    """The table that holds the entity's own records."""
    described = source.entities.get(entity)
    return dg.AssetKey([source.schema, described.tables[0].name if described else OWN_OBJECTS])


def _landing_key(source: Source, entity: str) -> dg.AssetKey:
    known = entity in source.entities
    return dg.AssetKey([f"landing_{source.name}", entity if known else OWN_OBJECTS])


def _reconciliations(
    context: dg.AssetExecutionContext, source: Source, loaded: Iterable[Loaded]
) -> Iterator[dg.AssetCheckResult]:
    """The outcome of each entity that was loaded, after healing was tried."""
    wanted = {key.asset_key for key in context.selected_asset_check_keys}
    latest = {one.entity: one for one in loaded if one.status == "loaded"}
    by_key: dict[dg.AssetKey, list[Loaded]] = {}
    for entity, one in latest.items():
        by_key.setdefault(_raw_key(source, entity), []).append(one)
    for key, ones in by_key.items():
        if key not in wanted:
            continue
        gaps = _said(ones, told)
        notes = _said(ones, lambda one: [m.note for m in one.reconciled if m.note])
        yield dg.AssetCheckResult(
            asset_key=key,
            check_name=RECONCILIATION,
            passed=not gaps,
            severity=dg.AssetCheckSeverity.ERROR,
            description="; ".join(gaps or notes) or "ours are as many as the vendor's",
            metadata=facts.counts(ones),
        )


def _said(ones: Sequence[Loaded], saying: Callable[[Loaded], Iterable[str]]) -> list[str]:
    """With the name of who it is about, where several share a check."""
    return [
        f"{one.entity}: {said}" if len(ones) > 1 else said for one in ones for said in saying(one)
    ]


def _raise_for(source: Source, outcomes: Iterable[tuple[str, str, str | None]]) -> None:
    failed = [f"{entity}: {reason}" for entity, status, reason in outcomes if status == "failed"]
    if failed:
        raise dg.Failure(f"{source.name}: {len(failed)} failed: {'; '.join(sorted(failed))}")
