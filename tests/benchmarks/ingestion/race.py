"""One contestant after the other: warmed, repeated, counted, compared."""

from __future__ import annotations

import dataclasses
import json
import shutil
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.benchmarks.ingestion import measure
from tests.benchmarks.ingestion.contestants import Contestant, environment
from tests.benchmarks.ingestion.measure import Measured
from tests.benchmarks.ingestion.stage import Server

# Answers that had to be made anew: by more than this share of a run's requests it was a warm-up.
_COLD = 0.01
_LINES = 12  # of an error


@dataclass(frozen=True)
class Options:
    crm: str
    deals: int
    activities: int
    properties: int
    connections: tuple[int, ...]
    peers: str
    repeat: int
    peer_repeat: int
    changed: float
    history: bool
    profile: bool
    most_seconds: float
    cache: Path
    json: Path | None

    @property
    def sizes(self) -> dict[str, int]:
        """What tells one stage from another."""
        return {
            "deals": self.deals,
            "activities": self.activities,
            "properties": self.properties,
        }

    def wants(self, peer: str) -> bool:
        """By its name or by the name of its family: `dlt` is all of dlt's ways."""
        named = self.peers.split(",")
        return self.peers == "all" or peer in named or peer.split("-")[0] in named


@dataclass
class Result:
    """Medians of a contestant; `lost` says which rows are missing or too many."""

    name: str
    kind: str  # bare, ours, incremental, peer
    rows: int = 0
    seconds: float = 0.0
    fastest: float = 0.0
    cpu: float = 0.0
    peak: float = 0.0
    requests: int = 0
    megabytes: float = 0.0
    runs: int = 0
    note: str = ""
    lost: str = ""
    failed: str = ""
    stages: Mapping[str, float] = field(default_factory=dict)

    @property
    def is_ours(self) -> bool:
        return self.kind in ("ours", "incremental")

    @property
    def is_wrong(self) -> bool:
        return bool(self.lost or self.failed)

    @property
    def rate(self) -> float:
        return self.rows / self.seconds if self.seconds else 0.0


class Race:
    """All results of one run of the command, in the order in which they came."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.results: list[Result] = []
        self.remarks: list[str] = []

    def remark(self, text: str) -> None:
        self.remarks.append(text)
        print(text, flush=True)

    def run(
        self,
        contestant: Contestant,
        kind: str,
        *,
        server: Server,
        folder: Path,
        expected: Mapping[str, int],
        rows: int,
        repeat: int,
        keep: Path | None = None,
    ) -> Result:
        """Repeat a contestant; `keep` is where its last folder goes."""
        result = Result(contestant.name, kind, rows=rows, note=contestant.note)
        runs: list[tuple[Measured, dict[str, Any]]] = []
        told: dict[str, Any] = {}
        is_warm = False
        while len(runs) < repeat:
            home = folder / "contestant"
            shutil.rmtree(home, ignore_errors=True)
            home.mkdir()
            if contestant.before is not None:
                contestant.before(home)
            server.mark()
            measured = measure.run(
                contestant.command(home),
                env=environment() | dict(contestant.env),
                most_seconds=self.options.most_seconds,
            )
            mark = server.mark()
            told = _told(measured)
            result.failed = _failure(measured, told)
            if result.failed:
                break
            was_cold = mark["misses"] > max(5, _COLD * mark["requests"])
            if was_cold and not is_warm:
                is_warm = True
                continue
            runs.append((measured, mark))
            result.stages = told.get("stages", {})
            if contestant.rows is not None and len(runs) == repeat:
                result.lost = _difference(contestant.rows(home, told), expected)
        _sum_up(result, runs)
        if keep is not None and not result.failed:
            shutil.rmtree(keep, ignore_errors=True)
            (folder / "contestant").rename(keep)
        self.results.append(result)
        state = result.failed or result.lost or f"{result.rate:,.0f} rows/s"
        print(f"  {result.name}: {result.seconds:.1f} s, {state}", flush=True)
        return result

    def as_json(self) -> dict[str, Any]:
        options = dataclasses.asdict(self.options)
        results = [dataclasses.asdict(result) | {"rate": result.rate} for result in self.results]
        return {
            "options": {name: str(value) for name, value in options.items()},
            "results": results,
            "remarks": self.remarks,
        }


def _sum_up(result: Result, runs: Sequence[tuple[Measured, dict[str, Any]]]) -> None:
    if not runs:
        return
    result.runs = len(runs)
    result.seconds = statistics.median(measured.seconds for measured, _ in runs)
    result.fastest = min(measured.seconds for measured, _ in runs)
    result.cpu = statistics.median(measured.cpu for measured, _ in runs)
    result.peak = max(measured.peak for measured, _ in runs)
    result.requests = int(statistics.median(mark["requests"] for _, mark in runs))
    result.megabytes = statistics.median(mark["bytes"] for _, mark in runs) / 1e6


def _told(measured: Measured) -> dict[str, Any]:
    """What the contestant says of itself in its last line."""
    lines = measured.out.strip().splitlines()
    try:
        told = json.loads(lines[-1]) if lines else {}
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _failure(measured: Measured, told: Mapping[str, Any]) -> str:
    if measured.code != 0:
        last = "\n    ".join(measured.err.strip().splitlines()[-_LINES:])
        ended = f"ended with code {measured.code}"
        if measured.code < 0:
            ended = f"ended by signal {-measured.code}: out of time or memory"
        return f"{ended}\n    {last}"
    return "; ".join(told.get("failed") or ())


def _difference(found: Mapping[str, int], expected: Mapping[str, int]) -> str:
    return ", ".join(
        f"{name}: {found.get(name, 0)} of {count} rows"
        for name, count in expected.items()
        if found.get(name, 0) != count
    )
