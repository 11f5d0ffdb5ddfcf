"""Ask the published file one question: `python -m orchestration.query "select ..."`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import duckdb

from orchestration.local import DEMO_HOME, published_file


def main(arguments: list[str]) -> int:
    sql = " ".join(arguments).strip() or "show tables"
    home = Path(os.environ.get("SALES_HEARTBEAT_HOME") or DEMO_HOME)
    path = published_file(home)
    if not path.exists():
        print(f"{path} is not there yet: run `make demo` first", file=sys.stderr)
        return 1
    with duckdb.connect(path, read_only=True) as connection:
        try:
            answer = connection.sql(sql)
            if answer is not None:  # a statement that asks nothing has no answer
                answer.show(max_width=200, max_rows=100)
        except duckdb.Error as error:
            print(f"the query failed: {error}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
