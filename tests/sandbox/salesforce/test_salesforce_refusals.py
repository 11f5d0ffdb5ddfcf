"""What is refused, with which status, code and words."""

from __future__ import annotations

import pytest
import requests

from tests.sandbox.salesforce.conftest import Served
from tests.sandbox.salesforce.small_org import Caller


@pytest.mark.parametrize(
    ("soql", "code", "text"),
    [
        ("SELECT Nope FROM Account", "INVALID_FIELD", "No such column 'Nope' on entity 'Account'"),
        ("SELECT Owner.Nope FROM Account", "INVALID_FIELD", "No such column 'Nope' on entity"),
        ("SELECT Boss.Name FROM Account", "INVALID_FIELD", "Didn't understand relationship 'Boss'"),
        ("SELECT Id FROM Quote", "INVALID_TYPE", "sObject type 'Quote' is not supported"),
        ("SELECT Id FORM Account", "MALFORMED_QUERY", "unexpected token: 'Account'"),
        ("SELECT Id FROM Account USING SCOPE mine", "MALFORMED_QUERY", "unexpected token: 'USING'"),
        ("SELECT Id FROM Account WHERE CreatedDate = TODAY", "MALFORMED_QUERY", "'TODAY'"),
        (
            "SELECT (SELECT Id FROM Contacts) FROM Account",
            "MALFORMED_QUERY",
            "unexpected token: '('",
        ),
        ("SELECT Id FROM Account WHERE Name = 'x", "MALFORMED_QUERY", "mismatched character"),
        (
            "SELECT Id FROM Account WHERE Id = null AND Name = null OR Name = 'x'",
            "MALFORMED_QUERY",
            "unexpected token: 'OR'",
        ),
        ("SELECT Id, Id FROM Account", "MALFORMED_QUERY", "duplicate field selected: Id"),
        ("SELECT Id n FROM Account", "MALFORMED_QUERY", "only aggregate expressions"),
        ("SELECT Name, COUNT(Id) FROM Account", "MALFORMED_QUERY", "must be grouped or aggregated"),
        (
            "SELECT Id FROM Account WHERE SystemModstamp > '2026-01-01T00:00:00Z'",
            "INVALID_FIELD",
            "must be of type dateTime and should not be enclosed in quotes",
        ),
        (
            "SELECT Id FROM Account WHERE SystemModstamp > 2026-01-01",
            "INVALID_FIELD",
            "must be of type dateTime",
        ),
        (
            "SELECT Id FROM Opportunity WHERE CloseDate > 2026-01-01T00:00:00Z",
            "INVALID_FIELD",
            "must be of type date and",
        ),
        ("SELECT Id FROM Account WHERE Name = 3", "INVALID_FIELD", "type string and should be"),
        (
            "SELECT Id FROM Account WHERE OwnerId = 'x'",
            "INVALID_QUERY_FILTER_OPERATOR",
            "invalid ID field: x",
        ),
        (
            "SELECT Id FROM Account WHERE Id LIKE '001%'",
            "INVALID_QUERY_FILTER_OPERATOR",
            "invalid operator on id field",
        ),
        (
            "SELECT Id FROM OpportunityFieldHistory WHERE NewValue = 'x'",
            "INVALID_FIELD",
            "field 'NewValue' can not be filtered in a query call",
        ),
        (
            "SELECT SystemModstamp FROM OpportunityFieldHistory",
            "INVALID_FIELD",
            "No such column 'SystemModstamp'",
        ),
        (
            "SELECT Id FROM Opportunity WHERE Description = 'x'",
            "INVALID_FIELD",
            "can not be filtered",
        ),
        ("SELECT Id FROM Opportunity ORDER BY Description", "INVALID_FIELD", "can not be sorted"),
        (
            "SELECT Id FROM Account LIMIT 1 OFFSET 2001",
            "NUMBER_OUTSIDE_VALID_RANGE",
            "Maximum SOQL offset allowed is 2000",
        ),
        ("SELECT Id, COUNT(Name) FROM Account GROUP BY Id", "EXCEEDED_ID_LIMIT", "queryMore()"),
    ],
)
def test_a_bad_query_gets_the_words_of_the_vendor(
    org: Caller, soql: str, code: str, text: str
) -> None:
    answer = org.query(soql)
    assert answer.status_code == 400
    [error] = answer.json()
    assert error["errorCode"] == code
    assert text in error["message"]


def test_the_caret_stands_under_the_fault(org: Caller) -> None:
    [error] = org.query("SELECT Nope FROM Account").json()
    assert error["message"].startswith(
        "\nSELECT Nope FROM Account\n       ^\nERROR at Row:1:Column:8\n"
    )


def test_conditions_by_the_thousand_are_too_complicated(org: Caller) -> None:
    many = " OR ".join("Id=null" for _ in range(1050))
    answer = org.query(f"SELECT Id FROM Account WHERE {many}")
    assert answer.status_code == 400
    assert answer.json()[0]["errorCode"] == "QUERY_TOO_COMPLICATED"


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/nothing", 404, "NOT_FOUND"),
        ("/sobjects/Quote/describe", 404, "NOT_FOUND"),
        ("/sobjects/Account/001000000009999AAA", 404, "NOT_FOUND"),
        ("/sobjects/Account/001000000000007AAA", 404, "ENTITY_IS_DELETED"),
        ("/sobjects/Account/001000000000001AAA?fields=Nope", 400, "INVALID_FIELD"),
        ("/services/data/v30.0/limits", 410, "UNSUPPORTED_API_VERSION"),
        ("/services/data/v99.0/limits", 404, "NOT_FOUND"),
        ("/query", 400, "MALFORMED_QUERY"),
    ],
)
def test_paths_are_refused_with_an_array(org: Caller, path: str, status: int, code: str) -> None:
    answer = org.get(path)
    assert answer.status_code == status
    assert [error["errorCode"] for error in answer.json()] == [code]


def test_other_methods_are_not_allowed(org: Caller) -> None:
    answer = org.call("POST", "/query", json={})
    assert answer.status_code == 405
    assert answer.json()[0]["errorCode"] == "METHOD_NOT_ALLOWED"


def test_addresses_and_headers_above_sixteen_kilobytes_are_too_long(org: Caller) -> None:
    fits = org.get("/limits", params={"x": "y" * 15_000})
    too_long = org.get("/limits", params={"x": "y" * 15_000}, headers={"X-More": "z" * 1_500})
    assert (fits.status_code, too_long.status_code) == (200, 414)


def test_every_answer_tells_the_use_of_the_day(org: Caller) -> None:
    uses = [org.get("/limits").headers["Sforce-Limit-Info"] for _ in range(2)]
    used = [int(use.removeprefix("api-usage=").split("/")[0]) for use in uses]
    assert used[1] == used[0] + 1
    body = org.get("/limits").json()["DailyApiRequests"]
    assert body["Max"] - body["Remaining"] == used[1] + 1


def test_a_used_up_day_refuses_everything(org: Caller) -> None:
    org.settings(daily_requests=1)
    answer = org.get("/limits")
    assert answer.status_code == 403
    assert answer.json() == [
        {"message": "TotalRequests Limit exceeded.", "errorCode": "REQUEST_LIMIT_EXCEEDED"}
    ]


def test_versions_are_told_to_anyone(served: Served) -> None:
    answer = requests.get(f"{served.url}/services/data", timeout=10)
    assert {
        "label": "Spring '26",
        "url": "/services/data/v66.0",
        "version": "66.0",
    } in answer.json()
    assert "Sforce-Limit-Info" not in answer.headers
