"""A Pipedrive account played from the store: version 2 with its cursors, and what is still version 1."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.context import Context
from sandbox.pipedrive import legacy, lists
from sandbox.pipedrive.call import Call, PipedriveError, authenticate
from sandbox.pipedrive.limits import Limits
from sandbox.pipedrive.oauth import token

# What a call costs of the day's tokens: a single record, a list, and the same in version 1.
ONE, LIST, OLD_ONE, OLD_LIST = 1, 10, 2, 20
_BOTH_ROOTS = ("/v1", "/api/v1")


@dataclass(frozen=True)
class _Path:
    path: str
    cost: int
    handler: Callable[[Call], Response]


_PATHS = (
    _Path("/api/v2/deals", LIST, lists.deals),
    _Path("/api/v2/deals/archived", LIST, lists.archived_deals),
    _Path("/api/v2/deals/products", LIST, lists.products_of_deals),
    _Path("/api/v2/deals/{id}", ONE, lists.one("deals")),
    _Path("/api/v2/deals/{id}/products", LIST, lists.products_of_deal),
    *(
        path
        for kind in ("persons", "organizations", "activities", "products", "pipelines", "stages")
        for path in (
            _Path(f"/api/v2/{kind}", LIST, lists.listed(kind)),
            _Path(f"/api/v2/{kind}/{{id}}", ONE, lists.one(kind)),
        )
    ),
    *(
        _Path(f"/api/v2/{name}Fields", LIST, lists.fields(kind))
        for name, kind in (
            ("deal", "deals"),
            ("person", "persons"),
            ("organization", "organizations"),
            ("product", "products"),
            ("activity", "activities"),
        )
    ),
    *(
        _Path(f"{root}{path}", cost, handler)
        for root in _BOTH_ROOTS
        for path, cost, handler in (
            ("/users", OLD_LIST, legacy.users),
            ("/users/me", OLD_ONE, legacy.me),
            ("/currencies", OLD_LIST, legacy.currencies),
            ("/leads", OLD_LIST, legacy.leads),
            ("/deals/{id}/changelog", OLD_LIST, legacy.changelog),
        )
    ),
)


def routes(context: Context) -> list[Route]:
    """Every path of the vendor, and the day's tokens as a knob at /_control/pipedrive."""
    limits = Limits(is_enforced=context.enforce_limits)
    found = [Route(path.path, _endpoint(context, limits, path), methods=["GET"]) for path in _PATHS]
    found.append(Route("/oauth/token", _token(context), methods=["POST"]))
    found.append(Route("/_control/pipedrive", _control(limits), methods=["POST"]))
    return found


def _endpoint(context: Context, limits: Limits, path: _Path) -> Callable[[Request], Response]:
    def serve(request: Request) -> Response:
        headers: dict[str, str] = {}
        try:
            call = Call(context, request)
            identity = authenticate(call)
            refused, headers = limits.take(identity, path.cost, context.now())
            if refused is not None:
                raise PipedriveError(429, refused)
            response = path.handler(call)
        except PipedriveError as error:
            response = error.response()
        response.headers.update(headers)
        return response

    return serve


def _token(context: Context) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        body = await request.body()
        return await run_in_threadpool(token, context, request.headers, body, request.base_url)

    return endpoint


def _control(limits: Limits) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        """Replace the settings; what is not named goes back to its default."""
        try:
            limits.set(**await request.json())
        except (TypeError, ValueError) as error:
            return JSONResponse({"error": str(error)}, 400)
        return JSONResponse(limits.settings())

    return endpoint
