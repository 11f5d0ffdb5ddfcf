"""`make up`: the Dagster UI with its daemon, on the CRMs of `.env`, else on the invented company."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from dotenv import load_dotenv

from orchestration.dagster_home import prepare
from orchestration.local import DEMO_HOME, company_file, has_credentials, make_company, served


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="make up", description=__doc__)
    parser.add_argument("--port", type=int, default=3000)
    parser.add_argument("--deals", type=int, default=6000, help="size of the invented company")
    parser.add_argument(
        "--home", type=Path, default=DEMO_HOME, help="where the invented company's files go"
    )
    chosen = parser.parse_args(arguments)
    load_dotenv()
    environment: AbstractContextManager[dict[str, str]]
    if has_credentials(os.environ):
        home = Path(os.environ.get("SALES_HEARTBEAT_HOME") or "var")
        environment = nullcontext({"SALES_HEARTBEAT_HOME": str(home.resolve())})
    else:
        home = chosen.home
        print(f"no CRM credentials: the invented company of {home} answers", flush=True)
        make_company(company_file(home), deals=chosen.deals, seed=7)
        environment = served(company_file(home), home.resolve())
    with environment as variables:
        os.environ.update(variables)
        os.environ["DAGSTER_HOME"] = str(prepare(home / "dagster"))
        return until_stopped(
            [sys.executable, "-m", "dagster", "dev", "-h", "127.0.0.1", "-p", str(chosen.port)]
        )


def until_stopped(command: Sequence[str]) -> int:
    """Run it until it ends, or until somebody stops us: the keyboard, a closed terminal, a service manager."""

    def stop(*_: object) -> None:
        process.send_signal(signal.SIGINT)

    # Shells start what runs in the background with interrupts ignored, and children inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # A session of its own, or the keyboard would reach every process of it at once.
    process = subprocess.Popen(command, start_new_session=True)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    return process.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
