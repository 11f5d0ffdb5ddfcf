"""Bulk API 2.0 query jobs: states, pages, the CSV, refusals."""

from __future__ import annotations

import csv
import gzip
import io
import time
from typing import Any

import pytest
import requests

from sandbox.salesforce.instants import to_text
from tests.sandbox.salesforce.conftest import Served
from tests.sandbox.salesforce.small_org import ACCOUNTS, NOW, TRICKY, Caller


def create(org: Caller, soql: str, **more: str) -> requests.Response:
    return org.call("POST", "/jobs/query", json={"operation": "query", "query": soql, **more})


def complete(org: Caller, soql: str, **more: str) -> str:
    org.settings(bulk_seconds=0)
    job = create(org, soql, **more).json()["id"]
    assert org.get(f"/jobs/query/{job}").json()["state"] == "JobComplete"
    return str(job)


def results(org: Caller, job: str, **parameters: Any) -> requests.Response:
    return org.get(f"/jobs/query/{job}/results", params=parameters)


def read(answer: requests.Response) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.content.decode(), newline="")))


def test_a_job_passes_through_its_states(org: Caller) -> None:
    org.settings(bulk_seconds=0.4)
    job = create(org, "SELECT Id FROM Account").json()
    assert job["state"] == "UploadComplete"
    assert job["apiVersion"] == 66.0
    assert job["createdDate"] == to_text(NOW)
    states = []
    deadline = time.monotonic() + 10
    while "JobComplete" not in states and time.monotonic() < deadline:
        states.append(org.get(f"/jobs/query/{job['id']}").json()["state"])
        time.sleep(0.02)
    assert list(dict.fromkeys(states)) == ["UploadComplete", "InProgress", "JobComplete"]
    done = org.get(f"/jobs/query/{job['id']}").json()
    assert done["numberRecordsProcessed"] == ACCOUNTS - 2
    assert done["jobType"] == "V2Query"


def test_pages_repeat_the_heading_and_end_in_the_word_null(org: Caller) -> None:
    job = complete(org, "SELECT Id FROM Account")
    found: list[str] = []
    locator = ""
    while locator != "null":
        answer = results(org, job, maxRecords=1500, **({"locator": locator} if locator else {}))
        heading, *rows = read(answer)
        assert heading == ["Id"]
        assert len(rows) == int(answer.headers["Sforce-NumberOfRecords"])
        found += [row[0] for row in rows]
        locator = answer.headers["Sforce-Locator"]
    assert len(set(found)) == len(found) == ACCOUNTS - 2


def test_query_all_adds_the_deleted(org: Caller) -> None:
    job = complete(org, "SELECT Id FROM Account", operation="queryAll")
    assert len(read(results(org, job))) == 1 + ACCOUNTS - 1


def test_csv_keeps_every_character_and_the_forms_of_bulk(org: Caller) -> None:
    job = complete(
        org,
        "SELECT Id, Description, Notes__c, Amount, CloseDate, SystemModstamp, IsDeleted, "
        "Account.Name FROM Opportunity WHERE Name IN ('Deal 0', 'Deal 1', 'Deal 2') ORDER BY Id",
    )
    answer = results(org, job)
    assert answer.headers["Content-Type"] == "text/csv"
    assert answer.content.startswith(b'"Id","Description","Notes__c","Amount","CloseDate",')
    _, first, second, third = read(answer)
    assert first[1:] == [
        TRICKY, "NUL\x00here", "1234.56", "2026-01-15", "2026-10-01T00:00:00.000Z", "false",
        "acme 1",
    ]  # fmt: skip
    assert second[1:4] == ["", "N/A", "9.12260031E7"]
    assert third[3] == ""


def test_delimiter_and_line_ending_are_chosen(org: Caller) -> None:
    job = complete(
        org, "SELECT Id, Name FROM User ORDER BY Id", columnDelimiter="PIPE", lineEnding="CRLF"
    )
    lines = results(org, job).content.decode().split("\r\n")
    assert lines[0] == '"Id"|"Name"'
    assert lines[2].endswith('|"Bob O\'Neil"')


def test_an_empty_result_has_a_heading(org: Caller) -> None:
    answer = results(org, complete(org, "SELECT Id FROM Account WHERE Name = 'nobody'"))
    assert read(answer) == [["Id"]]
    assert answer.headers["Sforce-NumberOfRecords"] == "0"
    assert answer.headers["Sforce-Locator"] == "null"


def test_results_are_packed_for_those_who_take_it(org: Caller) -> None:
    job = complete(org, "SELECT Id FROM User")
    raw = org.get(
        f"/jobs/query/{job}/results", headers={"Accept-Encoding": "gzip"}, stream=True
    ).raw.read(decode_content=False)
    plain = org.get(f"/jobs/query/{job}/results", headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers
    assert gzip.decompress(raw) == plain.content


def test_result_pages_lead_to_the_rows(org: Caller) -> None:
    job = complete(org, "SELECT Id FROM Account")
    body = org.get(f"/jobs/query/{job}/resultPages").json()
    assert body["done"] is True
    [page] = body["resultPages"]
    assert len(read(org.get(page["resultUrl"]))) == 1 + ACCOUNTS - 2


def test_another_version_is_a_conflict(org: Caller) -> None:
    job = complete(org, "SELECT Id FROM User")
    assert org.get(f"/services/data/v65.0/jobs/query/{job}/results").status_code == 409


def test_results_are_refused_before_the_end(org: Caller) -> None:
    org.settings(bulk_seconds=60)
    job = create(org, "SELECT Id FROM User").json()["id"]
    answer = results(org, job)
    assert answer.status_code == 400
    assert answer.json()[0]["errorCode"] == "INVALIDJOBSTATE"


def test_only_a_running_job_is_aborted_and_only_an_ended_one_deleted(org: Caller) -> None:
    org.settings(bulk_seconds=60)
    path = f"/jobs/query/{create(org, 'SELECT Id FROM User').json()['id']}"
    refused = org.call("DELETE", path)
    assert refused.json()[0]["message"].endswith("because the job is not terminated")
    assert org.call("PATCH", path, json={"state": "Aborted"}).json()["state"] == "Aborted"
    again = org.call("PATCH", path, json={"state": "Aborted"})
    assert again.json() == [
        {
            "message": "Aborting already Completed Job not allowed",
            "errorCode": "INVALIDJOBSTATE",
        }
    ]
    assert org.call("DELETE", path).status_code == 204
    assert org.get(path).status_code == 404


def test_a_job_can_be_made_to_fail(org: Caller) -> None:
    org.settings(bulk_seconds=0, bulk_failure="QUERY_TIMEOUT: too slow", bulk_failures=1)
    failed, good = (create(org, "SELECT Id FROM User").json()["id"] for _ in range(2))
    body = org.get(f"/jobs/query/{failed}").json()
    assert (body["state"], body["errorMessage"]) == ("Failed", "QUERY_TIMEOUT: too slow")
    assert org.get(f"/jobs/query/{good}").json()["state"] == "JobComplete"


def test_a_query_that_cannot_be_run_fails_its_job(org: Caller) -> None:
    org.settings(bulk_seconds=0)
    many = " OR ".join("Active__c = true" for _ in range(1200))
    job = create(org, f"SELECT Id FROM Account WHERE {many}").json()["id"]
    body = org.get(f"/jobs/query/{job}").json()
    assert body["state"] == "Failed"
    assert body["errorMessage"].startswith("QUERY_TOO_COMPLICATED")


@pytest.mark.parametrize(
    ("soql", "code", "text"),
    [
        ("SELECT Id FROM OpportunityStage", "INVALIDENTITY", "is not supported by the Bulk API"),
        (
            "SELECT BillingAddress FROM Account",
            "API_ERROR",
            "Selecting compound data not supported in Bulk Query",
        ),
        ("SELECT COUNT() FROM Account", "API_ERROR", "Aggregate"),
        ("SELECT COUNT(Id) FROM Account GROUP BY Name", "API_ERROR", "Group By"),
        ("SELECT FIELDS(ALL) FROM Account LIMIT 1", "API_ERROR", "FIELDS()"),
        ("SELECT Id FROM Account OFFSET 1", "API_ERROR", "Offset"),
        ("SELECT Nope FROM Account", "INVALID_FIELD", "No such column"),
        ("SELECT Id FROM Quote", "INVALID_TYPE", "is not supported"),
        ("SELECT", "MALFORMED_QUERY", "unexpected token"),
    ],
)
def test_queries_unfit_for_bulk_are_refused_at_creation(
    org: Caller, soql: str, code: str, text: str
) -> None:
    answer = create(org, soql)
    assert answer.status_code == 400
    assert answer.json()[0]["errorCode"] == code
    assert text in answer.json()[0]["message"]


def test_jobs_are_listed(served: Served, org: Caller) -> None:
    job = complete(org, "SELECT Id FROM User")
    listed = org.get("/jobs/query", params={"jobType": "V2Query"}).json()
    assert job in [one["id"] for one in listed["records"]]
    assert listed["done"] is True
