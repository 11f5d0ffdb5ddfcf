"""Bulk API 2.0 query jobs: created, waited for, read page by page, removed."""

from __future__ import annotations

import csv
import io
import logging
from collections.abc import Iterator

from ingestion.engine.client import Answer, Check, Client
from ingestion.engine.errors import FatalError, RetriableError, SkippableError
from ingestion.engine.paginate import follow
from ingestion.model import Page

logger = logging.getLogger(__name__)

RESULT_ROWS = 50_000
FIRST_WAIT = 1.0
LONGEST_WAIT = 30.0
MOST_SECONDS = 4 * 3600.0


def bulk_pages(client: Client, data_path: str, soql: str) -> Iterator[Page]:
    """The rows of a query without ORDER BY, in no order. The job is removed when done."""
    jobs = f"{data_path}/jobs/query"
    job = client.post(
        jobs,
        {
            "operation": "queryAll",
            "query": soql,
            "contentType": "CSV",
            "columnDelimiter": "COMMA",
            "lineEnding": "LF",
        },
    ).json["id"]
    _wait(client, f"{jobs}/{job}")
    yield from _results(client, f"{jobs}/{job}/results?maxRecords={RESULT_ROWS}")
    try:
        client.delete(f"{jobs}/{job}")
    except (FatalError, SkippableError, RetriableError) as error:
        # The rows are here; the vendor removes a finished job by itself after a week.
        logger.info("a finished job could not be removed: %s", error)


def _wait(client: Client, path: str) -> None:
    waited, pause = 0.0, FIRST_WAIT
    while True:
        job = client.get(path).json
        state = job["state"]
        if state == "JobComplete":
            return
        if state in ("Failed", "Aborted"):
            # errorMessage may quote values of rows.
            raise RetriableError(f"GET {path}: the Bulk job ended as {state}")
        if waited > MOST_SECONDS:
            raise RetriableError(f"GET {path}: the Bulk job is still {state}")
        client.pace.sleep(pause)
        waited += pause
        pause = min(pause * 1.5, LONGEST_WAIT)


def _results(client: Client, path: str) -> Iterator[Page]:
    for answer in follow(
        lambda locator, check: _whole_result(
            client, path if locator is None else f"{path}&locator={locator}", check
        ),
        _next_locator,
    ):
        # NUL bytes occur in text and end a field for most readers, so they are left out.
        body = answer.body.replace(b"\x00", b"")
        yield Page("records", body, int(answer.headers["Sforce-NumberOfRecords"]), format="csv")


def _whole_result(client: Client, path: str, check: Check) -> Answer:
    """A page whose rows are as many as its header says: downloads break off in the middle."""

    def is_whole(answer: Answer) -> bool:
        expected = int(answer.headers.get("Sforce-NumberOfRecords", "-1"))
        return check(answer) and _count(answer.body) == expected

    return client.get(path, headers={"Accept": "text/csv"}, is_json=False, check=is_whole)


def _count(body: bytes) -> int:
    text = io.StringIO(body.replace(b"\x00", b"").decode("utf-8"), newline="")
    rows = sum(1 for _ in csv.reader(text))
    return max(rows - 1, 0)


def _next_locator(answer: Answer) -> str | None:
    locator = answer.headers.get("Sforce-Locator", "null")
    return None if locator in ("null", "") else locator
