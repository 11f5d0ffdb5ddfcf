"""What lint cannot see: the dbt project parses without a warning, the Dagster definitions load."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("SALES_HEARTBEAT_HOME", folder)
        parse = [
            str(Path(sys.executable).parent / "dbt"),
            *("--warn-error", "--quiet", "parse", "--no-partial-parse"),
            *("--project-dir", str(ROOT / "dbt_project")),
            *("--profiles-dir", str(ROOT / "dbt_project")),
            *("--target-path", f"{folder}/target", "--log-path", f"{folder}/logs"),
        ]
        if subprocess.call(parse):
            print("dbt does not parse the project without warnings", file=sys.stderr)
            return 1
        from dagster import Definitions

        from orchestration.definitions import defs

        Definitions.validate_loadable(defs())
    print("dbt parses, definitions load")
    return 0


if __name__ == "__main__":
    sys.exit(main())
