"""The search endpoint: what HubSpot checks, what it hides, and the border at 10,000 results."""

from __future__ import annotations

import threading
import time
from typing import Any

from starlette.responses import Response

from sandbox.hubspot.call import Call, answer, check_limit
from sandbox.hubspot.catalogue import ObjectType
from sandbox.hubspot.errors import invalid
from sandbox.hubspot.records import COLUMNS, Row, select, shape
from sandbox.hubspot.search_filters import NOTHING, Condition, condition, find_operand, install
from sandbox.hubspot.texts import record_id

PAGE = 10
MOST = 200
MOST_RESULTS = 10_000
# The guide's numbers; the specification and a changelog name larger ones.
MOST_GROUPS = 5
MOST_FILTERS_IN_GROUP = 6
MOST_FILTERS = 18
MOST_CHARACTERS = 3_000

_installed = threading.local()


def search(call: Call) -> Response:
    kind = call.type()
    if len(call.body.decode("utf-8", "replace")) > MOST_CHARACTERS:
        raise invalid(f"The request body is too large: more than {MOST_CHARACTERS} characters")
    body = call.json
    limit = PAGE if body.get("limit") is None else check_limit(body["limit"], most=MOST)
    offset = _offset(body.get("after"))
    if offset + limit > MOST_RESULTS:
        raise invalid(f"The search cannot page beyond {MOST_RESULTS} results")
    if getattr(_installed, "connection", None) is not call.store.connection:
        install(call.store.connection)
        _installed.connection = call.store.connection
    where = _where(call, kind, body)
    order = _order(call, kind, body.get("sorts"))
    connection = call.store.connection
    # Search sees a version only from when the index has it, by the real clock.
    now = int(time.time() * 1000)
    total = call.portal.totals.count(call.store, where.sql, where.parameters, now=now)
    rows = connection.execute(
        f"select {COLUMNS} from hs_object where {where.sql} and indexed_at <= ?"
        f" order by {order.sql} limit ? offset ?",
        (*where.parameters, now, *order.parameters, limit, offset),
    ).fetchall()
    wanted = select(call, kind, _names(body.get("properties")))
    answered: dict[str, Any] = {
        "total": total,
        "results": shape(call, kind, [Row(*row) for row in rows], wanted),
    }
    if offset + len(rows) < total and rows:
        answered["paging"] = {"next": {"after": str(offset + len(rows))}}
    return answer(answered)


def _offset(after: object) -> int:
    offset = 0 if after in (None, "") else record_id(after)
    if offset is None:
        raise invalid("Invalid input: after must be a number")
    return offset


def _where(call: Call, kind: ObjectType, body: dict[str, Any]) -> Condition:
    """Groups are alternatives, the filters of a group all hold."""
    groups = _groups(body)
    parts = ["type = ? and archived = 0"]
    parameters: list[Any] = [kind.name]
    alternatives: list[str] = []
    for group in groups:
        conditions = [condition(call, kind, filter) for filter in group]
        if NOTHING in conditions:
            conditions = [NOTHING]
        alternatives.append(" and ".join(f"({each.sql})" for each in conditions) or "1")
        parameters.extend(value for each in conditions for value in each.parameters)
    if len(alternatives) == 1:
        parts.append(alternatives[0])
    elif alternatives:
        parts.append("(" + " or ".join(f"({each})" for each in alternatives) + ")")
    query = body.get("query")
    if isinstance(query, str) and query:
        text = _query(call, kind, query)
        parts.append(text.sql)
        parameters.extend(text.parameters)
    return Condition(" and ".join(parts), tuple(parameters))


def _groups(body: dict[str, Any]) -> list[list[dict[str, Any]]]:
    groups = body.get("filterGroups") or []
    if not isinstance(groups, list):
        raise invalid("Invalid input: filterGroups must be a list")
    if body.get("filters"):
        groups = [*groups, {"filters": body["filters"]}]
    lists: list[list[dict[str, Any]]] = []
    for group in groups:
        filters = group.get("filters") or [] if isinstance(group, dict) else None
        if not isinstance(filters, list) or not all(isinstance(each, dict) for each in filters):
            raise invalid("Invalid input: a filter group needs a list of filters")
        lists.append(filters)
    if len(lists) > MOST_GROUPS:
        raise invalid(f"Too many filter groups: {len(lists)}. The maximum is {MOST_GROUPS}")
    if any(len(filters) > MOST_FILTERS_IN_GROUP for filters in lists):
        raise invalid(f"Too many filters in a group. The maximum is {MOST_FILTERS_IN_GROUP}")
    if sum(len(filters) for filters in lists) > MOST_FILTERS:
        raise invalid(f"Too many filters. The maximum is {MOST_FILTERS}")
    return lists


def _query(call: Call, kind: ObjectType, query: str) -> Condition:
    names = [name for name in kind.searched if name in call.definitions(kind)]
    if not names:
        return NOTHING
    each = "instr(lower(coalesce(json_extract(properties, ?), '')), ?) > 0"
    return Condition(
        "(" + " or ".join([each] * len(names)) + ")",
        tuple(value for name in names for value in (f'$."{name}"', query.lower())),
    )


def _order(call: Call, kind: ObjectType, sorts: object) -> Condition:
    """Without sorts by creation, oldest first, which is not the order of ids."""
    if sorts in (None, []):
        return Condition("created_at, id")
    if not isinstance(sorts, list):
        raise invalid("Invalid input: sorts must be a list")
    if len(sorts) > 1:
        raise invalid("Invalid input: only one sort is allowed")
    sort = sorts[0]
    name: object = sort
    direction = "ASCENDING"
    if isinstance(sort, dict):
        name, direction = sort.get("propertyName"), sort.get("direction") or "ASCENDING"
    elif isinstance(sort, str) and sort.startswith("-"):
        name, direction = sort[1:], "DESCENDING"
    if not isinstance(name, str) or direction not in ("ASCENDING", "DESCENDING"):
        raise invalid("Invalid input: a sort needs propertyName and direction")
    if kind.name == "contacts" and name == "hs_lastmodifieddate":
        return Condition("created_at, id")
    operand = find_operand(call, kind, name)
    way = "desc" if direction == "DESCENDING" else "asc"
    if operand.sql == "id":
        return Condition(f"id {way}")
    return Condition(f"{operand.sql} {way}, id {way}", operand.parameters)


def _names(value: object) -> list[str] | None:
    if value in (None, []):
        return None
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise invalid("Invalid input: properties must be a list of names")
    return value
