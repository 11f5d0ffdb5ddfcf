"""The org's paths: what each call passes through before and after its handler."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, unquote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.context import Context
from sandbox.salesforce import auth, composite, metadata, query, records
from sandbox.salesforce.bulk import Jobs
from sandbox.salesforce.call import JSON, Answer, Call, Endpoint
from sandbox.salesforce.errors import (
    ApiError,
    method_not_allowed,
    not_found,
    quota_used_up,
    version_retired,
)
from sandbox.salesforce.org import Org, Settings

_ROOT = "/services/data"
_LONGEST_HEAD = 16_384  # bytes of address and headers together
_TOO_LONG = "<h1>Bad Message 414</h1><pre>reason: URI Too Long</pre>"
_VERSION = re.compile(r"v(\d+)\.0")
_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def routes(context: Context) -> list[Route]:
    """Every path of the vendor, and the knobs of its tests at /_control/salesforce."""
    api = _Api(Org(context))
    return [
        Route("/services/oauth2/token", api.token, methods=["POST"]),
        Route("/services/oauth2/userinfo", api.userinfo, methods=["GET", "POST"]),
        Route("/_control/salesforce", api.control, methods=["POST"]),
        Route(_ROOT, api.versions, methods=["GET"]),
        Route(f"{_ROOT}/", api.versions, methods=["GET"]),
        Route(f"{_ROOT}/{{version}}", api.data, methods=_METHODS),
        Route(f"{_ROOT}/{{version}}/{{rest:path}}", api.data, methods=_METHODS),
    ]


class _Api:
    def __init__(self, org: Org) -> None:
        self._org = org
        jobs = Jobs(org)
        self._endpoints = (
            Endpoint("", {"GET": metadata.resources}),
            Endpoint("/limits", {"GET": metadata.limits}),
            Endpoint("/limits/recordCount", {"GET": metadata.record_count}),
            Endpoint("/sobjects", {"GET": metadata.sobjects}),
            Endpoint("/sobjects/{name}", {"GET": metadata.sobject}),
            Endpoint("/sobjects/{name}/describe", {"GET": metadata.describe}),
            Endpoint("/sobjects/{name}/deleted", {"GET": records.deleted}),
            Endpoint("/sobjects/{name}/updated", {"GET": records.updated}),
            Endpoint("/sobjects/{name}/{id}", {"GET": records.record}),
            Endpoint("/query", {"GET": query.query}),
            Endpoint("/queryAll", {"GET": query.query_all}),
            Endpoint("/query/{locator}", {"GET": query.more}),
            Endpoint("/queryAll/{locator}", {"GET": query.more}),
            Endpoint("/composite", {"POST": composite.composite(self._part)}),
            Endpoint("/composite/batch", {"POST": composite.batch(self._part)}),
            Endpoint("/jobs/query", {"GET": jobs.listing, "POST": jobs.create}),
            Endpoint(
                "/jobs/query/{id}",
                {"GET": jobs.status, "PATCH": jobs.patch, "DELETE": jobs.delete},
            ),
            Endpoint("/jobs/query/{id}/results", {"GET": jobs.results}),
            Endpoint("/jobs/query/{id}/resultPages", {"GET": jobs.result_pages}),
        )

    async def token(self, request: Request) -> Response:
        body = await request.body()
        self._org.context.count("POST /services/oauth2/token")
        try:
            granted = await run_in_threadpool(
                auth.grant, self._org, request.headers, body, _base_url(request)
            )
        except auth.TokenError as error:
            return _json(error.body, 400)
        return _json(granted, 200)

    def userinfo(self, request: Request) -> Response:
        self._org.context.count("GET /services/oauth2/userinfo")
        try:
            auth.authorize(self._org, request.headers)
        except ApiError:
            return Response("Bad_OAuth_Token", 403, media_type="text/html;charset=UTF-8")
        return _json(auth.userinfo(self._org, _base_url(request)), 200)

    def versions(self, request: Request) -> Response:
        self._org.context.count(f"GET {_ROOT}")
        return _json(metadata.versions(), 200)

    async def control(self, request: Request) -> Response:
        """Replace the settings; what is not named goes back to its default."""
        try:
            self._org.settings = Settings(**await request.json())
        except (TypeError, ValueError) as error:
            return _json({"error": str(error)}, 400)
        return _json(vars(self._org.settings), 200)

    async def data(self, request: Request) -> Response:
        body = await request.body()
        return await run_in_threadpool(self._answer, request, body)

    def _answer(self, request: Request, body: bytes) -> Response:
        if _head_size(request) > _LONGEST_HEAD:
            return Response(_TOO_LONG, 414, media_type="text/html;charset=UTF-8")
        headers: dict[str, str] = {}
        try:
            auth.authorize(self._org, request.headers)
            headers = self._count()
            prefix = request.path_params["version"]
            version = _version(prefix)
            endpoint, parts = self._find(request.scope["path"].removeprefix(f"{_ROOT}/{prefix}"))
            self._org.context.count(f"{request.method} {_ROOT}/{{version}}{endpoint.pattern}")
            call = Call(
                org=self._org,
                method=request.method,
                version=version,
                path=parts,
                query=request.query_params,
                headers=request.headers,
                body=body,
            )
            answer = _handle(endpoint, call)
        except ApiError as error:
            answer = Answer(error.body(), status=error.status)
        content = _dump(answer.body) if answer.content is None else answer.content
        # As a header of our own: the web framework would add a charset, which CSV here has not.
        headers = {"content-type": answer.media_type, **headers, **answer.headers}
        return Response(content, answer.status, headers)

    def _part(self, call: Call, method: str, version: str, address: str) -> tuple[int, Any]:
        """One part of a composite request: status and body."""
        path, _, parameters = address.partition("?")
        endpoint, parts = self._find(unquote(path))
        part = replace(
            call,
            method=method,
            version=_version(f"v{version}"),
            path=parts,
            query=dict(parse_qsl(parameters)),
            body=b"",
        )
        answer = _handle(endpoint, part)
        if answer.media_type != JSON:
            raise not_found()  # a result of a Bulk job cannot be part of a JSON answer
        if answer.content is None:
            return answer.status, answer.body
        body = json.loads(answer.content) if answer.content else None
        return answer.status, body

    def _find(self, path: str) -> tuple[Endpoint, dict[str, str]]:
        for endpoint in self._endpoints:
            parts = endpoint.match(path)
            if parts is not None:
                return endpoint, parts
        raise not_found()

    def _count(self) -> dict[str, str]:
        """Count a call against the day's quota; the header that every answer carries."""
        used = self._org.usage.add(self._org.context.now())
        most = self._org.daily_requests
        if used > most:
            raise quota_used_up()
        return {"Sforce-Limit-Info": f"api-usage={used}/{most}"}


def _handle(endpoint: Endpoint, call: Call) -> Answer:
    handler = endpoint.handlers.get(call.method)
    if handler is None:
        raise method_not_allowed(call.method, ",".join(endpoint.handlers))
    return handler(call)


def _version(text: str) -> str:
    """The number of a version on offer; retired ones are gone, others never were."""
    match = _VERSION.fullmatch(text)
    if match is None:
        raise not_found()
    number = int(match[1])
    if metadata.RETIRED_FROM <= number < metadata.OLDEST:
        raise version_retired(f"{number}.0")
    if not metadata.OLDEST <= number <= metadata.NEWEST:
        raise not_found()
    return f"{number}.0"


def _head_size(request: Request) -> int:
    address = len(request.scope["raw_path"]) + len(request.scope["query_string"])
    return address + sum(len(name) + len(value) + 4 for name, value in request.scope["headers"])


def _base_url(request: Request) -> str:
    return str(request.base_url).rstrip("/")


def _dump(body: Any) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def _json(body: Any, status: int) -> Response:
    return Response(_dump(body), status, media_type=JSON)
