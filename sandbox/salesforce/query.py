"""query, queryAll and the pages after the first."""

from __future__ import annotations

import re

from sandbox.salesforce import execute, rows
from sandbox.salesforce.call import Answer, Call
from sandbox.salesforce.compile import Plan, plan
from sandbox.salesforce.cursors import Cursor
from sandbox.salesforce.errors import ApiError
from sandbox.salesforce.soql import parse

_SMALLEST_BATCH = 200
_BATCH_SIZE = re.compile(r"batchSize\s*=\s*(\d+)")


def query(call: Call) -> Answer:
    return _first(call, include_deleted=False)


def query_all(call: Call) -> Answer:
    return _first(call, include_deleted=True)


def more(call: Call) -> Answer:
    """A later page. The path says `query` also for what began as queryAll."""
    key, cursor, offset = call.org.cursors.find(call.path["locator"], now=call.now)
    return _page(call, cursor, key, offset)


def _first(call: Call, *, include_deleted: bool) -> Answer:
    text = call.query.get("q")
    if not text:
        raise ApiError(400, "MALFORMED_QUERY", "A query string has to be specified")
    chosen = plan(parse(text), call.store, include_deleted=include_deleted)
    if chosen.query.is_count:
        return Answer({"totalSize": execute.count(chosen, call.store), "done": True, "records": []})
    if chosen.query.is_aggregate:
        found = execute.groups(chosen, call.store)
        records = [{"attributes": {"type": "AggregateResult"}, **group} for group in found]
        return Answer({"totalSize": len(records), "done": True, "records": records})
    ids = execute.find_ids(chosen, call.store)
    cursor = Cursor(chosen, ids, call.now)
    if ids.total <= _size(call, chosen):
        return _page(call, cursor, "", 0)
    return _page(call, cursor, call.org.cursors.open(cursor), 0)


def _page(call: Call, cursor: Cursor, key: str, offset: int) -> Answer:
    size = _size(call, cursor.plan)
    ids = cursor.ids.part(offset, size)
    found = execute.read(cursor.plan, call.store, ids)
    body = {
        "totalSize": cursor.ids.total,
        "done": True,
        "records": [rows.record(row, cursor.plan, call.version) for row in found],
    }
    end = offset + size
    if end < cursor.ids.total:
        url = f"/services/data/v{call.version}/query/{key}-{end}"
        # In the order of the vendor: totalSize, done, nextRecordsUrl, records.
        records = body.pop("records")
        body |= {"done": False, "nextRecordsUrl": url, "records": records}
    return Answer(body)


def _size(call: Call, chosen: Plan) -> int:
    """Rows of a page: the caller's wish counts only downwards, and not below 200."""
    size = rows.page_size(chosen)
    wish = _BATCH_SIZE.search(call.headers.get("sforce-query-options", ""))
    return min(size, max(_SMALLEST_BATCH, int(wish.group(1)))) if wish else size
