"""A client that we did not write reads the org and finds its rows."""

from __future__ import annotations

import csv
import io

import pytest
from simple_salesforce import Salesforce, SalesforceMalformedRequest

from sandbox import connection
from tests.sandbox.salesforce.conftest import Served
from tests.sandbox.salesforce.small_org import (
    ACCOUNTS,
    DELETED_ACCOUNT,
    TRICKY,
    VERSION,
    Caller,
    account_id,
    loopback_session,
    token,
)


@pytest.fixture
def client(served: Served) -> Salesforce:
    return Salesforce(
        instance_url=served.url,
        session_id=token(served.url),
        session=loopback_session(served.url),
        version=VERSION,
    )


def test_it_logs_in_by_a_signed_assertion(served: Served) -> None:
    client = Salesforce(
        username=connection.SALESFORCE_USERNAME,
        consumer_key=connection.SALESFORCE_CLIENT_ID,
        privatekey=served.key.private,
        session=loopback_session(served.url),
        version=VERSION,
    )
    assert client.query("SELECT COUNT() FROM User")["totalSize"] == 2


def test_it_logs_in_again_when_the_session_ends(served: Served) -> None:
    client = Salesforce(
        consumer_key=connection.SALESFORCE_CLIENT_ID,
        consumer_secret=connection.SALESFORCE_CLIENT_SECRET,
        domain="aurora.my",
        session=loopback_session(served.url),
        version=VERSION,
    )
    first = client.query("SELECT Id FROM Account")
    served.context.tokens.expire()
    second = client.query_more(first["nextRecordsUrl"], identifier_is_url=True)
    assert len(second["records"]) == 2000


def test_query_more_goes_through_every_page(client: Salesforce) -> None:
    found = client.query("SELECT Id FROM Account ORDER BY Id")
    ids = [record["Id"] for record in found["records"]]
    while not found["done"]:
        locator = found["nextRecordsUrl"].rpartition("/")[2]
        found = client.query_more(locator)
        ids += [record["Id"] for record in found["records"]]
    assert ids == [account_id(number) for number in range(ACCOUNTS) if number not in {7, 8}]


def test_query_all_brings_the_deleted(client: Salesforce) -> None:
    found = client.query_all("SELECT Id, IsDeleted FROM Account", include_deleted=True)
    assert found["totalSize"] == ACCOUNTS - 1
    assert [one["Id"] for one in found["records"] if one["IsDeleted"]] == [DELETED_ACCOUNT]


def test_describes_and_records_are_read(client: Salesforce) -> None:
    assert "Opportunity" in [one["name"] for one in client.describe()["sobjects"]]
    assert client.Opportunity.describe()["name"] == "Opportunity"
    assert client.Opportunity.get("006000000000000AAA")["Description"] == TRICKY
    assert client.limits()["DailyApiRequests"]["Max"] == client.api_usage["api-usage"].total


def test_refusals_arrive_as_its_own_errors(client: Salesforce) -> None:
    with pytest.raises(SalesforceMalformedRequest, match="No such column 'Nope'"):
        client.query("SELECT Nope FROM Account")


def test_a_bulk_query_is_read_page_by_page(client: Salesforce, org: Caller) -> None:
    org.settings(bulk_seconds=0)
    pages = list(
        client.bulk2.Opportunity.query(
            "SELECT Id, Description FROM Opportunity", max_records=900, wait=0
        )
    )
    rows = [row for page in pages for row in csv.DictReader(io.StringIO(page, newline=""))]
    assert len(pages) == 3
    assert len({row["Id"] for row in rows}) == 2100
    assert [row["Description"] for row in rows if row["Description"]] == [TRICKY]
