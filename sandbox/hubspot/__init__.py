"""A HubSpot portal played from the store: paths, refusals, limits and traps as the vendor has them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.context import Context
from sandbox.hubspot.access import authenticate, require
from sandbox.hubspot.call import DATED, Call, Portal
from sandbox.hubspot.errors import HubspotError, not_found, page, rate_limited
from sandbox.hubspot.paths import PATHS, Path
from sandbox.hubspot.settings import local_day
from sandbox.hubspot.totals import Totals
from sandbox.limits import WITHOUT_LIMITS, Limiter, Plan

# Observed border of a whole address; the edge answers, not the API.
MOST_URL_CHARACTERS = 16_200


def routes(context: Context, plan: Plan | None = None) -> list[Route]:
    """Every path in every version; `plan` matters only where limits are enforced."""
    limiter = Limiter((plan or Plan()) if context.enforce_limits else WITHOUT_LIMITS)
    portal = Portal(limiter, Totals())
    found: dict[tuple[str, str], Route] = {}
    for path in PATHS:
        versions: dict[str, tuple[str, ...]] = {path.dated: DATED}
        for older, names in path.older.items():
            versions[older] = (*versions.get(older, ()), *names)
        for pattern, names in versions.items():
            endpoint = _endpoint(context, portal, path, frozenset(names))
            found[path.method, pattern] = Route(pattern, endpoint, methods=[path.method])
    return list(found.values())


def _endpoint(
    context: Context, portal: Portal, path: Path, versions: frozenset[str]
) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        body = await request.body()
        return await run_in_threadpool(serve, request, body)

    def serve(request: Request, body: bytes) -> Response:
        headers: dict[str, str] = {}
        try:
            if len(str(request.url)) > MOST_URL_CHARACTERS:
                raise page(414, "Request-URI Too Large")
            if request.path_params["version"] not in versions:
                raise not_found("No such path in this version")
            call = Call(context, request, body, portal)
            if not path.is_open:
                authenticate(call)
                headers = _take(call, path)
                require(call, path.scopes(call))
            response = path.handler(call)
        except HubspotError as refusal:
            response = refusal.response()
        response.headers.update(headers)
        return response

    return endpoint


def _take(call: Call, path: Path) -> dict[str, str]:
    """Count the request; the headers that go out with its answer."""
    if path.is_search:
        verdict = call.portal.limiter.search()
    else:
        verdict = call.portal.limiter.request(
            call.identity,
            local_day(call)[0],
            is_oauth=call.is_oauth,
            associations=path.is_association,
        )
    if verdict.refused is not None:
        refusal = rate_limited(verdict.refused)
        refusal.headers.update(verdict.headers)
        raise refusal
    return verdict.headers
