"""Runs in the environment of Airbyte's source-hubspot: a full refresh, records counted and dropped.

The connector has its host written into it and reads property names from a legacy path; the first
is redirected here, the second is answered by the benchmark's server.
"""

import argparse
import json
from collections import Counter
from pathlib import Path

import pointing

parser = argparse.ArgumentParser()
parser.add_argument("--url", required=True)
parser.add_argument("--token", required=True)
parser.add_argument("--folder", type=Path, required=True)
parser.add_argument("--streams", required=True, help="ours=theirs, with commas")
options = parser.parse_args()
pointing.point(("api.hubapi.com",), options.url)

from airbyte_cdk.entrypoint import AirbyteEntrypoint  # noqa: E402  (after the redirection)
from source_hubspot import SourceHubspot  # noqa: E402


def main() -> None:
    streams = dict(pair.split("=") for pair in options.streams.split(","))
    config = {
        "start_date": "2000-01-01T00:00:00Z",
        "credentials": {
            "credentials_title": "Private App Credentials",
            "access_token": options.token,
        },
    }
    config_path = options.folder / "config.json"
    config_path.write_text(json.dumps(config))
    # Not its `discover`: that asks for the definitions of objects that this portal has not.
    schemas = {
        stream.name: stream.as_airbyte_stream().json_schema
        for stream in SourceHubspot(None, config, None).streams(config)
        if stream.name in streams.values()
    }
    catalog = {
        "streams": [
            {
                "stream": {
                    "name": name,
                    "json_schema": schemas[name],
                    "supported_sync_modes": ["full_refresh", "incremental"],
                },
                "sync_mode": "full_refresh",
                "destination_sync_mode": "overwrite",
            }
            for name in streams.values()
        ]
    }
    catalog_path = options.folder / "catalog.json"
    catalog_path.write_text(json.dumps(catalog))
    asked = ["read", "--config", str(config_path), "--catalog", str(catalog_path)]
    source = SourceHubspot(SourceHubspot.read_catalog(str(catalog_path)), config, None)
    found: Counter[str] = Counter()
    said: list[str] = []
    for message in AirbyteEntrypoint(source).run(AirbyteEntrypoint.parse_args(asked)):
        if message.startswith('{"type":"RECORD"'):
            start = message.index('"stream":"') + len('"stream":"')
            found[message[start : message.index('"', start)]] += 1
        elif '"ERROR"' in message and len(said) < 3:
            said.append(message[:600])
    rows = {ours: found[theirs] for ours, theirs in streams.items()}
    print(json.dumps({"rows": rows, "failed": said}))


if __name__ == "__main__":
    main()
