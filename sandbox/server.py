"""One HTTP server for all vendors and the control interface.

Around the vendors' endpoints stands one shell: it counts, lets faults strike, sets the Date of the
sandbox's clock and compresses. Vendors' rules do not belong here.
"""

from __future__ import annotations

import asyncio
import gzip
from email.utils import formatdate
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from sandbox import control, hubspot, pipedrive, salesforce
from sandbox.context import COUNTED, Context
from sandbox.faults import Armed
from sandbox.limits import Plan
from sandbox.refusals import refusal
from sandbox.spoil import Answer, cursor_of, emptied, following, half, moved, spoiled
from sandbox.store import Store

CONTROL = "/_control/"
_WORTH_COMPRESSING = 1_000
# The faults that stand in the place of a real answer; the others spoil it.
_IN_ITS_PLACE = ("status", "html", "expired_token", "duplicate_page", "drop", "lost_cursor")


def build_app(context: Context, plan: Plan | None = None) -> Shell:
    """The ASGI application over a store that exists."""
    with Store(context.path) as store:
        store.now()
    vendors = [
        *hubspot.routes(context, plan),
        *salesforce.routes(context),
        *pipedrive.routes(context),
    ]
    return Shell(context, vendors, Starlette(routes=[*control.routes(context), *vendors]))


def configure(app: Shell, *, host: str, port: int) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        http=Protocol,
        lifespan="off",
        date_header=False,
        server_header=False,
        access_log=False,
        log_level="warning",
        timeout_keep_alive=75,
    )


class Protocol(H11Protocol):
    """Hands the connection to the application, so that a fault can cut it."""

    def __init__(
        self, config: Any, server_state: Any, app_state: dict[str, Any], _loop: Any = None
    ) -> None:
        super().__init__(config, server_state, {**app_state, "protocol": self}, _loop)


class Shell:
    """Everything that happens to a request outside the vendors' own endpoints."""

    def __init__(self, context: Context, vendors: list[Route], app: Starlette) -> None:
        self.context = context
        self._vendors: list[BaseRoute] = list(vendors)
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        # The vendors' own clients put a slash behind some collections.
        if len(scope["path"]) > 1 and scope["path"].endswith("/"):
            scope["path"] = scope["path"].rstrip("/")
        method, path = scope["method"], scope["path"]
        if path.startswith(CONTROL):
            await self._send(await self._answer(scope, receive), scope, send)
            return
        COUNTED.set([])
        is_later_page = cursor_of(scope) is not None
        armed = self.context.faults.strike(method, path, is_later_page=is_later_page)
        if armed is None:
            answer = await self._answer(scope, receive)
            self._count(scope)
            if answer.status == 200:
                self._remember(method, path, answer)
            await self._send(answer, scope, send)
        else:
            await self._strike(armed, scope, receive, send)

    def _pattern(self, scope: Scope) -> str:
        for route in self._vendors:
            if isinstance(route, Route) and route.matches(scope)[0] is Match.FULL:
                return route.path
        return "(no such path)"

    def _count(self, scope: Scope) -> None:
        if not COUNTED.get():
            self.context.count(f"{scope['method']} {self._pattern(scope)}")

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        """Run the endpoint and hold what it says."""
        status, headers, body = 500, [], bytearray()

        async def hold(message: Message) -> None:
            nonlocal status, headers
            if message["type"] == "http.response.start":
                status, headers = message["status"], list(message["headers"])
            else:
                body.extend(message.get("body", b""))

        await self._app(scope, receive, hold)
        return Answer(status, headers, bytes(body))

    def _remember(self, method: str, path: str, answer: Answer) -> None:
        types = [value for name, value in answer.headers if name == b"content-type"]
        content_type = types[0].decode("latin-1") if types else "application/json"
        self.context.faults.remember(method, path, answer.body, content_type)

    async def _strike(self, armed: Armed, scope: Scope, receive: Receive, send: Send) -> None:
        fault = armed.fault
        if fault.kind not in _IN_ITS_PLACE:
            if fault.kind == "slow":
                await asyncio.sleep(fault.seconds)
            answer = await self._answer(scope, receive)
            self._count(scope)
            if fault.kind == "cut":
                await self._send(answer, scope, send, cut_to=half(answer))
                await _close(scope, receive, abort=False)
                return
            if fault.kind == "missing_page" and answer.status == 200:
                answer = await self._page_behind(answer, scope)
            skew = fault.seconds if fault.kind == "clock_skew" else 0.0
            await self._send(spoiled(fault.kind, answer, scope), scope, send, skew=skew)
            return
        self._count(scope)
        if fault.kind == "drop":
            await _close(scope, receive, abort=True)
        elif fault.kind == "duplicate_page" and armed.last_body is not None:
            body, content_type = armed.last_body
            headers = [(b"content-type", content_type.encode("latin-1"))]
            await self._send(Answer(200, headers, body), scope, send)
        else:
            status, named, body = refusal(fault, scope["path"])
            await self._send(Answer(status, _encode(named), body), scope, send)

    async def _page_behind(self, answer: Answer, scope: Scope) -> Answer:
        """The page after the one that was asked for; where there is none, no rows at all."""

        async def nothing_more() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        cursor = following(answer)
        if cursor is None:
            return emptied(answer)
        return await self._answer(moved(scope, cursor), nothing_more)

    async def _send(
        self,
        answer: Answer,
        scope: Scope,
        send: Send,
        *,
        cut_to: bytes | None = None,
        skew: float = 0.0,
    ) -> None:
        body = answer.body
        headers = [(name, value) for name, value in answer.headers if name != b"content-length"]
        given = {name for name, _ in headers}
        if b"date" not in given:
            date = formatdate(self.context.now() / 1000 + skew, usegmt=True)
            headers.append((b"date", date.encode("ascii")))
        if (
            cut_to is None
            and len(body) >= _WORTH_COMPRESSING
            and b"content-encoding" not in given
            and _accepts_gzip(scope)
        ):
            body = await run_in_threadpool(gzip.compress, body, 1)
            headers += [(b"content-encoding", b"gzip"), (b"vary", b"Accept-Encoding")]
        if answer.status != 204:
            headers.append((b"content-length", str(len(body)).encode("ascii")))
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        whole = cut_to is None
        await send(
            {
                "type": "http.response.body",
                "body": body if whole else cut_to,
                "more_body": not whole,
            }
        )


def _encode(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [
        (name.lower().encode("ascii"), value.encode("latin-1")) for name, value in headers.items()
    ]


def _accepts_gzip(scope: Scope) -> bool:
    return any(name == b"accept-encoding" and b"gzip" in value for name, value in scope["headers"])


async def _close(scope: Scope, receive: Receive, *, abort: bool) -> None:
    """End the connection without finishing the answer, and wait until the server has noticed."""
    transport = scope["state"]["protocol"].transport
    if abort:
        transport.abort()
    else:
        transport.close()
    while (await receive())["type"] != "http.disconnect":
        continue
