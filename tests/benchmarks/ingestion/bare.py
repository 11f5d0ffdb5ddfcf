"""The limit: the same requests as ours, downloaded with `requests` and thrown away."""

from __future__ import annotations

import argparse
import json
import threading
from pathlib import Path

import requests


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", required=True)
    parser.add_argument("--log", type=Path, required=True, help="requests as the server saw them")
    parser.add_argument("--connections", type=int, default=1)
    parser.add_argument("--token", required=True)
    options = parser.parse_args()
    waiting = iter(json.loads(options.log.read_text(encoding="utf-8")))
    lock = threading.Lock()
    sizes: list[int] = []

    def download() -> None:
        size = 0
        with requests.Session() as session:
            session.headers["Authorization"] = f"Bearer {options.token}"
            while True:
                with lock:
                    asked = next(waiting, None)
                if asked is None:
                    sizes.append(size)
                    return
                method, target, body = asked
                answer = session.request(
                    method,
                    options.url + target,
                    data=body.encode() or None,
                    headers={"Content-Type": "application/json"} if body else None,
                    timeout=120,
                )
                answer.raise_for_status()
                size += len(answer.content)

    threads = [threading.Thread(target=download) for _ in range(options.connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(sizes) != options.connections:
        raise SystemExit("a download failed")
    print(json.dumps({"bytes": sum(sizes)}))


if __name__ == "__main__":
    main()
