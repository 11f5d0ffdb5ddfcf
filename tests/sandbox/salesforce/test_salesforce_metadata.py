"""Objects, single records, deleted and updated ones, several reads in one."""

from __future__ import annotations

from sandbox.salesforce.instants import to_text
from tests.sandbox.salesforce.small_org import (
    ACCOUNTS,
    DELETED_ACCOUNT,
    NOW,
    PURGED_ACCOUNT,
    Caller,
)


def test_the_list_of_objects_is_short_on_each(org: Caller) -> None:
    body = org.get("/sobjects").json()
    assert body["maxBatchSize"] == 200
    account = next(one for one in body["sobjects"] if one["name"] == "Account")
    assert account["keyPrefix"] == "001"
    assert "fields" not in account
    assert account["urls"]["describe"] == "/services/data/v66.0/sobjects/Account/describe"


def test_describe_is_found_in_any_case(org: Caller) -> None:
    body = org.get("/sobjects/currencytype/describe").json()
    assert body["name"] == "CurrencyType"
    assert "IsoCode" in [field["name"] for field in body["fields"]]


def test_an_unchanged_describe_is_not_sent_again(org: Caller) -> None:
    path = "/sobjects/User/describe"
    known = org.get(path).headers["Last-Modified"]
    assert known == "Tue, 03 Nov 2026 15:00:00 GMT"
    again = org.get(path, headers={"If-Modified-Since": known})
    assert (again.status_code, again.content) == (304, b"")
    older = {"If-Modified-Since": "Mon, 02 Nov 2026 15:00:00 GMT"}
    assert org.get(path, headers=older).status_code == 200


def test_a_record_answers_all_fields_or_the_ones_asked_for(org: Caller) -> None:
    whole = org.get("/sobjects/Account/001000000000001").json()
    assert whole["Id"] == "001000000000001AAA"
    assert whole["Name"] == "acme 1"
    part = org.get("/sobjects/Account/001000000000001AAA?fields=Name,AnnualRevenue").json()
    assert list(part) == ["attributes", "Name", "AnnualRevenue"]


def test_deleted_records_are_listed_as_far_back_as_the_log_goes(org: Caller) -> None:
    body = org.get(
        "/sobjects/Account/deleted",
        params={"start": "2026-11-03T00:00:00Z", "end": "2026-11-03T14:30:00+00:00"},
    ).json()
    assert [one["id"] for one in body["deletedRecords"]] == [DELETED_ACCOUNT, PURGED_ACCOUNT]
    assert body["deletedRecords"][0]["deletedDate"] == "2026-11-03T14:00:00.000+0000"
    assert body["earliestDateAvailable"] == "2026-10-19T15:00:00.000+0000"
    assert body["latestDateCovered"] == "2026-11-03T14:30:00.000+0000"


def test_the_log_of_deletions_does_not_reach_back_for_ever(org: Caller) -> None:
    answer = org.get(
        "/sobjects/Account/deleted",
        params={"start": "2026-10-01T00:00:00Z", "end": "2026-11-03T00:00:00Z"},
    )
    assert answer.status_code == 400
    assert answer.json()[0]["errorCode"] == "INVALID_REPLICATION_DATE"


def test_a_currency_switched_off_looks_deleted(org: Caller) -> None:
    body = org.get(
        "/sobjects/CurrencyType/deleted",
        params={"start": "2026-11-03T00:00:00Z", "end": "2026-11-03T15:00:00Z"},
    ).json()
    assert [one["id"] for one in body["deletedRecords"]] == ["01L000000000002AAA"]


def test_updated_ids_lie_in_the_stretch(org: Caller) -> None:
    body = org.get(
        "/sobjects/Account/updated",
        params={"start": "2026-10-04T15:00:00Z", "end": "2026-11-03T15:00:00Z"},
    ).json()
    assert body == {"ids": [], "latestDateCovered": to_text(NOW)}
    body = org.get(
        "/sobjects/CurrencyType/updated",
        params={"start": "2026-11-03T12:00:30Z", "end": "2026-11-03T15:00:00Z"},
    ).json()
    assert body["ids"] == ["01L000000000002AAA"]


def test_settings_objects_are_not_replicated(org: Caller) -> None:
    answer = org.get(
        "/sobjects/OpportunityStage/deleted",
        params={"start": "2026-11-01T00:00:00Z", "end": "2026-11-02T00:00:00Z"},
    )
    assert answer.status_code == 400


def test_a_batch_answers_each_part_with_its_status(org: Caller) -> None:
    requests = [
        {"method": "GET", "url": "v66.0/sobjects/Account/describe"},
        {"method": "GET", "url": "v66.0/sobjects/Quote/describe"},
        {"method": "GET", "url": "v66.0/query?q=SELECT+COUNT()+FROM+Account"},
    ]
    body = org.call("POST", "/composite/batch", json={"batchRequests": requests}).json()
    assert body["hasErrors"] is True
    assert [one["statusCode"] for one in body["results"]] == [200, 404, 200]
    assert body["results"][0]["result"]["name"] == "Account"
    assert body["results"][1]["result"][0]["errorCode"] == "NOT_FOUND"
    assert body["results"][2]["result"]["totalSize"] == ACCOUNTS - 2


def test_a_part_that_did_not_change_has_no_body(org: Caller) -> None:
    known = org.get("/sobjects/User/describe").headers["Last-Modified"]
    parts = [{"method": "GET", "url": "v66.0/sobjects/User/describe"}]
    answer = org.call(
        "POST",
        "/composite/batch",
        json={"batchRequests": parts},
        headers={"If-Modified-Since": known},
    )
    assert answer.json()["results"] == [{"statusCode": 304, "result": None}]


def test_a_batch_may_halt_on_the_first_error(org: Caller) -> None:
    requests = [
        {"method": "GET", "url": "v66.0/nothing"},
        {"method": "GET", "url": "v66.0/limits"},
    ]
    body = org.call(
        "POST", "/composite/batch", json={"haltOnError": True, "batchRequests": requests}
    ).json()
    assert [one["statusCode"] for one in body["results"]] == [404, 412]


def test_a_batch_holds_twenty_five_requests(org: Caller) -> None:
    requests = [{"method": "GET", "url": "v66.0/limits"}] * 26
    answer = org.call("POST", "/composite/batch", json={"batchRequests": requests})
    assert answer.status_code == 400


def test_composite_answers_by_reference(org: Caller) -> None:
    path = "/services/data/v66.0/sobjects/User/describe"
    body = org.call(
        "POST",
        "/composite",
        json={"compositeRequest": [{"method": "GET", "url": path, "referenceId": "users"}]},
    ).json()
    [answer] = body["compositeResponse"]
    assert (answer["referenceId"], answer["httpStatusCode"]) == ("users", 200)
    assert answer["body"]["name"] == "User"


def test_record_counts_leave_out_the_deleted(org: Caller) -> None:
    body = org.get("/limits/recordCount", params={"sObjects": "Account,User"}).json()
    assert body == {
        "sObjects": [{"count": ACCOUNTS - 2, "name": "Account"}, {"count": 2, "name": "User"}]
    }
