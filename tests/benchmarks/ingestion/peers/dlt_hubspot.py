"""Runs in dlt's own environment: its REST source, HubSpot's lists, into DuckDB.

As its documentation has it: one resource a list, a bearer token, the cursor paginator. Its page on
performance advises to extract resources in parallel, and, with many rows, to normalize in several
processes, with files that rotate so that these have something to share.
"""

import argparse
import json
import os
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

parser = argparse.ArgumentParser()
parser.add_argument("--url", required=True)
parser.add_argument("--token", required=True)
parser.add_argument("--folder", type=Path, required=True)
parser.add_argument("--resources", required=True)
parser.add_argument("--parquet", action="store_true", help="in parallel, Parquet to the loader")
parser.add_argument("--processes", type=int, default=0, help="to normalize in")
options = parser.parse_args()

os.chdir(options.folder)
if options.processes:
    os.environ["NORMALIZE__WORKERS"] = str(options.processes)
    os.environ["NORMALIZE__START_METHOD"] = "spawn"
    os.environ["SOURCES__DATA_WRITER__FILE_MAX_ITEMS"] = "20000"

import dlt  # noqa: E402  (reads the environment)
from dlt.sources.rest_api import rest_api_source  # noqa: E402


def resource(name: str, target: str) -> dict:
    address = urlsplit(target)
    return {
        "name": name,
        "parallelized": options.parquet,
        "endpoint": {
            "path": address.path.lstrip("/"),
            "params": dict(parse_qsl(address.query)),
            "data_selector": "results",
        },
    }


def main() -> None:
    resources = json.loads(options.resources)
    source = rest_api_source(
        {
            "client": {
                "base_url": options.url,
                "auth": {"type": "bearer", "token": options.token},
                "paginator": {
                    "type": "cursor",
                    "cursor_path": "paging.next.after",
                    "cursor_param": "after",
                },
            },
            "resource_defaults": {"primary_key": "id", "write_disposition": "append"},
            "resources": [resource(name, target) for name, target in resources.items()],
        }
    )
    pipeline = dlt.pipeline(
        pipeline_name="benchmark",
        pipelines_dir=str(options.folder / "pipelines"),
        destination=dlt.destinations.duckdb(str(options.folder / "dlt.duckdb")),
        dataset_name="hubspot",
    )
    more = {"loader_file_format": "parquet"} if options.parquet else {}
    pipeline.run(source, **more)
    rows = {}
    with pipeline.sql_client() as client:
        for name in resources:
            rows[name] = client.execute_sql(f"select count(*) from {name}")[0][0]
    print(json.dumps({"rows": rows}))


if __name__ == "__main__":
    main()
