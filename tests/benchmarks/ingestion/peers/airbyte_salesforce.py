"""Runs in the environment of Airbyte's source-salesforce: a full refresh, records counted and dropped.

By Bulk API 2.0, as it does where an object allows it. Its login host is written into it and
redirected here; the instance is what the login names.
"""

import argparse
import json
import logging
from collections import Counter
from pathlib import Path

import pointing

parser = argparse.ArgumentParser()
parser.add_argument("--url", required=True)
parser.add_argument("--folder", type=Path, required=True)
parser.add_argument("--streams", required=True, help="ours=theirs, with commas")
parser.add_argument("--client", required=True, help="id, secret and refresh token, with commas")
options = parser.parse_args()
pointing.point(("login.salesforce.com",), options.url)

from airbyte_cdk.entrypoint import AirbyteEntrypoint  # noqa: E402  (after the redirection)
from source_salesforce import SourceSalesforce  # noqa: E402


def main() -> None:
    streams = dict(pair.split("=") for pair in options.streams.split(","))
    client, secret, refresh = options.client.split(",")
    config = {
        "client_id": client,
        "client_secret": secret,
        "refresh_token": refresh,
        "start_date": "2015-01-01T00:00:00Z",
        "auth_type": "Client",
    }
    config_path = options.folder / "config.json"
    config_path.write_text(json.dumps(config))
    known = SourceSalesforce(None, config, None).discover(logging.getLogger("airbyte"), config)
    schemas = {stream.name: stream.json_schema for stream in known.streams}
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
    source = SourceSalesforce(SourceSalesforce.read_catalog(str(catalog_path)), config, None)
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
