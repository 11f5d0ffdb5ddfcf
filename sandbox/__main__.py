"""python -m sandbox: make the company, move its clock, serve it, print its truth.

python -m sandbox generate --store var/sandbox/company.sqlite --deals 6000 --seed 7
python -m sandbox advance 7 days
python -m sandbox serve --port 0
python -m sandbox serve --salesforce EXPORT_FOLDER
python -m sandbox env --url http://127.0.0.1:8765
"""

from __future__ import annotations

import argparse
import asyncio
import ipaddress
import os
import signal
import socket
import sqlite3
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

import uvicorn

from sandbox.connection import (
    DEFAULT_PORT,
    PARTNERS_BY_DEFAULT,
    SALESFORCE_CLIENT_ID,
    SALESFORCE_USERNAME,
    environment,
    make_key_pair,
    oauth_environment,
)
from sandbox.context import Context
from sandbox.store import Store

DEFAULT_STORE = Path("var/sandbox/company.sqlite")
# Units of the company that may be left out, by the CRM that only they have.
UNITS = ("pipedrive",)


class UsageError(Exception):
    """What the caller must change; the command ends with this text."""


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options) or 0)
    except (UsageError, LookupError, ValueError, OSError, sqlite3.Error) as error:
        print(f"sandbox: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox",
        description="A company that does not exist, behind the APIs of HubSpot, Salesforce and Pipedrive.",
    )
    commands = parser.add_subparsers(required=True, metavar="command")

    generate = commands.add_parser("generate", help="make the company")
    _store_option(generate)
    generate.add_argument("--deals", type=int, default=6000, help="how many deals (6000)")
    generate.add_argument("--seed", type=int, default=7)
    generate.add_argument("--now", help="the clock to stop at, ISO text in UTC")
    for option, text in (("--with", "be there"), ("--without", "be left out")):
        generate.add_argument(
            option,
            dest=f"units_{option[2:]}",
            action="append",
            choices=UNITS,
            default=[],
            help=f"a unit that shall {text}",
        )
    generate.add_argument("--force", action="store_true", help="replace an existing store")
    generate.set_defaults(run=_generate)

    advance = commands.add_parser("advance", help="let days pass")
    _store_option(advance)
    advance.add_argument("days", type=int, nargs="?", default=1, help="how many (1)")
    advance.add_argument("unit", choices=("day", "days"), nargs="?", help="days are all there is")
    advance.set_defaults(run=_advance)

    serve = commands.add_parser("serve", help="answer as all vendors, on the loopback address")
    serve.add_argument("--store", type=Path, help=f"the store to serve ({DEFAULT_STORE})")
    serve.add_argument("--port", type=int, default=DEFAULT_PORT, help="0 takes any free port")
    serve.add_argument("--host", default=None, help="another address than loopback")
    serve.add_argument("--limits", choices=("real", "off"), default="off")
    serve.add_argument("--salesforce", type=Path, help="a folder of tables exported from an org")
    serve.add_argument("--hubspot", type=Path, help="a folder of tables exported from a portal")
    serve.add_argument("--token-seconds", type=int, default=1800, help="life of an access token")
    serve.set_defaults(run=_serve)

    truth = commands.add_parser("truth", help="the expected value of every KPI")
    _store_option(truth)
    truth.add_argument("--out", type=Path, help="a JSON file; without it the rows are printed")
    truth.set_defaults(run=_truth)

    env = commands.add_parser("env", help="the variables by which a client connects")
    env.add_argument("--url", default=f"http://127.0.0.1:{DEFAULT_PORT}")
    env.add_argument("--auth", choices=("token", "oauth"), default="token")
    env.add_argument(
        "--with", dest="units", action="append", choices=UNITS, default=[], help="a unit's CRM too"
    )
    env.set_defaults(run=_env)
    return parser


def _store_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--store", type=Path, default=DEFAULT_STORE)


def _generate(options: argparse.Namespace) -> None:
    from sandbox import company  # heavy, and needed by three commands only

    if options.deals < 1:
        raise UsageError("--deals must be at least 1")
    if options.store.exists() and not options.force:
        raise UsageError(f"{options.store} exists: give --force to replace it, or another --store")
    now = company.DEFAULT_NOW if options.now is None else _instant(options.now)
    has_partners = "pipedrive" not in options.units_without and (
        PARTNERS_BY_DEFAULT or "pipedrive" in options.units_with
    )
    company.generate(
        options.store, deals=options.deals, seed=options.seed, now=now, has_partners=has_partners
    )
    print(f"{options.store}: {options.deals} deals, seed {options.seed}, clock {now.isoformat()}")


def _advance(options: argparse.Namespace) -> None:
    from sandbox import company

    if options.days < 1:
        raise UsageError("advance takes at least 1 day")
    company.advance(_existing(options.store), days=options.days)
    with Store(options.store, read_only=True) as store:
        now = datetime.fromtimestamp(store.now() / 1000, UTC)
    print(f"{options.store}: clock {now.isoformat()}")


def _truth(options: argparse.Namespace) -> None:
    from sandbox import company

    store = _existing(options.store)
    if options.out is not None:
        company.write_truth(store, options.out)
        print(options.out)
        return
    for row in company.truth(store):
        value = "null" if row.value is None else str(row.value)
        print(
            f"{row.kpi_id}\t{row.period_grain}\t{row.period_start}"
            f"\t{row.dimension}={row.dimension_value}\t{value}"
        )


def _env(options: argparse.Namespace) -> None:
    make = environment if options.auth == "token" else oauth_environment
    has_partners = PARTNERS_BY_DEFAULT or "pipedrive" in options.units
    for name, value in make(options.url.rstrip("/"), has_partners=has_partners).items():
        print(f"export {name}={value}")


def _serve(options: argparse.Namespace) -> None:
    if options.host is not None and not _is_loopback(options.host):
        print(
            f"sandbox: serving on {options.host}: anybody who reaches this address can read and"
            " change the sandbox",
            file=sys.stderr,
        )
    if options.salesforce is None and options.hubspot is None:
        _serve_store(_existing(options.store or DEFAULT_STORE), options)
        return
    with tempfile.TemporaryDirectory(prefix="sandbox-") as folder:
        path = options.store or Path(folder) / "exported.sqlite"
        if path.exists():
            raise UsageError(f"{path} exists: folders are read into a new store")
        _load_folders(path, options)
        _serve_store(path, options)


def _load_folders(path: Path, options: argparse.Namespace) -> None:
    from sandbox.exported import load_hubspot, load_salesforce

    for folder in (options.salesforce, options.hubspot):
        if folder is not None and not folder.is_dir():
            raise UsageError(f"{folder} is not a folder")
    with Store(path) as store:
        if options.salesforce is not None:
            load_salesforce(options.salesforce, store)
        if options.hubspot is not None:
            load_hubspot(options.hubspot, store)
        store.commit()


def _serve_store(path: Path, options: argparse.Namespace) -> None:
    from sandbox.server import build_app, configure

    key = make_key_pair()
    private = path.with_name("salesforce-jwt.pem")
    _write_private(private, key.private)
    context = Context(
        path,
        enforce_limits=options.limits == "real",
        access_token_seconds=options.token_seconds,
        salesforce_public_key=key.public,
    )
    # With no host given, nothing but this machine can reach the sandbox.
    host = options.host or "127.0.0.1"
    config = configure(build_app(context), host=host, port=options.port)
    listening = _bind(host, options.port)
    port = listening.getsockname()[1]
    name = f"[{host}]" if ":" in host else host
    print(f"http://{name}:{port}", flush=True)
    print(
        f"Salesforce JWT: client {SALESFORCE_CLIENT_ID}, user {SALESFORCE_USERNAME}, key {private}",
        file=sys.stderr,
        flush=True,
    )
    server = uvicorn.Server(config)
    # The server raises the signal once more when it has stopped; by default that would end the
    # process before it cleans up.
    signal.signal(signal.SIGTERM, _stop)
    try:
        asyncio.run(server.serve(sockets=[listening]))
    finally:
        listening.close()
        private.unlink(missing_ok=True)


def _stop(number: int, frame: FrameType | None) -> None:
    raise SystemExit(0)


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named as TCP, or the event loop does not switch Nagle off and every answer waits 40 ms.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(128)  # from here on a client may connect: the address is printed next
    except OSError as error:
        listening.close()
        raise UsageError(f"cannot listen on {host}:{port}: {error.strerror}") from error
    return listening


def _write_private(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _existing(path: Path) -> Path:
    if not path.is_file():
        raise UsageError(f"{path} does not exist: run `python -m sandbox generate` first")
    return path


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"--now {text}: not an ISO instant") from error
    return instant if instant.tzinfo is not None else instant.replace(tzinfo=UTC)


if __name__ == "__main__":
    sys.exit(main())
