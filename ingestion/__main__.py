"""The command line: check, pull, sweep, load, rebuild, erase, status, holidays, template. The only
module here that reads the environment.

Exit codes: 0 all went well, 1 something failed, 2 wrong usage or nothing configured, 130 interrupted,
143 terminated.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

from dotenv import dotenv_values

from ingestion import display
from ingestion.calendar import holidays_csv
from ingestion.check import check
from ingestion.engine import warehouse
from ingestion.engine.ending import ended_by_signals
from ingestion.engine.errors import IngestionError
from ingestion.engine.extract import BEGINNING
from ingestion.engine.progress import Progress
from ingestion.engine.reconcile import told
from ingestion.model import OWN_OBJECTS, Home, Landed, Loaded, Mode, Window
from ingestion.run import SOURCES, erase, land, load, prepare, rebuild, settle
from ingestion.sources.spreadsheets import template
from ingestion.sources.spreadsheets.kinds import KINDS
from ingestion.sources.spreadsheets.words import LANGUAGES

OK, FAILED, USAGE = 0, 1, 2
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
    with ended_by_signals() as ending:
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
            return _complain(said, ending.code)


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
    with _progress(options, settings, len(entities), "connecting") as progress:
        landed = land(
            options.source,
            entities,
            settings=settings,
            home=home,
            mode=mode,
            window=window,
            workers=options.workers,
            progress=progress,
        )
    _show(display.of_landed(landed))
    with _progress(options, settings, len(entities), "loading into raw") as progress:
        loaded = load(options.source, entities, home=home, progress=progress)
    _show(display.of_loaded(loaded))
    with _progress(options, settings, len(entities), "comparing") as progress:
        again, healed = settle(
            options.source,
            loaded,
            settings=settings,
            home=home,
            workers=options.workers,
            progress=progress,
        )
    if again:
        print("read again to close a gap:")
        _show(display.of_landed(again))
        _show(display.of_loaded(healed))
    return _complain_of([*landed, *again], [*loaded, *healed])


def _load(options: argparse.Namespace, home: Home, settings: Mapping[str, str]) -> int:
    entities = _entities(options)
    with _progress(options, settings, len(entities), "loading into raw") as progress:
        loaded = load(options.source, entities, home=home, progress=progress)
    return _report(loaded)


def _rebuild(options: argparse.Namespace, home: Home, settings: Mapping[str, str]) -> int:
    entities = len(SOURCES[options.source].entities)
    with _progress(options, settings, entities, "loading into raw") as progress:
        loaded = rebuild(options.source, home=home, progress=progress)
    return _report(loaded)


def _report(loaded: Sequence[Loaded]) -> int:
    _show(display.of_loaded(loaded))
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
    latest = {outcome.entity: outcome for outcome in outcomes if isinstance(outcome, Loaded)}
    gaps = [f"{entity}: {gap}" for entity, one in latest.items() for gap in told(one)]
    for gap in gaps:
        print(f"gap: {gap}", file=sys.stderr)
    # Where all are skipped, nothing was read: that is no success.
    is_any_landed = not landed or any(outcome.status == "landed" for outcome in landed)
    has_failed = any(outcome.status == "failed" for outcome in outcomes)
    return OK if is_any_landed and not has_failed and not gaps else FAILED


def _complain(sentence: str, code: int) -> int:
    print(f"error: {sentence}", file=sys.stderr)
    return code


def _erase(options: argparse.Namespace, home: Home, settings: Mapping[str, str]) -> int:
    of_people = [
        name
        for name, entity in SOURCES[options.source].entities.items()
        if entity.bin_days is not None
    ]
    if options.entity not in of_people:
        raise UsageError(f"{options.source} has people in {', '.join(of_people) or 'no entity'}")
    count = erase(options.source, options.entity, options.ids, home=home)
    said = f"{count} rows changed" if count else "nothing here spoke of them any more"
    print(f"{said}; the next publication holds none of it")
    return OK


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
    header = ("source", "entity", "loads", "rows", "requests", "last load", "read up to")
    print(display.table(header, rows) or "nothing has been loaded yet")
    for name in SOURCES:
        left = [path.parent.name for path in sorted((home.landing / name).glob("*/*.tmp"))]
        if left:
            print(f"{name}: begun and not ended, the next pull goes on: {', '.join(left)}")
    return OK


def _holidays(options: argparse.Namespace, home: Home, settings: Mapping[str, str]) -> int:
    if options.last < options.first:
        raise UsageError("--last must not lie before --first")
    text = holidays_csv(options.first, options.last)
    if options.out is None:
        print(text, end="")
    else:
        options.out.write_text(text, encoding="utf-8", newline="\n")
    return OK


def _check(options: argparse.Namespace, home: Home, settings: Mapping[str, str]) -> int:
    chosen = [options.source] if options.source else list(SOURCES)
    done = []
    for name in chosen:
        done.append(check(SOURCES[name], settings, home))
        _show(display.of_checked(done[-1]))
    configured = [one for one in done if one.is_configured]
    if not configured:
        raise UsageError(
            "nothing is configured: set what is named above in the environment or .env"
        )
    unreadable = [one.source for one in configured if not one.can_be_read]
    if unreadable:
        return _complain(f"cannot be read as it should: {', '.join(unreadable)}", FAILED)
    return OK


def _template(options: argparse.Namespace, home: Home, settings: Mapping[str, str]) -> int:
    out = Path(options.out)
    if out.suffix.lower() not in template.SUFFIXES:
        raise UsageError(f"--out must end in {' or '.join(template.SUFFIXES)}")
    template.write(options.kind, options.language, out)
    print(out)
    return OK


def _progress(
    options: argparse.Namespace, settings: Mapping[str, str], entities: int, doing: str
) -> AbstractContextManager[Progress]:
    log = options.log_file or settings.get("SALES_HEARTBEAT_LOG")
    return display.shown(
        options.source,
        entities,
        doing,
        stream=sys.stderr,
        is_plain=options.verbose,
        log=Path(log) if log else None,
    )


def _entities(options: argparse.Namespace) -> list[str]:
    known = list(SOURCES[options.source].entities)
    if options.entity == "all":
        return known
    if options.entity == OWN_OBJECTS and SOURCES[options.source].discover is not None:
        return [OWN_OBJECTS]
    try:
        SOURCES[options.source].entity(options.entity)
    except KeyError:
        raise UsageError(
            f"{options.source} has no entity {options.entity}; it has {', '.join(known)}"
        ) from None
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


def _year(text: str) -> int:
    if not text.isdecimal() or not 1950 <= int(text) <= 2100:
        raise argparse.ArgumentTypeError("a year from 1950 to 2100")
    return int(text)


def _show(text: str) -> None:
    if text:
        print(text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ingestion", description=__doc__)
    parser.add_argument("--verbose", action="store_true", help="a line per unit of work")
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("check", help="test every configured source, entity by entity")
    command.set_defaults(run=_check)
    command.add_argument("source", nargs="?", choices=list(SOURCES), help="without it, all")
    for name, run, text in (
        ("pull", _pull, "land what changed and load it"),
        ("sweep", _sweep, "list all ids, mark what is gone, read all links again"),
        ("load", _load, "load landings that raw does not hold yet"),
    ):
        command = commands.add_parser(name, help=text)
        command.set_defaults(run=run)
        command.add_argument("source", choices=list(SOURCES))
        named = "an entity, or all; custom_objects are those that only this account has"
        command.add_argument("entity", nargs="?", default="all", help=named)
        command.add_argument("--workers", type=_workers, default=4, help="entities at a time")
        _log_option(command)
        if name == "pull":
            command.add_argument("--from", dest="start", help="backfill changes from here on")
            command.add_argument("--to", dest="end", help="up to here; without it, until now")
            command.add_argument("--full", action="store_true", help="everything, not changes")
    command = commands.add_parser("rebuild", help="raw anew from landing, without the API")
    command.set_defaults(run=_rebuild)
    command.add_argument("source", choices=list(SOURCES))
    _log_option(command)
    command = commands.add_parser("erase", help="forget people here, whatever the vendor holds")
    command.set_defaults(run=_erase)
    command.add_argument("source", choices=list(SOURCES))
    command.add_argument("entity", help="an entity of people")
    command.add_argument("ids", nargs="+", metavar="id", help="a person's id at the vendor")
    commands.add_parser("status", help="what raw holds").set_defaults(run=_status)
    command = commands.add_parser("holidays", help="public holidays by country, as CSV")
    command.set_defaults(run=_holidays)
    command.add_argument("--first", type=_year, default=2015, help="first year; default: 2015")
    command.add_argument("--last", type=_year, default=2035, help="last year; default: 2035")
    command.add_argument("--out", type=Path, metavar="PATH", help="a file; without it, printed")
    command = commands.add_parser("template", help="an empty spreadsheet of a kind, to fill in")
    command.set_defaults(run=_template)
    command.add_argument("kind", choices=list(KINDS))
    command.add_argument("--language", choices=LANGUAGES, default="en")
    command.add_argument("--out", required=True, help="the file: its name ends in .xlsx or .csv")
    return parser


def _log_option(command: argparse.ArgumentParser) -> None:
    text = "a JSON line per unit of work; default: SALES_HEARTBEAT_LOG"
    command.add_argument("--log-file", metavar="PATH", help=text)


if __name__ == "__main__":
    sys.exit(main())
