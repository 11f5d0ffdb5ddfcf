"""Bulk API 2.0 query jobs: created, waited for, read page by page, removed.

Result pages are read side by side where the org tells their addresses (since v58), else one after
the other by locator. Both are stable for as long as the job exists, so a pull that was broken off
goes on with the job that it had.
"""

from __future__ import annotations

import csv
import io
import logging
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

from ingestion.engine.client import Answer, Check, Client
from ingestion.engine.errors import FatalError, RestartError, RetriableError, SkippableError
from ingestion.engine.extract import batches
from ingestion.engine.paginate import follow
from ingestion.model import Page
from ingestion.sources.salesforce.quota import CALLS

logger = logging.getLogger(__name__)

RESULT_ROWS = 50_000
AT_ONCE = 3  # result pages read side by side: each is held in memory whole
FIRST_WAIT = 1.0
LONGEST_WAIT = 30.0
MOST_SECONDS = 4 * 3600.0
ROWS, LOCATOR = "Sforce-NumberOfRecords", "Sforce-Locator"


def bulk_pages(client: Client, data_path: str, soql: str) -> Iterator[Page]:
    """The rows of a query without ORDER BY, in no order. The job is removed when done."""
    jobs = f"{data_path}/jobs/query"
    created = client.post(
        jobs,
        {
            "operation": "queryAll",
            "query": soql,
            "contentType": "CSV",
            "columnDelimiter": "COMMA",
            "lineEnding": "LF",
        },
        groups=(CALLS,),
    )
    client.keep(created)
    path = f"{jobs}/{created.json['id']}"
    try:
        expected = _wait(client, path)
        yield from _results(client, path, expected)
    except SkippableError as error:
        raise RestartError("Salesforce has forgotten the Bulk job") from error
    try:
        client.delete(path)
    except (FatalError, SkippableError, RetriableError) as error:
        # The rows are here; the vendor removes a finished job by itself after a week.
        logger.info("a finished job could not be removed: %s", error)


def _wait(client: Client, path: str) -> int | None:
    """Wait for the job; return how many rows it has found, if it says so."""
    waited, pause = 0.0, FIRST_WAIT
    while True:
        job = client.get(path, groups=(CALLS,)).json
        state = job["state"]
        if state == "JobComplete":
            found = job.get("numberRecordsProcessed")
            return None if found is None else int(found)
        if state in ("Failed", "Aborted"):
            # errorMessage may quote values of rows.
            raise RestartError(f"GET {path}: the Bulk job ended as {state}")
        if waited > MOST_SECONDS:
            raise RetriableError(f"GET {path}: the Bulk job is still {state}")
        client.pace.sleep(pause)
        waited += pause
        pause = min(pause * 1.5, LONGEST_WAIT)


def _results(client: Client, job: str, expected: int | None) -> Iterator[Page]:
    """All rows of a job, or an error: a page of its results may be missing in silence."""
    rows = 0
    for page in _side_by_side(client, job):
        rows += page.rows
        yield page
    if rows == expected or (expected is None and rows):
        return
    # The addresses were not to be had, or have not told all: rows that come twice are one.
    rows = 0
    for page in _by_locator(client, f"{job}/results?maxRecords={RESULT_ROWS}"):
        rows += page.rows
        yield page
    if expected is not None and rows < expected:
        raise RetriableError(f"GET {job}: {rows} of the {expected} rows of the Bulk job came")


def _side_by_side(client: Client, job: str) -> Iterator[Page]:
    try:
        told = list(
            follow(
                lambda path, check: client.get(
                    path or f"{job}/resultPages", groups=(CALLS,), check=check
                ),
                lambda answer: _next_addresses(answer.json),
            )
        )
    except (SkippableError, FatalError) as error:
        logger.info("no addresses of result pages: %s", error)
        return
    addresses = [page["resultUrl"] for answer in told for page in answer.json["resultPages"]]
    with ExitStack() as stack:
        workers = [stack.enter_context(client.beside()) for _ in addresses[:AT_ONCE]]
        pool = stack.enter_context(ThreadPoolExecutor(max_workers=AT_ONCE))
        for batch in batches(addresses, AT_ONCE):
            try:
                yield from pool.map(_addressed, workers, batch)
            finally:
                client.requests += sum(worker.requests for worker in workers)
                for worker in workers:
                    worker.requests = 0


def _next_addresses(body: Mapping[str, Any]) -> str | None:
    # The guide's table and its sample spell the key differently.
    following = body.get("nextRecordsUrl") or body.get("nextRecordUrl")
    return None if following is None else str(following)


def _addressed(client: Client, path: str) -> Page:
    return _page(_whole_result(client, path, lambda answer: True))


def _by_locator(client: Client, path: str) -> Iterator[Page]:
    for answer in follow(
        lambda locator, check: _whole_result(
            client, path if locator is None else f"{path}&locator={locator}", check
        ),
        _next_locator,
    ):
        yield _page(answer)


def _page(answer: Answer) -> Page:
    return Page(
        "records",
        _without_nul(answer.body),
        int(answer.headers[ROWS]),
        format="csv",
        request=answer.request,
        headers={name: answer.headers[name] for name in (ROWS, LOCATOR) if name in answer.headers},
    )


def _without_nul(body: bytes) -> bytes:
    """NUL bytes occur in text and end a field for most readers. A body without any stays packed as
    it came."""
    return body.replace(b"\x00", b"") if b"\x00" in body else body


def _whole_result(client: Client, path: str, check: Check) -> Answer:
    """A page whose rows are as many as its header says: downloads break off in the middle."""

    def is_whole(answer: Answer) -> bool:
        expected = int(answer.headers.get(ROWS, "-1"))
        return check(answer) and _count(answer.body) == expected

    return client.get(
        path, groups=(CALLS,), headers={"Accept": "text/csv"}, is_json=False, check=is_whole
    )


def _count(body: bytes) -> int:
    text = io.StringIO(_without_nul(body).decode("utf-8"), newline="")
    rows = sum(1 for _ in csv.reader(text))
    return max(rows - 1, 0)


def _next_locator(answer: Answer) -> str | None:
    locator = answer.headers.get(LOCATOR, "null")
    return None if locator in ("null", "") else locator
