"""What the races of both CRMs have in common: warm, bare against ours, ours after a change."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks.ingestion import contestants, measure
from tests.benchmarks.ingestion.race import Race
from tests.benchmarks.ingestion.stage import BenchmarkError, Server, Stage, changed


@dataclass(frozen=True)
class Field:
    """Where a race is run. `entities` are ours with their raw tables, `expected` rows by entity."""

    race: Race
    stage: Stage
    server: Server
    folder: Path
    entities: Mapping[str, str]
    expected: Mapping[str, int]
    token: Callable[[], str]

    @property
    def crm(self) -> str:
        return self.race.options.crm

    @property
    def rows(self) -> int:
        return sum(self.expected.values())

    def run(self, contestant: contestants.Contestant, kind: str, **more: Any) -> None:
        told: dict[str, Any] = {"expected": self.expected, "rows": self.rows}
        told["repeat"] = self.race.options.repeat
        self.race.run(contestant, kind, server=self.server, folder=self.folder, **told | more)


def warm(field: Field) -> list[list[str]]:
    """Our own pull, once: the server then remembers. Returns what was asked, for the bare loop."""
    print("warming the server", flush=True)
    home = field.folder / "warm"
    command = _ours(field, max(field.race.options.connections)).command(home)
    field.server.mark()
    most = field.race.options.most_seconds
    done = measure.run(command, env=contestants.environment(), most_seconds=most)
    mark = field.server.mark()
    if done.code != 0:
        raise BenchmarkError(f"our own pull failed: {done.err[-2000:]}")
    if mark["refused"]:
        field.race.remark(f"refused by the sandbox: {', '.join(sorted(set(mark['refused'])))}")
    shutil.rmtree(home, ignore_errors=True)
    print(f"  {mark['requests']:,} requests, {mark['misses']:,} answered anew", flush=True)
    log: list[list[str]] = mark["log"]
    return log


def bare_and_ours(field: Field, log: list[list[str]]) -> None:
    """In turn, with as many connections; what the last of ours left is kept as `full`."""
    path = field.folder / "requests.json"
    path.write_text(json.dumps(log), encoding="utf-8")
    for connections in field.race.options.connections:
        url, token = field.server.url, field.token()
        field.run(contestants.bare(url, path, connections, token), "bare")
        field.run(_ours(field, connections), "ours", keep=field.folder / "full")


def incremental(field: Field) -> None:
    """After a share of the records changed, on a copy of what the full load left."""
    share, full = field.race.options.changed, field.folder / "full"
    if not share or not full.exists():
        return
    count = changed(field.stage, field.crm, share)

    def put_back(home: Path) -> None:
        shutil.copytree(full, home, dirs_exist_ok=True)

    for connections in field.race.options.connections:
        ours = _ours(field, connections, "incremental", before=put_back)
        field.run(ours, "incremental", rows=count)


def _ours(
    field: Field,
    connections: int,
    mode: str = "full",
    before: Callable[[Path], None] | None = None,
) -> contestants.Contestant:
    return contestants.ours(
        field.server.url,
        field.crm,
        field.entities,
        connections,
        mode=mode,
        history=field.race.options.history,
        profile=field.race.options.profile,
        before=before,
    )
