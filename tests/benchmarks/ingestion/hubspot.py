"""The HubSpot race: bare, ours, ours after a change, dlt, Airbyte's and Singer's connectors."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from sandbox.connection import HUBSPOT_ACCESS_TOKEN
from tests.benchmarks.ingestion import peer_runs, runs
from tests.benchmarks.ingestion.portal import ACTIVITIES, sizes
from tests.benchmarks.ingestion.race import Race
from tests.benchmarks.ingestion.stage import prepared, restored, served, workplace

OBJECTS = ("deals", *ACTIVITIES)


def run(race: Race) -> None:
    wanted = race.options.sizes
    with prepared(race.options.cache, "hubspot", wanted) as stage, workplace(stage) as folder:
        restored(stage, "hubspot")
        with served(stage) as server:
            field = runs.Field(
                race,
                stage,
                server,
                folder,
                entities={name: name for name in OBJECTS},
                expected=sizes(race.options.deals, race.options.activities),
                token=lambda: HUBSPOT_ACCESS_TOKEN,
            )
            log = runs.warm(field)
            runs.bare_and_ours(field, log)
            runs.incremental(field)
            restored(stage, "hubspot")
            peer_runs.run_hubspot(field, resources=_resources(log), cores=os.cpu_count() or 1)


def _resources(log: list[list[str]]) -> dict[str, str]:
    """The address of each object's first page as our own pull asked for it."""
    found: dict[str, str] = {}
    for method, target, _ in log:
        parts = urlsplit(target)
        name = parts.path.rsplit("/", 1)[-1]
        is_list = "/crm/objects/" in parts.path and "archived=true" not in parts.query
        if method == "GET" and name in OBJECTS and is_list:
            found.setdefault(name, target)
    return found
