"""The command line: pull, sweep, load, rebuild, status. The only module here that reads the
environment.

Exit codes: 0 all went well, 1 something failed, 2 wrong usage or nothing configured, 130 interrupted.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from dotenv import dotenv_values

from ingestion.engine import warehouse
from ingestion.engine.errors import IngestionError
from ingestion.engine.extract import BEGINNING
from ingestion.model import Home, Landed, Loaded, Mode, Window
from ingestion.run import SOURCES, land, load, prepare, rebuild

OK, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130
ENV_FILE = Path(".env")
MOST_WORKERS = 32


class UsageError(Exception):
    """What was typed cannot be meant."""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = _parser()
    options = parser.parse_args(arguments)
    logging.basicConfig(
        level=logging.INFO if options.verbose else logging.WARNING, format="%(message)s"
    )
    try:
        settings = _settings()
        home = Home(Path(settings.get("SALES_HEARTBEAT_HOME") or "var"))
        return int(options.run(options, home, settings))
    except UsageError as error:
        return _complain(str(error), USAGE)
    except IngestionError as error:
        return _complain(str(error), FAILED)
    except BrokenPipeError:
        # The reader of our output has gone (`| head`); nothing may be written to it at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except OSError as error:
        return _complain(f"{error.filename or 'file'}: {error.strerror}", FAILED)
    except KeyboardInterrupt:
        said = "interrupted: what is landed and loaded stays, the next run goes on from there"
        return _complain(said, INTERRUPTED)


def _settings() -> dict[str, str]:
    """The environment, and below it what the working directory's .env says."""
    try:
        written = dotenv_values(ENV_FILE)
    except (OSError, UnicodeError) as error:
        raise UsageError(f"{ENV_FILE} cannot be read as UTF-8 text") from error
    return {name: value for name, value in written.items() if value} | dict(os.environ)


def _pull(options: argparse.Namespace, home: Home, settings: Mapping[str, str]) -> int:
    return _land_and_load(options, home, settings, "full" if options.full else "incremental")


def _sweep(options: argparse.Namespace, home: Home, settings: Mapping[str, str]) -> int:
    return _land_and_load(options, home, settings, "sweep")


def _land_and_load(
    options: argparse.Namespace, home: Home, settings: Mapping[str, str], mode: Mode
) -> int:
    entities, window = _entities(options), _window(options)
    lack = SOURCES[options.source].missing(settings)
    if lack is not None:
        raise UsageError(f"{options.source} is not configured: {lack} in the environment or .env")
    prepare(options.source, home=home)
    landed = land(
        options.source,
        entities,
        settings=settings,
        home=home,
        mode=mode,
        window=window,
        workers=options.workers,
    )
    _print_landed(landed)
    loaded = load(options.source, entities, home=home)
    _print_loaded(loaded)
    return _complain_of(landed, loaded)


def _load(options: argparse.Namespace, home: Home, settings: Mapping[str, str]) -> int:
    return _report(load(options.source, _entities(options), home=home))


def _rebuild(options: argparse.Namespace, home: Home, settings: Mapping[str, str]) -> int:
    return _report(rebuild(options.source, home=home))


def _report(loaded: Sequence[Loaded]) -> int:
    _print_loaded(loaded)
    if not loaded:
        print("nothing to load")
    return _complain_of([], loaded)


def _complain_of(landed: Sequence[Landed], loaded: Sequence[Loaded]) -> int:
    """A sentence for each reason: one that several entities share is said once."""
    outcomes: list[Landed | Loaded] = [*landed, *loaded]
    reasons: dict[tuple[str, str], list[str]] = {}
    for outcome in outcomes:
        if outcome.reason is not None:
            reasons.setdefault((outcome.status, outcome.reason), []).append(outcome.entity)
    for (status, reason), entities in reasons.items():
        which = ", ".join(entities) if len(entities) < 4 else f"{len(entities)} entities"
        label = "error" if status == "failed" else status
        print(f"{label}: {which}: {reason}", file=sys.stderr)
    # Where all are skipped, nothing was read: that is no success.
    is_any_landed = not landed or any(outcome.status == "landed" for outcome in landed)
    has_failed = any(outcome.status == "failed" for outcome in outcomes)
    return OK if is_any_landed and not has_failed else FAILED


def _complain(sentence: str, code: int) -> int:
    print(f"error: {sentence}", file=sys.stderr)
    return code


def _status(options: argparse.Namespace, home: Home, settings: Mapping[str, str]) -> int:
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
        raise UsageError(
            f"{options.source} has no entity {options.entity}; it has {', '.join(known)}"
        )
    return [options.entity]


def _window(options: argparse.Namespace) -> Window | None:
    start = getattr(options, "start", None)
    end = getattr(options, "end", None)
    if start is None and end is None:
        return None
    if start is None:
        raise UsageError("--to needs --from")
    if options.full:
        raise UsageError("--full reads everything: leave out --from and --to")
    first, last = _instant(start), _instant(end) if end else datetime.now(UTC)
    if first >= last:
        raise UsageError("--from must lie before --to" if end else "--from must not lie ahead")
    return Window(first, last)


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
        instant = instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise UsageError(
            f"{text}: write a day as 2026-01-31 or an instant as 2026-01-31T10:00:00Z"
        ) from error
    if instant < BEGINNING:
        raise UsageError(f"{text}: no CRM reaches back before {BEGINNING:%Y}")
    return instant


def _workers(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST_WORKERS:
        raise argparse.ArgumentTypeError(f"a number from 1 to {MOST_WORKERS}")
    return int(text)


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
    if not rows:
        return
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
        command.add_argument("--workers", type=_workers, default=4, help="entities at a time")
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
