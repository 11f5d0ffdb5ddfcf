"""The control interface below /_control: faults, the clock, tokens, scopes, counters."""

from __future__ import annotations

import json
import threading
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.context import Context
from sandbox.drifting import DriftError, drift
from sandbox.faults import FaultError, parse_fault
from sandbox.happenings import DeedError, happen
from sandbox.hubspot.texts import iso
from sandbox.store import Store

Handler = Callable[[Context, Any], dict[str, Any]]


# Two calls at once would read the same old clock and move it once.
_moving = threading.Lock()


class ControlError(ValueError):
    """A control request that says something else than it must; the text says what."""


def routes(context: Context) -> list[Route]:
    table: tuple[tuple[str, str, Handler], ...] = (
        ("POST", "/_control/faults", _add_faults),
        ("DELETE", "/_control/faults", _clear_faults),
        ("POST", "/_control/advance", _advance),
        ("GET", "/_control/requests", _requests),
        ("DELETE", "/_control/requests", _reset_requests),
        ("GET", "/_control/clock", _clock),
        ("POST", "/_control/expire_tokens", _expire_tokens),
        ("POST", "/_control/scopes", _withhold_scopes),
        ("POST", "/_control/search_lag", _set_search_lag),
        ("POST", "/_control/records", _change_record),
        ("POST", "/_control/drift", _drift),
    )
    return [
        Route(path, _endpoint(context, handler), methods=[method])
        for method, path, handler in table
    ]


def _endpoint(context: Context, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        body = await request.body()
        try:
            value = json.loads(body) if body else None
            return JSONResponse(await run_in_threadpool(handler, context, value))
        except (ControlError, DeedError, DriftError, FaultError) as error:
            return JSONResponse({"error": str(error)}, 400)
        except json.JSONDecodeError:
            return JSONResponse({"error": "the body is not JSON"}, 400)

    return endpoint


def _add_faults(context: Context, value: Any) -> dict[str, Any]:
    rules = [value] if isinstance(value, dict) else value
    if not isinstance(rules, list) or not all(isinstance(rule, dict) for rule in rules):
        raise ControlError("a fault or a list of faults is expected")
    faults = [parse_fault(rule) for rule in rules]
    context.faults.add(faults)
    return {"added": len(faults)}


def _clear_faults(context: Context, value: Any) -> dict[str, Any]:
    context.faults.clear()
    return {}


def _advance(context: Context, value: Any) -> dict[str, Any]:
    # Imported here: the generator is heavy, and a folder is served without it.
    from sandbox.company import advance

    days = value.get("days") if isinstance(value, dict) else None
    if not isinstance(days, int) or isinstance(days, bool) or days < 1:
        raise ControlError('a whole number of days is expected: {"days": 1}')
    if context.store().meta("seed") is None:
        raise ControlError("this store was not generated, so it has no future to advance to")
    with _moving:
        advance(context.path, days=days)
    return _clock(context, None)


def _requests(context: Context, value: Any) -> dict[str, Any]:
    return context.counts()


def _reset_requests(context: Context, value: Any) -> dict[str, Any]:
    context.reset_counts()
    return {}


def _clock(context: Context, value: Any) -> dict[str, Any]:
    now = context.now()
    return {"now": iso(now), "now_ms": now}


def _expire_tokens(context: Context, value: Any) -> dict[str, Any]:
    return {"expired": context.tokens.expire()}


def _withhold_scopes(context: Context, value: Any) -> dict[str, Any]:
    scopes = value.get("withhold") if isinstance(value, dict) else None
    if not isinstance(scopes, list) or not all(isinstance(scope, str) for scope in scopes):
        raise ControlError('a list of scopes is expected: {"withhold": ["tickets"]}')
    context.withheld_scopes = frozenset(scopes)
    return {"withheld": sorted(context.withheld_scopes)}


def _drift(context: Context, value: Any) -> dict[str, Any]:
    with _moving, Store(context.path) as store:
        return drift(store, value)


def _change_record(context: Context, value: Any) -> dict[str, Any]:
    with _moving, Store(context.path) as store:
        happen(store, value)
        store.commit()
    return _clock(context, None)


def _set_search_lag(context: Context, value: Any) -> dict[str, Any]:
    """How long HubSpot's search stays blind to what changes from now on, in real time."""
    lag = value.get("ms") if isinstance(value, dict) else None
    if not isinstance(lag, int) or isinstance(lag, bool) or lag < 0:
        raise ControlError('whole milliseconds are expected: {"ms": 5000}')
    with Store(context.path) as store:
        store.set_meta("search_lag_ms", str(lag))
        store.commit()
    return {"search_lag_ms": lag}
