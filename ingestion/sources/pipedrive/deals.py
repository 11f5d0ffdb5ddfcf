"""Deals: three lists, the log of each one's changes, and what is sold in them.

Version 2 never shows deleted and archived deals among the others, so each is asked for. The log is
one call per deal, at 20 tokens the dearest thing here: a first load of 5,000 deals takes two thirds
of a day's 150,000. So it is read for deals that have changed and no others, and a pull that the
day's budget breaks off goes on from there. Products may change without the deal: those of open and
recent deals are read with each pull, all others by the sweep; they cost a call per hundred deals.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from itertools import chain

from ingestion.engine.client import Answer, Check
from ingestion.engine.extract import batches
from ingestion.engine.paginate import follow
from ingestion.model import Entity, Page, Plan, Pull, Window
from ingestion.sources.pipedrive.lists import (
    PAGE,
    Row,
    answers,
    changed_in,
    is_success,
    next_cursor,
    page,
    rows,
)
from ingestion.sources.pipedrive.objects import custom_fields
from ingestion.sources.pipedrive.quota import CALLS
from ingestion.sources.pipedrive.tables import (
    CHANGE_READING,
    CHANGES,
    DEAL_CHANGES,
    DEAL_PRODUCTS,
    LISTED,
    PRODUCT_READING,
    PRODUCTS,
    reading,
    table,
)

PRODUCT_BATCH = 100
# Of one deal there are few changes: a file for each would be more file than content.
LOGS_PER_PAGE = 100


def _plan(pull: Pull) -> Plan:
    return Plan(custom_fields(pull, "deals"))


def _extract(pull: Pull, plan: Plan) -> Iterator[Page]:
    met: list[str] = []
    moved: list[str] = []
    for answer in _lists(pull):
        for row in rows(answer):
            if _is_due(row, pull.window):
                met.append(str(row["id"]))
                if not _is_untouched(row):
                    moved.append(str(row["id"]))
        yield page(LISTED, answer)
    if pull.mode != "sweep":
        yield from _changes(pull, moved)
    yield from _products(pull, list(dict.fromkeys([*met, *pull.watched])))


def _lists(pull: Pull) -> Iterator[Answer]:
    """Of the deleted ones always all: whether deletion moves the change stamp is not documented."""
    limit = f"limit={PAGE}"
    order = "&sort_by=id&sort_direction=asc"
    since = order if pull.mode in ("full", "sweep") else changed_in(pull.window)
    # In this order: a deal that is put away meanwhile is met twice, not missed.
    return chain(
        answers(pull, f"/api/v2/deals?{limit}{since}", _is_in_sight),
        answers(pull, f"/api/v2/deals/archived?{limit}{since}", lambda row: row["is_archived"]),
        answers(
            pull, f"/api/v2/deals?{limit}{order}&status=deleted", lambda row: row["is_deleted"]
        ),
    )


def _is_in_sight(row: Row) -> bool:
    return not row["is_deleted"] and not row.get("is_archived")


def _is_due(row: Row, window: Window) -> bool:
    """The list of deleted deals also holds those that have long been read."""
    changed_at = row["update_time"] or row["add_time"]
    return window.start is None or datetime.fromisoformat(changed_at) >= window.start


def _is_untouched(row: Row) -> bool:
    """A deal that nobody has written to since it was made has no log."""
    return row["update_time"] is None or row["update_time"] == row["add_time"]


def _changes(pull: Pull, ids: Sequence[str]) -> Iterator[Page]:
    """The logs of these deals, each answer as it came, many to a page."""
    for batch in batches(list(dict.fromkeys(ids)), LOGS_PER_PAGE):
        logs: dict[str, bytes] = {}
        count = 0
        for deal_id in batch:
            found = list(_log(pull, deal_id))
            if not found:
                continue
            body = found[0].body
            if len(found) > 1:
                # Rows are numbered from the end of the list, so it has to be one.
                data = [row for answer in found for row in rows(answer)]
                body = json.dumps({"success": True, "data": data}).encode()
            count += sum(len(rows(answer)) for answer in found)
            logs[deal_id] = b'{"deal_id":"%s","log":%s}' % (deal_id.encode(), body)
        if logs:
            body = b'{"deals":[%s]}' % b",".join(logs.values())
            yield Page(CHANGES, body, count, asked=tuple(logs))


def _log(pull: Pull, deal_id: str) -> Iterator[Answer]:
    """Nothing for a deal that has gone meanwhile: what is known of it stays."""
    path = f"/v1/deals/{deal_id}/changelog?limit={PAGE}"

    def fetch(cursor: str | None, check: Check) -> Answer:
        def is_right(answer: Answer) -> bool:
            return answer.status != 200 or (is_success(answer) and check(answer))

        asked = path if cursor is None else f"{path}&cursor={cursor}"
        return pull.client.get(asked, groups=(CALLS,), check=is_right)

    for answer in follow(
        fetch, lambda answer: next_cursor(answer) if answer.status == 200 else None
    ):
        if answer.status == 200:
            pull.client.keep(answer)
            yield answer


def _products(pull: Pull, ids: Sequence[str]) -> Iterator[Page]:
    """All products of these deals. Silence about a deal means that it has none."""
    for batch in batches(ids, PRODUCT_BATCH):
        path = f"/api/v2/deals/products?deal_ids={','.join(batch)}&limit={PAGE}"
        for answer in answers(pull, path, partial(_is_of, frozenset(batch))):
            yield page(PRODUCTS, answer, asked=tuple(batch))


def _is_of(deals: frozenset[str], row: Row) -> bool:
    return str(row["deal_id"]) in deals


DEALS = Entity(
    name="deals",
    tables=(table("deals"), DEAL_CHANGES, DEAL_PRODUCTS),
    readings=(reading("deals", has_custom=True), CHANGE_READING, PRODUCT_READING),
    plan=_plan,
    extract=_extract,
    watched_while="status = 'open'",
)
