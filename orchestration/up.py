"""`make up`: the Dagster UI with its daemon, on the CRMs of `.env`, else on the invented company."""

from __future__ import annotations

import argparse
import os
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
    chosen = parser.parse_args(arguments)
    load_dotenv()
    environment: AbstractContextManager[dict[str, str]]
    if has_credentials(os.environ):
        home = Path(os.environ.get("SALES_HEARTBEAT_HOME") or "var")
        environment = nullcontext({"SALES_HEARTBEAT_HOME": str(home.resolve())})
    else:
        home = DEMO_HOME
        print(f"no CRM credentials: the invented company of {home} answers", flush=True)
        make_company(company_file(home), deals=chosen.deals, seed=7)
        environment = served(company_file(home), home.resolve())
    with environment as variables:
        os.environ.update(variables)
        os.environ["DAGSTER_HOME"] = str(prepare(home / "dagster"))
        command = [sys.executable, "-m", "dagster", "dev", "-m", "orchestration.definitions"]
        try:
            return subprocess.call([*command, "-h", "127.0.0.1", "-p", str(chosen.port)])
        except KeyboardInterrupt:
            return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
