"""The others: installed into environments of their own, pointed at the sandbox, raced.

Pins are in peers/*.txt, what runs there in peers/*.py. A peer that cannot be raced is remarked on.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from sandbox.connection import (
    HUBSPOT_ACCESS_TOKEN,
    SALESFORCE_CLIENT_ID,
    SALESFORCE_CLIENT_SECRET,
    SALESFORCE_REFRESH_TOKEN,
)
from tests.benchmarks.ingestion import contestants
from tests.benchmarks.ingestion.race import Race
from tests.benchmarks.ingestion.runs import Field

PEERS = Path(__file__).parent / "peers"
# Airbyte's framework handles some hundred rows per second: it reads the smaller objects alone.
_MOST_ROWS_OF_SLOW = 6_000
_STREAMS = {
    "deals": "deals",
    **{name: f"engagements_{name}" for name in ("calls", "emails", "meetings", "tasks", "notes")},
}
_OBJECTS = {"opportunities": "Opportunity", "tasks": "Task", "events": "Event"}
# By family: script and pins, title, note.
_SALESFORCE = {
    "airbyte": ("airbyte_salesforce", "Airbyte source-salesforce", "Bulk 2.0, no database"),
    "singer": ("singer_salesforce", "Singer tap-salesforce", "REST, no database"),
}
_SINGER = (
    "Singer's tap-hubspot 4.5.0 is not raced: its host could be redirected, but it reads deals from "
    "/deals/v1/deal/paged and activities from /engagements/v1, legacy paths in another shape that "
    "the sandbox does not serve"
)


def run_hubspot(field: Field, *, resources: Mapping[str, str], cores: int) -> None:
    """`resources` are the addresses of first pages, so that all share what is remembered."""
    race = field.race
    for name, (text, more) in _dlt(cores).items():
        python = environment_of(race, "dlt") if race.options.wants(name) else None
        if python is not None:
            contestant = contestants.dlt(python, field.server.url, resources, text, more)
            field.run(contestant, "peer", repeat=race.options.peer_repeat)
    if race.options.wants("airbyte"):
        _airbyte(field)
    if race.options.wants("singer"):
        race.remark(_SINGER)


def _dlt(cores: int) -> dict[str, tuple[str, list[str]]]:
    """The ways to run it: its name here, in the table, and its options."""
    many = ["--parquet", "--processes", str(cores)]
    return {
        "dlt-default": ("dlt, as it comes", []),
        "dlt-parquet": ("dlt, parallelized, Parquet", ["--parquet"]),
        "dlt-processes": (f"dlt, the same, {cores} processes", many),
    }


def run_salesforce(field: Field) -> None:
    for family, (name, title, note) in _SALESFORCE.items():
        python = environment_of(field.race, name) if field.race.options.wants(family) else None
        if python is None:
            continue
        streams = ",".join(f"{ours}={_OBJECTS[ours]}" for ours in field.expected)
        client = f"{SALESFORCE_CLIENT_ID},{SALESFORCE_CLIENT_SECRET},{SALESFORCE_REFRESH_TOKEN}"
        command = [str(python), str(PEERS / f"{name}.py"), "--url", field.server.url]
        command += ["--streams", streams, "--client", client, "--folder"]
        contestant = contestants.stdout_peer(title, command, note)
        field.run(contestant, "peer", repeat=field.race.options.peer_repeat)


def environment_of(race: Race, name: str) -> Path | None:
    """The Python of a peer's environment, made when it is missing or its pins have changed."""
    pins = PEERS / f"{name}.txt"
    seal = hashlib.sha256(pins.read_bytes() + sys.version.encode()).hexdigest()[:12]
    folder = race.options.cache / "environments" / f"{name}-{seal}"
    python, ready = folder / "bin" / "python", folder / "ready"
    if not ready.exists():
        print(f"installing {name}", flush=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        make = [sys.executable, "-m", "venv", "--clear", str(folder)]
        for command in (make, [*pip, "-r", str(pins)]):
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                last = done.stderr.strip().splitlines()[-1:]
                race.remark(f"{name} cannot be installed here: {' '.join(last)}")
                return None
        ready.touch()
    return python


def _airbyte(field: Field) -> None:
    python = environment_of(field.race, "airbyte_hubspot")
    if python is None:
        return
    read: dict[str, int] = {}
    for name, count in sorted(field.expected.items(), key=lambda item: item[1]):
        if not read or sum(read.values()) + count <= _MOST_ROWS_OF_SLOW:
            read[name] = count
    streams = ",".join(f"{name}={_STREAMS[name]}" for name in read)
    command = [str(python), str(PEERS / "airbyte_hubspot.py"), "--url", field.server.url]
    command += ["--token", HUBSPOT_ACCESS_TOKEN, "--streams", streams, "--folder"]
    note = f"no database, {' and '.join(read)} alone"
    contestant = contestants.stdout_peer("Airbyte source-hubspot", command, note)
    repeat = field.race.options.peer_repeat
    field.run(contestant, "peer", expected=read, rows=sum(read.values()), repeat=repeat)
