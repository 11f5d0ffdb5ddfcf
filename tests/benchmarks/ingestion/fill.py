"""Fill, change or restore a store: `fill STORE CRM deals=1,activities=4,properties=40`.

A process of its own, so that the benchmark's own stays small.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.benchmarks.ingestion import org, portal

_CRM = {"hubspot": portal, "salesforce": org}


def main() -> None:
    path, crm, what = Path(sys.argv[1]), _CRM[sys.argv[2]], sys.argv[3]
    if what == "restore":
        crm.restore(path)
        return
    told = dict(pair.split("=") for pair in what.split(","))
    if "change" in told:
        print(crm.change(path, share=float(told["change"])))
        return
    crm.fill(path, **{name: int(size) for name, size in told.items()})


if __name__ == "__main__":
    main()
