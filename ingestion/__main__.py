"""The command line: pull, sweep, load, rebuild, status. The only module here that reads the
environment.

Exit codes: 0 all went well, 1 some entity failed, 2 wrong usage or nothing configured.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from ingestion.engine import warehouse
from ingestion.engine.errors import IngestionError
from ingestion.model import Home, Landed, Loaded, Window
from ingestion.run import SOURCES, land, load, prepare, rebuild

OK, FAILED, USAGE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    parser = _parser()
    options = parser.parse_args(arguments)
    logging.basicConfig(
        level=logging.INFO if options.verbose else logging.WARNING, format="%(message)s"
    )
    home = Home(Path(os.environ.get("SALES_HEARTBEAT_HOME") or "var"))
    try:
        return int(options.run(options, home))
    except IngestionError as error:
        print(f"error: {error}", file=sys.stderr)
        return FAILED
    except ValueError as error:
        print(f"error: {error}", file=sys.stderr)
        return USAGE


def _pull(options: argparse.Namespace, home: Home) -> int:
    return _land_and_load(options, home, "full" if options.full else "incremental")


def _sweep(options: argparse.Namespace, home: Home) -> int:
    return _land_and_load(options, home, "sweep")


def _land_and_load(options: argparse.Namespace, home: Home, mode: str) -> int:
    entities = _entities(options)
    prepare(options.source, home=home)
    landed = land(
        options.source,
        entities,
        settings=os.environ,
        home=home,
        mode="sweep" if mode == "sweep" else "full" if mode == "full" else "incremental",
        window=_window(options),
        workers=options.workers,
    )
    _print_landed(landed)
    if all(outcome.status == "not_configured" for outcome in landed):
        print(f"error: {options.source} is not configured: {landed[0].reason}", file=sys.stderr)
        return USAGE
    loaded = load(options.source, entities, home=home)
    _print_loaded(loaded)
    statuses = [*(item.status for item in landed), *(item.status for item in loaded)]
    return FAILED if "failed" in statuses else OK


def _load(options: argparse.Namespace, home: Home) -> int:
    return _report(load(options.source, _entities(options), home=home))


def _rebuild(options: argparse.Namespace, home: Home) -> int:
    return _report(rebuild(options.source, home=home))


def _report(loaded: Sequence[Loaded]) -> int:
    _print_loaded(loaded)
    return FAILED if any(outcome.status == "failed" for outcome in loaded) else OK


def _status(options: argparse.Namespace, home: Home) -> int:
    if not home.warehouse.exists():
        print("nothing has been loaded yet")
        return OK
    with warehouse.opened(home.warehouse, read_only=True) as connection:
        rows = connection.execute(
            "select l.source, l.entity, count(*), sum(l.rows)::bigint, sum(l.requests)::bigint, "
            "strftime(max(l.loaded_at), '%Y-%m-%d %H:%M:%S'), "
            "strftime(max(c.cursor_at), '%Y-%m-%d %H:%M:%S') from _ingestion.loads l "
            "left join _ingestion.cursors c using (source, entity) group by all order by all"
        ).fetchall()
    _table(("source", "entity", "loads", "rows", "requests", "last load", "read up to"), rows)
    return OK


def _entities(options: argparse.Namespace) -> list[str]:
    known = list(SOURCES[options.source].entities)
    if options.entity == "all":
        return known
    if options.entity not in known:
        raise ValueError(
            f"{options.source} has no entity {options.entity}; it has {', '.join(known)}"
        )
    return [options.entity]


def _window(options: argparse.Namespace) -> Window | None:
    start = getattr(options, "start", None)
    end = getattr(options, "end", None)
    if start is None and end is None:
        return None
    if start is None:
        raise ValueError("--to needs --from")
    window = Window(_instant(start), _instant(end) if end else datetime.now(UTC))
    if window.start is not None and window.start >= window.end:
        raise ValueError("--from must lie before --to")
    return window


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(
            f"{text}: write a day as 2026-01-31 or an instant as 2026-01-31T10:00:00Z"
        ) from error
    return instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)


def _print_landed(landed: Sequence[Landed]) -> None:
    _table(
        ("entity", "landing", "rows", "requests", "kB", "seconds", "note"),
        [
            (
                outcome.entity,
                outcome.status,
                outcome.rows,
                outcome.requests,
                outcome.bytes // 1024,
                f"{outcome.seconds:.1f}",
                outcome.reason or "",
            )
            for outcome in landed
        ],
    )


def _print_loaded(loaded: Sequence[Loaded]) -> None:
    _table(
        ("entity", "raw", "read", "new", "updated", "gone", "columns added", "seconds", "note"),
        [
            (
                outcome.entity,
                outcome.status,
                outcome.rows_read,
                outcome.rows_inserted,
                outcome.rows_updated,
                outcome.rows_deleted,
                len(outcome.columns_added),
                f"{outcome.seconds:.1f}",
                outcome.reason or "",
            )
            for outcome in loaded
        ],
    )


def _table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    texts = [list(header), *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(row[n]) for row in texts) for n in range(len(header))]
    for row in texts:
        print(
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        )
    print()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ingestion", description=__doc__)
    parser.add_argument("--verbose", action="store_true", help="a line per unit of work")
    commands = parser.add_subparsers(required=True)
    for name, run, text in (
        ("pull", _pull, "land what changed and load it"),
        ("sweep", _sweep, "list all ids, mark what is gone, read all links again"),
        ("load", _load, "load landings that raw does not hold yet"),
    ):
        command = commands.add_parser(name, help=text)
        command.set_defaults(run=run)
        command.add_argument("source", choices=list(SOURCES))
        command.add_argument("entity", nargs="?", default="all", help="an entity, or all")
        command.add_argument("--workers", type=int, default=4)
        if name == "pull":
            command.add_argument("--from", dest="start", help="backfill changes from here on")
            command.add_argument("--to", dest="end", help="up to here; without it, until now")
            command.add_argument("--full", action="store_true", help="everything, not changes")
    command = commands.add_parser("rebuild", help="raw anew from landing, without the API")
    command.set_defaults(run=_rebuild)
    command.add_argument("source", choices=list(SOURCES))
    commands.add_parser("status", help="what raw holds").set_defaults(run=_status)
    return parser


if __name__ == "__main__":
    sys.exit(main())
