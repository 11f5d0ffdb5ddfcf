"""A CRM of a few records that needs no network, and a run of whatever reads it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

import dagster as dg

from ingestion.engine.budget import Budget
from ingestion.engine.errors import FatalError
from ingestion.engine.pace import Pace
from ingestion.model import (
    Connection,
    Entity,
    Field,
    Page,
    Plan,
    Pull,
    Reading,
    Source,
    Table,
    Value,
)

NOW = datetime(2026, 11, 3, 15, tzinfo=UTC)
DEALS: list[dict[str, Any]] = [
    {"id": "d1", "amount": "10", "notes": [{"id": "n1"}, {"id": "n2"}]},
    {"id": "d2", "amount": "20", "notes": []},
]


def _pace() -> Pace:
    budget = Budget("Toy", "it counts anew at midnight")
    budget.says(1000, 400)
    return Pace(budget=budget)


@dataclass
class Client:
    requests: int = 3
    pace: Pace = field(default_factory=_pace)

    @contextmanager
    def opened(self) -> Iterator[Client]:
        yield self


def pages(name: str, records: list[dict[str, Any]]) -> Callable[[Pull, Plan], Iterator[Page]]:
    def extract(pull: Pull, plan: Plan) -> Iterator[Page]:
        body = json.dumps({"results": records}).encode()
        yield Page(name, body, rows=len(records))

    return extract


def broken(pull: Pull, plan: Plan) -> Iterator[Page]:
    raise FatalError("GET /owners: the answer is no JSON")


def reading(name: str, kind: str, path: str, *fields: str) -> Reading:
    levels = path.count("[]") - 1
    return Reading(kind, name, path, {field: Value(levels, (field,)) for field in fields})


DEALS_ENTITY = Entity(
    "deals",
    tables=(
        Table("deals", ("id",), (Field("id"), Field("amount", "number"))),
        Table("notes", ("id",), (Field("id"),)),
    ),
    readings=(
        reading("deals", "deals", "results[]", "id", "amount"),
        reading("notes", "deals", "results[].notes[]", "id"),
    ),
    plan=lambda pull: Plan(),
    extract=pages("deals", DEALS),
    whole=True,
)
OWNERS_ENTITY = Entity(
    "owners",
    tables=(Table("owners", ("id",), (Field("id"),)),),
    readings=(reading("owners", "owners", "results[]", "id"),),
    plan=lambda pull: Plan(),
    extract=pages("owners", [{"id": "o1"}]),
    whole=True,
)
TOY = Source(
    "toy",
    {"deals": DEALS_ENTITY, "owners": OWNERS_ENTITY},
    missing=lambda settings: None if settings.get("TOY_TOKEN") else "TOY_TOKEN is not set",
    connect=lambda settings: Connection(
        open_client=cast("Any", lambda: Client().opened()), now=NOW, api_version="1"
    ),
)


def run_of(definitions: list[Any], resources: dict[str, Any], **more: Any) -> Any:
    """Execute all of it in process; the result carries failures instead of raising them."""
    assets = [one for one in definitions if not isinstance(one, dg.AssetChecksDefinition)]
    checks = [one for one in definitions if isinstance(one, dg.AssetChecksDefinition)]
    found = dg.Definitions(
        assets=assets,
        asset_checks=checks,
        resources=resources,
        jobs=[dg.define_asset_job("all", selection=dg.AssetSelection.all())],
    )
    with dg.DagsterInstance.ephemeral() as instance:
        return found.resolve_job_def("all").execute_in_process(
            instance=instance, raise_on_error=False, **more
        )


def metadata_of(result: Any, *key: str) -> dict[str, Any]:
    for event in result.get_asset_materialization_events():
        materialization = event.step_materialization_data.materialization
        if materialization.asset_key == dg.AssetKey(list(key)):
            return {name: value.value for name, value in materialization.metadata.items()}
    raise AssertionError(f"{'/'.join(key)} was not materialized")


def materialized(result: Any) -> set[str]:
    return {
        event.step_materialization_data.materialization.asset_key.to_user_string()
        for event in result.get_asset_materialization_events()
    }
