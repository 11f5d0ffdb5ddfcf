"""The figures as a table."""

from __future__ import annotations

from tests.benchmarks.ingestion.race import Race, Result

_COLUMNS = 14


def print_table(race: Race) -> None:
    peers = [r for r in race.results if r.kind == "peer" and not r.failed and r.runs]
    fastest = max(peers, key=lambda result: result.rate, default=None)
    header = (
        "contestant", "rows", "rows/s", "seconds", "fastest", "CPU s", "rows/CPU s", "peak MB", "requests",
        "MB sent", "runs", "of bare", "x peer", "note",
    )  # fmt: skip
    lines = [_line(race, result, fastest) for result in race.results]
    widths = [max(len(line[n]) for line in (header, *lines)) for n in range(len(header))]
    print()
    for line in (header, *lines):
        cells = [
            text.ljust(width) if n in (0, len(header) - 1) else text.rjust(width)
            for n, (text, width) in enumerate(zip(line, widths, strict=True))
        ]
        print("  ".join(cells).rstrip())
    print()
    for result in race.results:
        if result.stages:
            stages = ", ".join(f"{name} {value:.2f}" for name, value in result.stages.items())
            print(f"{result.name}: seconds in stages: {stages}")
    full = next((r for r in race.results if r.kind == "ours" and not r.failed), None)
    for result in race.results:
        if result.kind == "incremental" and full is not None and full.requests:
            share = result.requests / full.requests
            print(f"{result.name}: {share:.1%} of the full load's requests, {result.seconds:.1f} s")


def _line(race: Race, result: Result, fastest: Result | None) -> tuple[str, ...]:
    if result.failed:
        return (result.name, *("",) * (_COLUMNS - 2), f"failed: {result.failed.splitlines()[0]}")
    note = f"LOSES ROWS: {result.lost}" if result.lost else result.note
    of_bare = of_peer = ""
    if result.kind == "ours":
        bare = _bare_of(race, result)
        of_bare = f"{result.rate / bare.rate:.0%}" if bare is not None and bare.rate else ""
        of_peer = f"{result.rate / fastest.rate:.1f}" if fastest is not None else ""
    return (
        result.name,
        f"{result.rows:,}",
        f"{result.rate:,.0f}",
        f"{result.seconds:.2f}",
        f"{result.fastest:.2f}",
        f"{result.cpu:.2f}",
        f"{result.rows / result.cpu:,.0f}" if result.cpu else "",
        f"{result.peak:,.0f}",
        f"{result.requests:,}",
        f"{result.megabytes:,.1f}",
        str(result.runs),
        of_bare,
        of_peer,
        note,
    )


def _bare_of(race: Race, result: Result) -> Result | None:
    """The bare loop with as many connections."""
    connections = result.name.rsplit(", ", 1)[-1]
    return next(
        (r for r in race.results if r.kind == "bare" and r.name.endswith(f", {connections}")), None
    )
