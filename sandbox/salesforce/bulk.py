"""Bulk API 2.0 query jobs: created, polled, read in pages of CSV, aborted, deleted.

A job runs when somebody asks after it: from half of `bulk_seconds` on it is in progress, from the
whole on its ids are collected and it is complete.
"""

from __future__ import annotations

import base64
import binascii
import gzip
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

from sandbox.salesforce import bulk_rules, execute, rows
from sandbox.salesforce.call import Answer, Call
from sandbox.salesforce.compile import Plan, plan
from sandbox.salesforce.cursors import new_id
from sandbox.salesforce.errors import ApiError, QueryError, not_found
from sandbox.salesforce.execute import IdList
from sandbox.salesforce.instants import DAY_MS, to_text
from sandbox.salesforce.org import Org, running_user
from sandbox.salesforce.soql import parse

_KEPT_MS = 7 * DAY_MS
_MOST_JOBS = 1000
_MOST_ROWS = 50_000
_MOST_BYTES = 20_000_000  # a page stops here even when fewer rows than asked for have been written
_CHUNK = 1000
_RESULT_PAGES = 5
_RESULT_PAGES_SINCE = 58
_TERMINAL = frozenset({"JobComplete", "Aborted", "Failed"})


@dataclass
class Job:
    id: str
    version: str
    operation: str
    delimiter: str
    line_ending: str
    plan: Plan
    created_at: int  # the sandbox's clock
    started: float  # real time, for the states
    created_by: str
    seconds: float
    failure: str | None
    state: str = "UploadComplete"
    ids: IdList | None = None
    processing_ms: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


class Jobs:
    """The jobs of one org, oldest first."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._lock = threading.Lock()
        self._jobs: OrderedDict[str, Job] = OrderedDict()

    def create(self, call: Call) -> Answer:
        asked = call.json()
        bulk_rules.check_request(asked)
        chosen = plan(
            parse(str(asked["query"])),
            call.store,
            include_deleted=asked["operation"] == "queryAll",
        )
        bulk_rules.check_plan(chosen)
        settings = self._org.settings
        job = Job(
            id=new_id("750"),
            version=call.version,
            operation=asked["operation"],
            delimiter=asked.get("columnDelimiter", "COMMA"),
            line_ending=asked.get("lineEnding", "LF"),
            plan=chosen,
            created_at=call.now,
            started=time.monotonic(),
            created_by=str(running_user(call.store)["Id"]),
            seconds=settings.bulk_seconds,
            failure=self._failure(),
        )
        with self._lock:
            self._jobs[job.id] = job
            while len(self._jobs) > _MOST_JOBS:
                self._jobs.popitem(last=False)
        return Answer(_summary(job))

    def status(self, call: Call) -> Answer:
        job = self._find(call)
        _run(job, call)
        return Answer(_details(job))

    def patch(self, call: Call) -> Answer:
        """Only one change is possible: to abort."""
        job = self._find(call)
        if call.json().get("state") != "Aborted":
            raise ApiError(400, "INVALIDJOBSTATE", "Only the state Aborted can be set")
        _run(job, call)
        with job.lock:
            if job.state in _TERMINAL:
                text = "Aborting already Completed Job not allowed"
                raise ApiError(400, "INVALIDJOBSTATE", text)
            job.state = "Aborted"
        return Answer(_summary(job))

    def delete(self, call: Call) -> Answer:
        job = self._find(call)
        _run(job, call)
        if job.state not in _TERMINAL:
            text = "Error encountered when deleting the job because the job is not terminated"
            raise ApiError(400, "API_ERROR", text)
        with self._lock:
            self._jobs.pop(job.id, None)
        return Answer(status=204, content=b"")

    def results(self, call: Call) -> Answer:
        """A page of CSV, with its heading; the last one names the locator `null`."""
        job, ids = self._complete(call)
        start = _offset(call.query.get("locator"), ids.total)
        try:
            asked = int(call.query.get("maxRecords", _MOST_ROWS))
        except ValueError as error:
            raise ApiError(400, "API_ERROR", "maxRecords must be a number") from error
        text, written, end = _csv(job, ids, call, start, max(1, min(asked, _MOST_ROWS)))
        headers = {
            "Sforce-NumberOfRecords": str(written),
            "Sforce-Locator": _locator(end) if end < ids.total else "null",
        }
        content = text.encode()
        if "gzip" in call.headers.get("accept-encoding", ""):
            content = gzip.compress(content, compresslevel=1)
            headers["Content-Encoding"] = "gzip"
        # No charset: clients that guess one meet the text that breaks the guess.
        return Answer(content=content, media_type="text/csv", headers=headers)

    def result_pages(self, call: Call) -> Answer:
        """Up to five addresses of pages that may be read side by side."""
        if float(call.version) < _RESULT_PAGES_SINCE:
            raise not_found()
        job, ids = self._complete(call)
        root = f"/services/data/v{call.version}/jobs/query/{job.id}"
        start = _offset(call.query.get("locator"), ids.total)
        starts = list(range(start, max(ids.total, 1), _MOST_ROWS))
        shown = [
            {"resultUrl": f"{root}/results?locator={_locator(one)}&maxRecords={_MOST_ROWS}"}
            for one in starts[:_RESULT_PAGES]
        ]
        body: dict[str, Any] = {"resultPages": shown, "done": len(starts) <= _RESULT_PAGES}
        if not body["done"]:
            following = _locator(starts[_RESULT_PAGES])
            body["nextRecordsUrl"] = f"{root}/resultPages?locator={following}"
        return Answer(body)

    def listing(self, call: Call) -> Answer:
        with self._lock:
            jobs = list(self._jobs.values())
        for job in jobs:
            _run(job, call)
        return Answer(
            {"done": True, "records": [_summary(job) for job in jobs], "nextRecordsUrl": None}
        )

    def _failure(self) -> str | None:
        """The text with which this job is to fail, when a test has ordered that."""
        with self._org.lock:
            settings = self._org.settings
            if settings.bulk_failure is None or settings.bulk_failures <= 0:
                return None
            settings.bulk_failures -= 1
            return settings.bulk_failure

    def _find(self, call: Call) -> Job:
        with self._lock:
            job = self._jobs.get(call.path["id"])
        if job is None or call.now - job.created_at > _KEPT_MS:
            raise not_found()
        return job

    def _complete(self, call: Call) -> tuple[Job, IdList]:
        job = self._find(call)
        if job.version != call.version:
            text = (
                f"Results must be read with the API version of the job: v{job.version}, "
                f"not v{call.version}"
            )
            raise ApiError(409, "API_ERROR", text)
        _run(job, call)
        if job.ids is None or job.state != "JobComplete":
            raise ApiError(400, "INVALIDJOBSTATE", f"The job is not complete: {job.state}")
        return job, job.ids


def _run(job: Job, call: Call) -> None:
    """Bring the job's state up to the moment."""
    with job.lock:
        elapsed = time.monotonic() - job.started
        if job.state in _TERMINAL or elapsed < job.seconds / 2:
            return
        job.state = "InProgress"
        if elapsed < job.seconds:
            return
        if job.failure is not None:
            job.state = "Failed"
            return
        began = time.monotonic()
        try:
            job.ids = execute.find_ids(job.plan, call.store)
        except QueryError as error:
            job.state, job.failure = "Failed", f"{error.code}: {error.message}"
            return
        job.processing_ms = round((time.monotonic() - began) * 1000)
        job.state = "JobComplete"


def _csv(job: Job, ids: IdList, call: Call, start: int, count: int) -> tuple[str, int, int]:
    """The text of a page, its rows, and the place in the result where the next one begins."""
    delimiter = bulk_rules.DELIMITERS[job.delimiter]
    ending = bulk_rules.LINE_ENDINGS[job.line_ending]
    columns = job.plan.columns
    lines = [rows.csv_line([column.label for column in columns], delimiter, ending)]
    size, written, place = len(lines[0]), 0, start
    stop = min(start + count, ids.total)
    while place < stop and size < _MOST_BYTES:
        part = ids.part(place, min(_CHUNK, stop - place))
        for row in execute.read(job.plan, call.store, part):
            values = [rows.csv_value(row, column) for column in columns]
            line = rows.csv_line(values, delimiter, ending)
            lines.append(line)
            size += len(line)
            written += 1
        place += len(part)
    return "".join(lines), written, place


def _summary(job: Job) -> dict[str, Any]:
    stamp = to_text(job.created_at)
    return {
        "id": job.id,
        "operation": job.operation,
        "object": job.plan.entity.name,
        "createdById": job.created_by,
        "createdDate": stamp,
        "systemModstamp": stamp,
        "state": job.state,
        "concurrencyMode": "Parallel",
        "contentType": "CSV",
        "apiVersion": float(job.version),
        "lineEnding": job.line_ending,
        "columnDelimiter": job.delimiter,
    }


def _details(job: Job) -> dict[str, Any]:
    details = _summary(job) | {
        "jobType": "V2Query",
        "numberRecordsProcessed": job.ids.total if job.ids else 0,
        "retries": 0,
        "totalProcessingTime": job.processing_ms,
        "isPkChunkingSupported": not (job.plan.order_by or job.plan.query.limit),
    }
    if job.state == "Failed":
        details["errorMessage"] = job.failure
    return details


def _locator(place: int) -> str:
    return base64.urlsafe_b64encode(str(place).encode()).decode().rstrip("=")


def _offset(locator: str | None, total: int) -> int:
    if not locator:
        return 0
    try:
        padding = "=" * (-len(locator) % 4)
        place = int(base64.urlsafe_b64decode(locator + padding))
    except (binascii.Error, ValueError) as error:
        raise ApiError(400, "INVALID_LOCATOR", "Invalid locator") from error
    if not 0 <= place <= total:
        raise ApiError(400, "INVALID_LOCATOR", "Invalid locator")
    return place
