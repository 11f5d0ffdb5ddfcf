"""A served world whose every request can be an occasion, and which can go away and come back."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from unittest.mock import patch

import requests
import uvicorn

import sandbox.salesforce.rows
from sandbox.connection import environment, oauth_environment
from sandbox.context import Context
from sandbox.faults import Armed, Faults
from sandbox.server import build_app, configure
from tests.chaos.schedule import Rule
from tests.chaos.world import World

SALESFORCE_PAGE = 25
BULK_FROM_ROWS = 30
Occasion = Callable[[int], None]


class Watched(Faults):
    """Tells of each request of a vendor's API, before it is answered."""

    def __init__(self) -> None:
        super().__init__()
        self.seen = 0
        self.occasion: Occasion | None = None

    def begin(self, occasion: Occasion | None) -> None:
        self.seen, self.occasion = 0, occasion

    def strike(self, method: str, path: str, *, is_later_page: bool = False) -> Armed | None:
        self.seen += 1
        if self.occasion is not None:
            self.occasion(self.seen)
        return super().strike(method, path, is_later_page=is_later_page)


class Hosted:
    """The server in a thread, on one port for all its lives."""

    def __init__(self, world: World, *, is_oauth: bool) -> None:
        self.faults = Watched()
        self.context = Context(world.store.path, enforce_limits=False, faults=self.faults)
        self._app = build_app(self.context)
        self._port = 0
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None
        self.up()
        self.url = f"http://127.0.0.1:{self._port}"
        settings = oauth_environment(self.url) if is_oauth else environment(self.url)
        self.settings = settings | {"HUBSPOT_SEARCH_PER_SECOND": "100000"}
        requests.post(f"{self.url}/_control/salesforce", json={"bulk_seconds": 0}, timeout=5)

    def up(self) -> None:
        """Serve again, on the same port."""
        if self._server is not None and not self._server.should_exit:
            return
        self._join()
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", self._port))
        self._port = listening.getsockname()[1]
        server = uvicorn.Server(configure(self._app, host="127.0.0.1", port=self._port))
        self._server = server

        def serve() -> None:
            asyncio.run(server.serve(sockets=[listening]))
            listening.close()

        self._thread = threading.Thread(target=serve, daemon=True)
        self._thread.start()
        deadline = time.monotonic() + 10
        while not server.started:
            if time.monotonic() > deadline:
                raise RuntimeError("the sandbox did not start")
            time.sleep(0.001)

    def down(self) -> None:
        """Go away as soon as the server looks up from its work."""
        if self._server is not None:
            self._server.force_exit = True
            self._server.should_exit = True

    def close(self) -> None:
        self.down()
        self._join()

    def _join(self) -> None:
        if self._thread is not None:
            self._thread.join(timeout=10)

    def arm(self, rules: tuple[Rule, ...]) -> None:
        self.faults.clear()
        self.faults.add(rule.fault() for rule in rules)


@contextmanager
def hosted(world: World, *, is_oauth: bool) -> Iterator[Hosted]:
    with patch.object(sandbox.salesforce.rows, "page_size", lambda plan: SALESFORCE_PAGE):
        server = Hosted(world, is_oauth=is_oauth)
        try:
            yield server
        finally:
            server.close()
