"""The sandbox behind a memory on disk: what was answered once is answered again, compressed.

So the contestants meet a server that costs next to nothing, and all of them the same one. Only
answers to questions are kept: lists, searches and batches of HubSpot, queries and Bulk results of
Salesforce. Two addresses with the same parameters in another order or encoding are one question.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import hashlib
import json
import re
import socket
import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.context import Context
from sandbox.server import build_app
from sandbox.store import Store

CONTROL = "/_replay/"
_LEVEL = 6  # what web servers use
_ASKING_POSTS = ("/search", "/batch/read", "/jobs/query", "/composite/batch")
# A path that the vendor retired and a peer still asks: the definitions without what is around them.
_LEGACY = re.compile(r"/properties/v2/(\w+)/properties")
_DROPPED = (b"content-length", b"content-encoding", b"vary")


class Memory:
    """Answers by question, in one SQLite file."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        for pragma in ("page_size = 32768", "journal_mode = wal", "synchronous = off"):
            self._connection.execute(f"pragma {pragma}")
        self._connection.execute(
            "create table if not exists answer"
            " (key blob primary key, status integer, headers text, body blob) without rowid"
        )

    def get(self, key: bytes) -> tuple[int, list[tuple[bytes, bytes]], bytes] | None:
        row = self._connection.execute(
            "select status, headers, body from answer where key = ?", (key,)
        ).fetchone()
        if row is None:
            return None
        headers = [(n.encode("latin-1"), v.encode("latin-1")) for n, v in json.loads(row[1])]
        return row[0], headers, row[2]

    def put(self, key: bytes, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
        text = json.dumps([(n.decode("latin-1"), v.decode("latin-1")) for n, v in headers])
        self._connection.execute(
            "insert or replace into answer values (?, ?, ?, ?)", (key, status, text, body)
        )


class Replay:
    """ASGI in front of the sandbox. `/_replay/mark` hands out the counters and begins anew."""

    def __init__(self, app: ASGIApp, memory: Memory, store: Path) -> None:
        self._app = app
        self._memory = memory
        self._store = store
        self._mark()

    def _mark(self) -> None:
        self.requests = self.misses = self.bytes = 0
        self.log: list[tuple[str, str, str]] = []
        self.refused: list[str] = []
        # The store changes between the runs: other clock, other answers.
        with Store(self._store, read_only=True) as store:
            self._generation = str(store.now())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = await _read(receive)
        if scope["path"].startswith(CONTROL):
            await self._control(send)
            return
        method, target = scope["method"], scope["raw_path"].decode("latin-1")
        query = scope["query_string"].decode("latin-1")
        self.requests += 1
        self.log.append((method, f"{target}?{query}" if query else target, body.decode()))
        key = self._key(method, target, query, body)
        found = self._memory.get(key) if _is_question(method, target) else None
        if method == "DELETE" and "/jobs/query/" in target:
            # The next run is handed the same job.
            found = (204, [], b"")
        if found is None:
            found = await self._render(scope, body, key, keep=_is_question(method, target))
        status, headers, packed = found
        if packed and not _accepts_gzip(scope):
            packed = gzip.decompress(packed)
            headers = [(name, value) for name, value in headers if name != b"content-encoding"]
        self.bytes += len(packed)
        if status != 204:
            headers = [*headers, (b"content-length", str(len(packed)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": packed})

    def _key(self, method: str, target: str, query: str, body: bytes) -> bytes:
        asked = sorted(parse_qsl(query, keep_blank_values=True))
        parts = (self._generation, method, target.rstrip("/"), json.dumps(asked))
        return hashlib.blake2b("\n".join(parts).encode() + body, digest_size=16).digest()

    async def _render(
        self, scope: Scope, body: bytes, key: bytes, *, keep: bool
    ) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        self.misses += 1
        status, headers, answer = 500, [], bytearray()

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def hold(message: Message) -> None:
            nonlocal status, headers
            if message["type"] == "http.response.start":
                status, headers = message["status"], list(message["headers"])
            else:
                answer.extend(message.get("body", b""))

        plain = [(n, v) for n, v in scope["headers"] if n != b"accept-encoding"]
        legacy = _LEGACY.fullmatch(scope["path"])
        path = f"/crm/v3/properties/{legacy[1]}" if legacy else scope["path"]
        await self._app({**scope, "path": path, "headers": plain}, receive, hold)
        if legacy and status == 200:
            answer = bytearray(json.dumps(json.loads(answer)["results"]).encode())
        headers = [(name, value) for name, value in headers if name not in _DROPPED]
        packed = bytes(answer)
        if packed:
            packed = await asyncio.to_thread(gzip.compress, packed, _LEVEL)
            headers += [(b"content-encoding", b"gzip"), (b"vary", b"Accept-Encoding")]
        if status >= 400:
            self.refused.append(f"{scope['method']} {scope['path']}: {status}")
        elif keep and not _is_unfinished(scope["path"], answer):
            self._memory.put(key, status, headers, packed)
        return status, headers, packed

    async def _control(self, send: Send) -> None:
        said: dict[str, Any] = {
            "requests": self.requests,
            "misses": self.misses,
            "bytes": self.bytes,
            "refused": self.refused,
            "log": self.log,
        }
        self._mark()
        body = json.dumps(said).encode()
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def _accepts_gzip(scope: Scope) -> bool:
    return any(name == b"accept-encoding" and b"gzip" in value for name, value in scope["headers"])


def _is_question(method: str, path: str) -> bool:
    return method == "GET" or (method == "POST" and path.rstrip("/").endswith(_ASKING_POSTS))


def _is_unfinished(path: str, answer: bytearray) -> bool:
    """The state of a Bulk job changes until it is done; what is asked then stays."""
    is_state = "/jobs/query/" in path and not path.endswith("/results")
    return is_state and b'"JobComplete"' not in answer.replace(b" ", b"")


async def _read(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            return bytes(body)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--memory", type=Path, required=True)
    options = parser.parse_args()
    app = build_app(Context(options.store, enforce_limits=False))
    replay = Replay(app, Memory(options.memory), options.store)
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    listening.listen(128)  # who reads the address may connect at once
    print(f"http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
    config = uvicorn.Config(
        replay,
        lifespan="off",
        date_header=False,
        server_header=False,
        access_log=False,
        log_level="warning",
        timeout_keep_alive=75,
    )
    asyncio.run(uvicorn.Server(config).serve(sockets=[listening]))


if __name__ == "__main__":
    main()
