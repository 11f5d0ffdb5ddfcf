"""What a query finds: the rules of SOQL, checked against rows counted by hand."""

from __future__ import annotations

import pytest

from sandbox.salesforce.instants import to_text
from tests.sandbox.salesforce.small_org import (
    ACCOUNTS,
    ANN,
    DELETED_ACCOUNT,
    NOW,
    PURGED_ACCOUNT,
    START,
    Caller,
    account_id,
)

VISIBLE = ACCOUNTS - 2


def count(org: Caller, where: str) -> int:
    answer = org.query(f"SELECT COUNT() FROM Account WHERE {where}")
    assert answer.status_code == 200, answer.text
    return int(answer.json()["totalSize"])


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("Name = 'ACME 1'", 1),
        ("Name = null", 900),
        ("Name = ''", 900),
        ("Name != null", VISIBLE - 900),
        ("Name != 'acme 1'", VISIBLE - 1),  # a null name differs from every text
        ("NOT Name = 'acme 1'", VISIBLE - 1),
        ("Name NOT IN ('acme 1', 'Acme 2')", VISIBLE - 2),
        ("Name IN ('acme 1', null)", 901),
        ("Name LIKE 'acme 1__'", 80),
        ("Name LIKE '%\\_%'", 0),
        ("AnnualRevenue < 30000", 2),  # null is not less
        ("NOT AnnualRevenue >= 30000", 2 + 1125 - 1),
        ("NumberOfEmployees >= 10 AND NumberOfEmployees < 20", 10),
        ("(NumberOfEmployees = 1 OR NumberOfEmployees = 2) AND Active__c = true", 1),
        ("Active__c != TRUE", 2249),
        ("Id = '001000000000001'", 1),
        ("Id IN ('001000000000001AAA', '001000000000002AAA')", 2),
        ("OwnerId = null", 1499),
        ("Owner.Name = 'bob o\\'neil'", 1499),
        ("SystemModstamp >= 2026-10-01T00:00:10Z AND SystemModstamp < 2026-10-01T00:00:20Z", 10),
        ("CreatedDate <= 2026-09-30T21:00:05-03:00", 6),
    ],
)
def test_where_follows_the_rules_of_soql(org: Caller, where: str, expected: int) -> None:
    assert count(org, where) == expected


def test_names_are_found_in_any_case_and_answered_in_the_canonical_one(org: Caller) -> None:
    record = org.query("select ID, owner.NAME from ACCOUNT where id = '001000000000003'").json()[
        "records"
    ][0]
    assert record["attributes"]["type"] == "Account"
    assert list(record) == ["attributes", "Id", "Owner"]
    assert record["Owner"]["Name"] == "Ann Lee"
    assert record["Owner"]["attributes"]["url"] == f"/services/data/v66.0/sobjects/User/{ANN}"


def test_a_missing_parent_is_null(org: Caller) -> None:
    found = org.query("SELECT Owner.Name FROM Account WHERE Id = '001000000000002AAA'").json()
    assert found["records"][0]["Owner"] is None


def test_grandparents_are_nested(org: Caller) -> None:
    found = org.query("SELECT Account.Owner.Name, Account.Name FROM Opportunity LIMIT 1").json()
    account = found["records"][0]["Account"]
    assert account["Name"] == "acme 1"
    assert account["Owner"]["Name"] == "Bob O'Neil"
    assert account["attributes"]["type"] == "Account"


def test_values_have_the_forms_of_the_vendor(org: Caller) -> None:
    found = org.query(
        "SELECT AnnualRevenue, NumberOfEmployees, Active__c, CreatedDate, BillingAddress "
        "FROM Account WHERE Id = '001000000000001AAA'"
    )
    assert '"AnnualRevenue":10000.0,"NumberOfEmployees":1,"Active__c":true' in found.text
    assert '"CreatedDate":"2026-10-01T00:00:01.000+0000"' in found.text
    assert found.json()["records"][0]["BillingAddress"]["city"] == "Recife"


def test_deleted_rows_come_only_through_query_all(org: Caller) -> None:
    wanted = f"SELECT Id FROM Account WHERE Id IN ('{DELETED_ACCOUNT}', '{PURGED_ACCOUNT}')"
    assert org.ids(wanted) == []
    assert org.ids(wanted, deleted=True) == [DELETED_ACCOUNT]


def test_archived_tasks_come_only_through_query_all(org: Caller) -> None:
    assert len(org.ids("SELECT Id FROM Task")) == 1
    assert len(org.ids("SELECT Id FROM Task", deleted=True)) == 2


def test_order_puts_nulls_first_in_both_directions_unless_told(org: Caller) -> None:
    def first(order: str) -> float | None:
        text = f"SELECT AnnualRevenue FROM Account ORDER BY AnnualRevenue {order} LIMIT 1"
        value: float | None = org.query(text).json()["records"][0]["AnnualRevenue"]
        return value

    assert first("ASC") is None
    assert first("DESC") is None
    assert first("NULLS LAST") == 10_000.0
    assert first("DESC NULLS LAST") == (ACCOUNTS - 1) * 10_000.0


def test_limit_and_offset_cut_the_result_and_its_size(org: Caller) -> None:
    found = org.query("SELECT Id FROM Account ORDER BY Id LIMIT 3 OFFSET 2").json()
    assert [one["Id"] for one in found["records"]] == [account_id(n) for n in (2, 3, 4)]
    assert found["totalSize"] == 3
    assert found["done"] is True


def test_aggregates_are_named_and_grouped(org: Caller) -> None:
    found = org.query(
        "SELECT Owner.Name, COUNT(Id), MAX(NumberOfEmployees) most, MIN(SystemModstamp) "
        "FROM Account GROUP BY Owner.Name ORDER BY COUNT(Id) DESC, Owner.Name LIMIT 2"
    ).json()
    assert found["records"][0] == {
        "attributes": {"type": "AggregateResult"},
        "Name": "Ann Lee",
        "expr0": 1500,
        "most": 4497,
        "expr1": to_text(START),
    }
    assert found["records"][1]["Name"] is None
    assert found["totalSize"] == 2


def test_count_of_a_field_is_a_row_and_count_alone_is_none(org: Caller) -> None:
    rows = org.query("SELECT COUNT(AnnualRevenue) FROM Account").json()
    assert rows["records"][0]["expr0"] == 3375 - 1
    assert org.query("SELECT COUNT() FROM Account").json() == {
        "totalSize": VISIBLE,
        "done": True,
        "records": [],
    }


def test_all_fields_need_a_limit(org: Caller) -> None:
    record = org.query("SELECT FIELDS(ALL) FROM Task LIMIT 200").json()["records"][0]
    assert set(record) == {
        "attributes", "Id", "IsDeleted", "Subject", "IsArchived", "CreatedDate", "SystemModstamp",
    }  # fmt: skip
    refused = org.query("SELECT FIELDS(ALL) FROM Task LIMIT 201")
    assert "at most 200" in refused.json()[0]["message"]


def test_the_clock_stands_in_the_answers(org: Caller) -> None:
    found = org.get(
        "/sobjects/Account/updated",
        params={"start": "2026-11-03T00:00:00Z", "end": "2030-01-01T00:00:00Z"},
    )
    assert found.json()["latestDateCovered"] == to_text(NOW)
