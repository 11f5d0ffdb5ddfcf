"""Who runs: a command each, and how the rows that it left are counted."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandbox.connection import HUBSPOT_ACCESS_TOKEN
from tests.benchmarks.ingestion.stage import ROOT


@dataclass(frozen=True)
class Contestant:
    """`command` gets the folder that it may write to. `rows` are counted after the clock stopped.

    `reads` are the records that it has to bring; `note` is printed with its figures.
    """

    name: str
    command: Callable[[Path], list[str]]
    rows: Callable[[Path, Mapping[str, Any]], Mapping[str, int]] | None = None
    env: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    before: Callable[[Path], None] | None = None


def environment() -> dict[str, str]:
    """Nothing of the caller's settings: they may hold a real account."""
    kept = {
        name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ
    }
    return kept | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}


def bare(url: str, log: Path, connections: int, token: str) -> Contestant:
    command = [sys.executable, "-m", "tests.benchmarks.ingestion.bare", "--url", url]
    command += ["--log", str(log), "--connections", str(connections), "--token", token]
    return Contestant(f"bare requests, {_at_a_time(connections)}", lambda _: command)


def ours(
    url: str,
    source: str,
    entities: Mapping[str, str],
    connections: int,
    *,
    mode: str = "full",
    history: bool = False,
    profile: bool = False,
    before: Callable[[Path], None] | None = None,
) -> Contestant:
    """`entities` are ours with their table's name in raw."""
    command = [sys.executable, "-m", "tests.benchmarks.ingestion.ours", "--url", url]
    command += ["--source", source, "--entities", ",".join(entities), "--mode", mode]
    command += ["--connections", str(connections)]
    command += ["--history"] * history + ["--profile"] * profile
    name = "ours" if mode == "full" else f"ours, {mode}"
    return Contestant(
        f"{name}, {_at_a_time(connections)}",
        lambda folder: [*command, "--home", str(folder)],
        lambda folder, _: _in_raw(folder, source, entities),
        before=before,
    )


def dlt(
    python: Path, url: str, resources: Mapping[str, str], name: str, options: list[str]
) -> Contestant:
    """dlt's REST source into DuckDB; `resources` are paths with their whole query."""
    command = [str(python), str(Path(__file__).parent / "peers" / "dlt_hubspot.py")]
    command += ["--url", url, "--token", HUBSPOT_ACCESS_TOKEN]
    command += ["--resources", json.dumps(dict(resources)), *options]
    return Contestant(
        name,
        lambda folder: [*command, "--folder", str(folder)],
        lambda folder, said: said["rows"],
        env={"RUNTIME__DLTHUB_TELEMETRY": "false", "DO_NOT_TRACK": "1"},
    )


def stdout_peer(name: str, command: list[str], note: str) -> Contestant:
    """A connector that hands records out as lines and leaves the database to others."""
    return Contestant(
        name,
        lambda folder: [*command, str(folder)],
        lambda folder, said: said["rows"],
        note=note,
    )


def _in_raw(folder: Path, source: str, entities: Mapping[str, str]) -> dict[str, int]:
    import duckdb  # only when the clock has stopped

    with duckdb.connect(str(folder / "warehouse.duckdb"), read_only=True) as connection:
        found = {}
        for entity, table in entities.items():
            row = connection.execute(f"select count(*) from raw_{source}.{table}").fetchone()
            found[entity] = int(row[0]) if row else 0
        return found


def _at_a_time(connections: int) -> str:
    return f"{connections} connection" + ("s" if connections > 1 else "")
