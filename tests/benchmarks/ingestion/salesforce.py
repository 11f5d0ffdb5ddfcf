"""The Salesforce race: bare, ours by Bulk, ours after a change, Singer's tap by REST."""

from __future__ import annotations

import json
import urllib.parse
import urllib.request

from sandbox.connection import SALESFORCE_CLIENT_ID, SALESFORCE_CLIENT_SECRET
from tests.benchmarks.ingestion import peer_runs, runs
from tests.benchmarks.ingestion.org import sizes
from tests.benchmarks.ingestion.race import Race
from tests.benchmarks.ingestion.stage import Server, prepared, restored, served, workplace

ENTITIES = {"opportunities": "Opportunity", "tasks": "Task", "events": "Event"}


def run(race: Race) -> None:
    wanted = race.options.sizes
    with prepared(race.options.cache, "salesforce", wanted) as stage, workplace(stage) as folder:
        restored(stage, "salesforce")
        with served(stage) as server:
            found = sizes(race.options.deals, race.options.activities)
            field = runs.Field(
                race,
                stage,
                server,
                folder,
                entities={entity: entity for entity in ENTITIES},
                expected={entity: found[name] for entity, name in ENTITIES.items()},
                token=lambda: token(server),
            )
            log = runs.warm(field)
            # Who we are is asked anew by everyone, and a job is not removed twice.
            kept = [one for one in log if "/oauth2/" not in one[1] and one[0] != "DELETE"]
            runs.bare_and_ours(field, kept)
            runs.incremental(field)
            restored(stage, "salesforce")
            peer_runs.run_salesforce(field)


def token(server: Server) -> str:
    form = {
        "grant_type": "client_credentials",
        "client_id": SALESFORCE_CLIENT_ID,
        "client_secret": SALESFORCE_CLIENT_SECRET,
    }
    asked = urllib.request.Request(
        f"{server.url}/services/oauth2/token", urllib.parse.urlencode(form).encode()
    )
    with urllib.request.urlopen(asked, timeout=30) as answer:
        return str(json.loads(answer.read())["access_token"])
