"""The sandbox served from a thread on a free loopback port, for tests of any layer."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from sandbox.context import Context
from sandbox.limits import Plan
from sandbox.server import build_app, configure


@contextmanager
def serving(context: Context, plan: Plan | None = None) -> Iterator[str]:
    """The base URL, for as long as the block lasts. The store must exist and hold a clock."""
    # Named as TCP, or the event loop does not switch Nagle off and every answer waits 40 ms.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    server = uvicorn.Server(configure(build_app(context, plan), host="127.0.0.1", port=port))
    thread = threading.Thread(
        target=lambda: asyncio.run(server.serve(sockets=[listening])), daemon=True
    )
    thread.start()
    _wait_until_started(server, thread)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        # Clients under test keep connections alive; waiting for them would stall every test.
        server.force_exit = True
        server.should_exit = True
        thread.join(timeout=10)
        listening.close()


def _wait_until_started(server: uvicorn.Server, thread: threading.Thread) -> None:
    deadline = time.monotonic() + 10
    while not server.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            raise RuntimeError("the sandbox did not start")
        time.sleep(0.005)
