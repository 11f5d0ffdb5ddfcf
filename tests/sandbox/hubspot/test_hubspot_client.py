"""HubSpot's own Python package reads the portal and finds what the store holds."""

from __future__ import annotations

import hubspot
import pytest
from hubspot.crm.associations.v4 import BatchInputPublicFetchAssociationsBatchRequest
from hubspot.crm.contacts.exceptions import ForbiddenException
from hubspot.crm.deals import PublicObjectSearchRequest

from sandbox.connection import (
    HUBSPOT_ACCESS_TOKEN,
    HUBSPOT_CLIENT_ID,
    HUBSPOT_CLIENT_SECRET,
    HUBSPOT_REFRESH_TOKEN,
)
from tests.sandbox.hubspot.portal import DAY, NOW, deal_id
from tests.sandbox.hubspot.served import Served


@pytest.fixture
def client(shared: Served) -> hubspot.HubSpot:
    return hubspot.HubSpot(access_token=HUBSPOT_ACCESS_TOKEN, host=shared.url)


def test_pages_through_all_contacts(client: hubspot.HubSpot) -> None:
    contacts = client.crm.contacts.get_all(properties=["email", "firstname"])

    assert [contact.id for contact in contacts] == [str(1000 + n) for n in range(130)]
    assert contacts[129].properties["email"] == "person129@buyer.example"


def test_reads_deals_with_history_in_pages_of_fifty(client: hubspot.HubSpot) -> None:
    deals = client.crm.deals.get_all(properties_with_history=["dealstage"])

    first = next(deal for deal in deals if deal.id == str(deal_id(0)))
    versions = first.properties_with_history["dealstage"]
    assert len(deals) == 60
    assert [version.value for version in versions] == [
        "closedwon",
        "qualifiedtobuy",
        "appointmentscheduled",
    ]
    assert [version.updated_by_user_id for version in versions] == [7, 7, 7]


def test_searches_deals_by_modified_date(client: hubspot.HubSpot) -> None:
    start = NOW - 100 * DAY
    request = PublicObjectSearchRequest(
        filter_groups=[
            {
                "filters": [
                    {
                        "propertyName": "hs_lastmodifieddate",
                        "operator": "GTE",
                        "value": str(start + 50 * DAY),
                    }
                ]
            }
        ],
        sorts=[{"propertyName": "hs_lastmodifieddate", "direction": "ASCENDING"}],
        properties=["dealname"],
        limit=4,
    )

    found = client.crm.deals.search_api.do_search(public_object_search_request=request)

    assert found.total == 10
    assert [deal.properties["dealname"] for deal in found.results] == [
        f"Deal {n}" for n in range(50, 54)
    ]
    assert found.paging.next.after == "4"


def test_reads_pipelines_with_stage_metadata_as_text(client: hubspot.HubSpot) -> None:
    pipelines = client.crm.pipelines.pipelines_api.get_all("deals").results

    assert [pipeline.label for pipeline in pipelines] == ["SMB sales"]
    assert [stage.metadata["probability"] for stage in pipelines[0].stages] == ["0.2", "1.0"]


def test_reads_owners_and_archived_owners(client: hubspot.HubSpot) -> None:
    active = client.crm.owners.owners_api.get_page()
    archived = client.crm.owners.owners_api.get_page(archived=True)

    assert {owner.id: owner.user_id for owner in active.results} == {
        "904875188": 73074756,
        "31": 31,
    }
    assert [(o.id, o.user_id, o.user_id_including_inactive) for o in archived.results] == [
        ("77", None, 88)
    ]


def test_reads_property_definitions(client: hubspot.HubSpot) -> None:
    found = client.crm.properties.core_api.get_all("contacts").results

    assert {definition.name for definition in found} >= {"email", "createdate"}
    assert not {definition.name for definition in found} & {"salary", "old_name"}


def test_reads_associations_of_a_batch(client: hubspot.HubSpot) -> None:
    batch = BatchInputPublicFetchAssociationsBatchRequest(inputs=[{"id": str(deal_id(0))}])

    answer = client.crm.associations.v4.batch_api.get_page(
        "deals",
        "companies",
        batch_input_public_fetch_associations_batch_request=batch,
    )

    links = answer.results[0].to
    assert [(link.to_object_id, [t.type_id for t in link.association_types]) for link in links] == [
        ("500", [5, 341]),
        ("501", [341]),
    ]


def test_a_withheld_scope_is_forbidden(client: hubspot.HubSpot, shared: Served) -> None:
    shared.context.withheld_scopes = frozenset({"crm.objects.contacts.read"})
    try:
        with pytest.raises(ForbiddenException) as raised:
            client.crm.contacts.basic_api.get_page()
    finally:
        shared.context.withheld_scopes = frozenset()

    assert "MISSING_SCOPES" in raised.value.body


def test_refreshes_a_token_and_uses_it(shared: Served) -> None:
    tokens = hubspot.HubSpot(host=shared.url).oauth.tokens_api.create(
        grant_type="refresh_token",
        client_id=HUBSPOT_CLIENT_ID,
        client_secret=HUBSPOT_CLIENT_SECRET,
        refresh_token=HUBSPOT_REFRESH_TOKEN,
    )
    client = hubspot.HubSpot(access_token=tokens.access_token, host=shared.url)

    assert tokens.expires_in == 1800
    assert tokens.refresh_token == HUBSPOT_REFRESH_TOKEN
    assert len(client.crm.companies.get_all()) == 3
