"""The generated company, read with HubSpot's own package, against the rows of the store."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import hubspot
import pytest
import requests
from hubspot.crm.associations.v4 import BatchInputPublicFetchAssociationsBatchRequest
from hubspot.crm.objects import PublicObjectSearchRequest

from sandbox.company import generate
from sandbox.connection import HUBSPOT_ACCESS_TOKEN
from sandbox.context import Context
from tests.sandbox.serving import serving

pytestmark = pytest.mark.xdist_group("hubspot_company")

TYPES = (
    "contacts",
    "companies",
    "deals",
    "line_items",
    "products",
    "quotes",
    "tickets",
    "calls",
    "emails",
    "meetings",
    "tasks",
    "notes",
    "leads",
    "feedback_submissions",
    "goal_targets",
)
DATES = {
    "contacts": ("createdate", "lastmodifieddate"),
    "companies": ("createdate", "hs_lastmodifieddate"),
    "deals": ("createdate", "hs_lastmodifieddate"),
    "line_items": ("createdate", "hs_lastmodifieddate"),
    "products": ("createdate", "hs_lastmodifieddate"),
    "tickets": ("createdate", "hs_lastmodifieddate"),
}
HISTORIES = ["dealstage", "pipeline", "amount", "closedate", "hubspot_owner_id"]


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("company") / "company.sqlite"
    generate(path, deals=200, seed=7)
    return path


@pytest.fixture(scope="module")
def rows(company: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(company)
    yield connection
    connection.close()


@pytest.fixture(scope="module")
def client(company: Path) -> Iterator[hubspot.HubSpot]:
    with serving(Context(company, enforce_limits=False)) as url:
        yield hubspot.HubSpot(access_token=HUBSPOT_ACCESS_TOKEN, host=url)


def names(rows: sqlite3.Connection, type: str) -> list[str]:
    found = rows.execute("select id from hs_document where kind = ?", (f"property:{type}",))
    return [name for (name,) in found]


def stored(rows: sqlite3.Connection, type: str, where: str) -> dict[str, dict[str, Any]]:
    found = rows.execute(
        f"select id, properties from hs_object where type = ? and {where} order by id", (type,)
    )
    return {str(id): json.loads(properties) for id, properties in found}


def read_all(client: hubspot.HubSpot, type: str, **options: Any) -> list[Any]:
    results: list[Any] = []
    after = None
    while True:
        page = client.crm.objects.basic_api.get_page(type, limit=100, after=after, **options)
        results += page.results
        if page.paging is None:
            return results
        after = page.paging.next.after


@pytest.mark.parametrize("type", TYPES)
def test_every_property_of_every_record_is_read(
    client: hubspot.HubSpot, rows: sqlite3.Connection, type: str
) -> None:
    wanted = names(rows, type)
    expected = stored(rows, type, "archived = 0")

    read = read_all(client, type, properties=wanted)

    assert [record.id for record in read] == list(expected)
    assert len(expected) > 0
    for record in read:
        full = {name: expected[record.id].get(name) for name in wanted}
        assert record.properties == full
        assert set(expected[record.id]) <= set(wanted)


@pytest.mark.parametrize("type", TYPES)
def test_dates_and_ids_agree_inside_a_record(client: hubspot.HubSpot, type: str) -> None:
    created, updated = DATES.get(type, ("hs_createdate", "hs_lastmodifieddate"))
    asked = [created, updated, "hs_object_id"]

    read = read_all(client, type, properties=asked)

    for record in read:
        dates = [datetime.fromisoformat(record.properties[name]) for name in (created, updated)]
        assert dates == [record.created_at, record.updated_at]
        assert record.properties["hs_object_id"] == record.id


@pytest.mark.parametrize("type", ["companies", "contacts", "deals"])
def test_the_bin_holds_the_deleted_but_not_the_merged(
    client: hubspot.HubSpot, rows: sqlite3.Connection, type: str
) -> None:
    now = int(rows.execute("select value from meta where key = 'now_ms'").fetchone()[0])
    since = now - 90 * 86_400_000
    where = f"archived = 1 and merged_into is null and erased = 0 and archived_at > {since}"
    expected = stored(rows, type, where)

    read = read_all(client, type, archived=True)

    assert [record.id for record in read] == list(expected)
    assert all(record.archived and record.archived_at for record in read)


@pytest.mark.parametrize("type", ["companies", "contacts", "deals"])
def test_merged_ids_lead_to_a_live_record(
    client: hubspot.HubSpot, rows: sqlite3.Connection, type: str
) -> None:
    merged = [int(id) for id in stored(rows, type, "merged_into is not null")]

    survivors = [client.crm.objects.basic_api.get_by_id(type, str(id)).id for id in merged]

    assert merged
    assert set(survivors) <= set(stored(rows, type, "archived = 0"))
    assert not set(survivors) & {str(id) for id in merged}


def test_deals_are_read_with_their_whole_history(
    client: hubspot.HubSpot, rows: sqlite3.Connection
) -> None:
    found = rows.execute(
        "select id, property, at, coalesce(value, '') from hs_history where type = 'deals'"
        " and id in (select id from hs_object where type = 'deals' and archived = 0)"
    ).fetchall()
    expected = {
        (str(id), property, at, value) for id, property, at, value in found if property in HISTORIES
    }

    deals = client.crm.deals.get_all(properties_with_history=HISTORIES)

    read = {
        (deal.id, property, round(version.timestamp.timestamp() * 1000), version.value)
        for deal in deals
        for property, versions in deal.properties_with_history.items()
        for version in versions
    }
    assert read == expected
    assert len(expected) > 500


@pytest.mark.parametrize("type", ["contacts", "deals", "tickets", "emails"])
def test_search_by_the_modified_date_finds_all_live_records(
    client: hubspot.HubSpot, rows: sqlite3.Connection, type: str
) -> None:
    updated = DATES.get(type, ("", "hs_lastmodifieddate"))[1]
    expected = rows.execute(
        "select cast(id as text) from hs_object where type = ? and archived = 0"
        " order by updated_at, id",
        (type,),
    ).fetchall()
    read: list[str] = []
    after: str | None = None
    while after is not None or not read:
        request = PublicObjectSearchRequest(
            filter_groups=[
                {"filters": [{"propertyName": updated, "operator": "GTE", "value": "1000"}]}
            ],
            sorts=[{"propertyName": updated, "direction": "ASCENDING"}],
            properties=["hs_object_id"],
            limit=200,
            after=after,
        )
        page = client.crm.objects.search_api.do_search(type, public_object_search_request=request)
        read += [record.id for record in page.results]
        after = page.paging.next.after if page.paging else None

    assert read == [id for (id,) in expected]


@pytest.mark.parametrize(
    "pair", [("deals", "contacts"), ("deals", "companies"), ("line_items", "deals")]
)
def test_associations_equal_the_stored_links(
    client: hubspot.HubSpot, rows: sqlite3.Connection, pair: tuple[str, str]
) -> None:
    source, target = pair
    found = rows.execute(
        "select a.from_id, a.to_id, a.type_id from hs_association a"
        " join hs_object f on f.type = a.from_type and f.id = a.from_id and f.archived = 0"
        " join hs_object t on t.type = a.to_type and t.id = a.to_id and t.archived = 0"
        " where a.from_type = ? and a.to_type = ?",
        pair,
    ).fetchall()
    inputs = [{"id": id} for id in stored(rows, source, "archived = 0")]

    answer = client.crm.associations.v4.batch_api.get_page(
        source,
        target,
        batch_input_public_fetch_associations_batch_request=(
            BatchInputPublicFetchAssociationsBatchRequest(inputs=inputs)
        ),
    )

    read = {
        (int(result._from.id), int(link.to_object_id), type.type_id)
        for result in answer.results
        for link in result.to
        for type in link.association_types
    }
    assert read == set(found)
    assert len(read) > 100


def test_owners_live_and_archived_equal_the_stored_ones(
    client: hubspot.HubSpot, rows: sqlite3.Connection
) -> None:
    expected = {
        (id, archived)
        for id, archived in rows.execute(
            "select id, archived from hs_document where kind = 'owner'"
        )
    }

    live = client.crm.owners.get_all()
    gone = client.crm.owners.owners_api.get_page(archived=True).results

    assert {(owner.id, 0) for owner in live} | {(owner.id, 1) for owner in gone} == expected
    assert all(owner.user_id is None for owner in gone)
    assert any(owner.id != str(owner.user_id) for owner in live)


@pytest.mark.parametrize(
    ("type", "property"), [("deals", "dealstage"), ("tickets", "hs_pipeline_stage")]
)
def test_every_stage_in_use_is_listed_or_was_deleted(
    client: hubspot.HubSpot, rows: sqlite3.Connection, type: str, property: str
) -> None:
    pipelines = client.crm.pipelines.pipelines_api.get_all(type).results
    listed = {stage.id for pipeline in pipelines for stage in pipeline.stages}
    used = {properties[property] for properties in stored(rows, type, "archived = 0").values()}

    assert used - listed <= {"decisionmakerboughtin", None}
    assert used & listed


def test_a_week_later_search_finds_what_changed_and_nothing_else(
    company: Path, tmp_path: Path
) -> None:
    path = tmp_path / "company.sqlite"
    shutil.copy(company, path)
    context = Context(path, enforce_limits=False)
    before = context.now()
    with serving(context) as url:
        session = requests.Session()
        session.headers["Authorization"] = f"Bearer {HUBSPOT_ACCESS_TOKEN}"
        clock = session.post(f"{url}/_control/advance", json={"days": 7}, timeout=60).json()
        filters = [{"propertyName": "hs_lastmodifieddate", "operator": "GT", "value": str(before)}]
        body = {"limit": 200, "filterGroups": [{"filters": filters}]}
        found = session.post(f"{url}/crm/v3/objects/deals/search", json=body, timeout=10).json()

    changed = sqlite3.connect(path).execute(
        "select cast(id as text) from hs_object where type = 'deals' and archived = 0"
        " and updated_at > ? order by created_at, id",
        (before,),
    )
    assert clock["now_ms"] == before + 7 * 86_400_000
    assert [row["id"] for row in found["results"]] == [id for (id,) in changed]
    assert found["total"] > 0
