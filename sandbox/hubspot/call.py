"""One request as a handler sees it: who asks, which type, which parameters, over which store."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox.context import Context
from sandbox.hubspot.catalogue import ObjectType, find_type
from sandbox.hubspot.errors import invalid
from sandbox.hubspot.texts import record_id
from sandbox.hubspot.totals import Totals
from sandbox.limits import Limiter
from sandbox.store import Store

V3 = "v3"
V4 = "v4"
DATED = ("2025-09", "2026-03", "2026-09")
# The version in which a batch answers 200 whatever it could not find.
QUIET_BATCH = "2026-09"

_definitions = threading.local()


@dataclass(frozen=True)
class Portal:
    """What the requests of one served portal share."""

    limiter: Limiter
    totals: Totals


@dataclass
class Call:
    """`identity` names the app or grant that the token belongs to; limits are counted by it."""

    context: Context
    request: Request
    body: bytes
    portal: Portal
    identity: str = ""
    is_oauth: bool = False
    store: Store = field(init=False)

    def __post_init__(self) -> None:
        self.store = self.context.store()

    @property
    def version(self) -> str:
        return str(self.request.path_params["version"])

    def segment(self, name: str) -> str:
        return str(self.request.path_params[name])

    def type(self, name: str = "type") -> ObjectType:
        """The object type of a path segment; a type of the portal's own counts as custom."""
        return self.resolve(self.segment(name))

    def resolve(self, segment: str) -> ObjectType:
        known = find_type(segment)
        if known is not None:
            return known
        row = self.store.connection.execute(
            "select document from hs_document where kind = 'schema' and archived = 0 and ? in "
            "(id, 'p_' || json_extract(document, '$.name'), "
            "json_extract(document, '$.fullyQualifiedName')) limit 1",
            (segment.lower(),),
        ).fetchone()
        if row is None:
            raise invalid(f"Unable to infer object type from: {segment}")
        schema = json.loads(row[0])
        name, full_name = schema["name"], schema["fullyQualifiedName"]
        return ObjectType(name, schema["objectTypeId"], full_name, ("crm.objects.custom.read",))

    @cached_property
    def json(self) -> dict[str, Any]:
        try:
            value = json.loads(self.body)
        except ValueError as error:
            raise invalid("Invalid input JSON: the request body could not be read") from error
        if not isinstance(value, dict):
            raise invalid("Invalid input JSON: an object is expected")
        return value

    def text(self, name: str) -> str | None:
        return self.request.query_params.get(name)

    def flag(self, name: str) -> bool:
        return (self.text(name) or "").lower() == "true"

    def names(self, name: str) -> list[str] | None:
        """A list given as commas or by repetition; None when the parameter is absent."""
        values = self.request.query_params.getlist(name)
        if not values:
            return None
        return [part.strip() for value in values for part in value.split(",") if part.strip()]

    def limit(self, *, default: int, most: int) -> int:
        text = self.text("limit")
        return default if text is None else check_limit(text, most=most)

    def after(self) -> int:
        """The list cursor: the smallest id that has not been given out."""
        cursor = record_id(self.text("after") or "0")
        if cursor is None:
            raise invalid("Invalid input: after is not a cursor of this list")
        return cursor

    def link(self, after: str) -> str:
        """This request's own address, to be read on from `after`."""
        return str(self.request.url.include_query_params(after=after))

    def definitions(self, kind: ObjectType) -> dict[str, dict[str, Any]]:
        """Property definitions in force, read again only when somebody wrote to the store."""
        connection = self.store.connection
        key = (id(connection), connection.execute("pragma data_version").fetchone()[0])
        if getattr(_definitions, "key", None) != key:
            _definitions.key, _definitions.types = key, {}
        types: dict[str, dict[str, dict[str, Any]]] = _definitions.types
        if kind.name not in types:
            rows = connection.execute(
                "select id, document from hs_document where kind = ? and archived = 0",
                (f"property:{kind.name}",),
            )
            types[kind.name] = {name: json.loads(document) for name, document in rows}
        return types[kind.name]


def check_limit(value: object, *, most: int) -> int:
    limit = record_id(value)
    if not limit:
        raise invalid("Invalid limit: it must be a positive number")
    if limit > most:
        raise invalid(f"The limit {limit} is too large. The maximum is {most}")
    return limit


def answer(value: Any, status: int = 200) -> Response:
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Response(body, status, media_type="application/json;charset=utf-8")
