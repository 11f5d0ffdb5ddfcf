"""Runs in the environment of Singer's tap-salesforce: REST, records counted and dropped.

Its login host is written into it and redirected here; the instance is what the login names. Its
Bulk way is that of Bulk API 1, which the sandbox does not serve.
"""

import argparse
import contextlib
import io
import json
import sys
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

import tap_salesforce  # noqa: E402  (after the redirection)


class Counting(io.TextIOBase):
    """Takes the tap's lines in place of standard output."""

    def __init__(self) -> None:
        self.found: Counter[str] = Counter()

    def write(self, text: str) -> int:
        for line in text.splitlines():
            if line.startswith('{"type": "RECORD"'):
                start = line.index('"stream": "') + len('"stream": "')
                self.found[line[start : line.index('"', start)]] += 1
        return len(text)


def main() -> None:
    streams = dict(pair.split("=") for pair in options.streams.split(","))
    client, secret, refresh = options.client.split(",")
    config = options.folder / "config.json"
    config.write_text(
        json.dumps(
            {
                "client_id": client,
                "client_secret": secret,
                "refresh_token": refresh,
                "start_date": "2015-01-01T00:00:00Z",
                "api_type": "REST",
                "select_fields_by_default": "true",
                "quota_percent_per_run": 100,
                "quota_percent_total": 100,
            }
        )
    )
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        sys.argv = ["tap-salesforce", "--config", str(config), "--discover"]
        tap_salesforce.main_impl()
    catalog = json.loads(said.getvalue())
    for stream in catalog["streams"]:
        for entry in stream["metadata"]:
            if not entry["breadcrumb"]:
                entry["metadata"]["selected"] = stream["tap_stream_id"] in streams.values()
    path = options.folder / "catalog.json"
    path.write_text(json.dumps(catalog))
    counting = Counting()
    with contextlib.redirect_stdout(counting):
        sys.argv = ["tap-salesforce", "--config", str(config), "--properties", str(path)]
        tap_salesforce.main_impl()
    print(json.dumps({"rows": {ours: counting.found[theirs] for ours, theirs in streams.items()}}))


if __name__ == "__main__":
    main()
