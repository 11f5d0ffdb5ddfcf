"""Whose account it is and which rights are missing, from answers as the vendors give them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import responses

from ingestion.engine.auth import Token, TokenKeeper
from ingestion.engine.cache import Cache
from ingestion.engine.client import Client, Judge
from ingestion.engine.errors import QuotaError
from ingestion.engine.pace import Pace
from ingestion.model import Pull, Window
from ingestion.sources.hubspot import connection as hubspot
from ingestion.sources.hubspot import identity as hubspot_identity
from ingestion.sources.hubspot.objects import OBJECTS
from ingestion.sources.salesforce import connection as salesforce
from ingestion.sources.salesforce import identity as salesforce_identity

URL = "https://crm.example"
ENTITIES = {entity.name: entity for entity in OBJECTS}
DEFINITIONS = f"{URL}/crm/properties/2026-03"


def _client(judge: Judge) -> Client:
    return Client(URL, judge=judge, pace=Pace(), keeper=TokenKeeper(lambda: Token("secret")))


def _pull(name: str) -> Pull:
    window = Window(None, datetime(2026, 11, 3, tzinfo=UTC))
    return Pull(_client(hubspot.judge), Cache(), {}, ENTITIES[name], "full", window)


def _refused(category: str, *scopes: str) -> dict[str, Any]:
    context = {"requiredGranularScopes": list(scopes)}
    return {"category": category, "errors": [{"message": "needed", "context": context}]}


def _level(name: str) -> list[Any]:
    return [responses.matchers.query_param_matcher({"dataSensitivity": name})]


@responses.activate
def test_sensitive_properties_are_counted_or_their_scope_is_named() -> None:
    url = f"{DEFINITIONS}/contacts"
    found = {"results": [{"name": "health_note"}, {"name": "blood_group"}]}
    responses.get(url, json=found, match=_level("sensitive"))
    scope = "crm.objects.contacts.highly_sensitive.read.v2"
    refused = _refused("MISSING_SCOPES", scope)
    responses.get(url, status=403, json=refused, match=_level("highly_sensitive"))
    remarks = hubspot_identity.sensitive_remarks(_pull("contacts"))
    assert remarks == (
        "2 sensitive properties are read",
        f"highly sensitive properties are not read: the app lacks a scope: any of {scope}",
    )


@responses.activate
def test_an_account_without_sensitive_properties_needs_no_remark() -> None:
    responses.get(f"{DEFINITIONS}/deals", json={"results": []})
    assert hubspot_identity.sensitive_remarks(_pull("deals")) == ()
    assert hubspot_identity.sensitive_remarks(_pull("products")) == ()
    assert len(responses.calls) == 2


@responses.activate
def test_an_edition_without_levels_is_told() -> None:
    responses.get(f"{DEFINITIONS}/deals", status=400, json={"category": "VALIDATION_ERROR"})
    remarks = hubspot_identity.sensitive_remarks(_pull("deals"))
    assert remarks[0] == "sensitive properties are not read: HubSpot has none in this account"


@responses.activate
def test_a_used_up_day_is_no_matter_of_a_level() -> None:
    responses.get(f"{DEFINITIONS}/deals", status=429, json={"policyName": "DAILY"})
    with pytest.raises(QuotaError):
        hubspot_identity.sensitive_remarks(_pull("deals"))


@responses.activate
def test_a_portal_that_may_not_be_seen_is_told() -> None:
    refused = _refused("MISSING_SCOPES", "oauth")
    responses.get(f"{URL}/account-info/2026-03/details", status=403, json=refused)
    facts = hubspot_identity.identify(_client(hubspot.judge), {"HUBSPOT_ACCESS_TOKEN": "x"})
    assert "any of oauth" in facts["portal"]
    assert facts["signed in by"] == "HUBSPOT_ACCESS_TOKEN"


DATA = f"{URL}/services/data/v66.0"
ORG = {
    "Id": "00D000000000001EAA",
    "Name": "Acme",
    "TimeZoneSidKey": "Europe/Lisbon",
    "DefaultCurrencyIsoCode": None,
    "IsSandbox": True,
    "OrganizationType": "Professional Edition",
}


@responses.activate
def test_an_org_says_its_edition_and_only_what_it_has_is_asked_for() -> None:
    described = [{"name": name} for name in ("Id", "Name", "IsSandbox", "OrganizationType")]
    responses.get(f"{DATA}/sobjects/Organization/describe", json={"fields": described})
    asked = [
        responses.matchers.query_param_matcher(
            {"q": "SELECT Id,Name,IsSandbox,OrganizationType FROM Organization LIMIT 1"}
        )
    ]
    responses.get(f"{DATA}/query", json={"records": [ORG]}, match=asked)
    responses.get(f"{DATA}/limits", json={"DailyBulkV2QueryJobs": {"Max": 10000, "Remaining": 9}})
    own = {"name": "Invoice__c", "custom": True, "queryable": True}
    responses.get(f"{DATA}/sobjects", json={"sobjects": [{"name": "Account"}, own]})
    settings = {"SALESFORCE_REFRESH_TOKEN": "x", "SALESFORCE_API_VERSION": "66.0"}
    facts = salesforce_identity.identify(_client(salesforce.judge), settings)
    assert facts == {
        "org": "Acme, 00D000000000001EAA (Professional Edition, a sandbox)",
        "time zone": "Europe/Lisbon",
        "signed in by": "refresh token",
        "API version": "66.0",
        "Bulk queries": "9 of 10,000 left in 24 hours",
        "own objects": ("1, none of which is read (Invoice__c): see SALESFORCE_CUSTOM_OBJECTS"),
    }


@responses.activate
def test_an_org_that_may_not_be_seen_is_told() -> None:
    refused = [{"errorCode": "INSUFFICIENT_ACCESS", "message": ""}]
    responses.get(f"{DATA}/sobjects/Organization/describe", status=403, json=refused)
    responses.get(f"{DATA}/limits", status=403, json=refused)
    responses.get(f"{DATA}/sobjects", status=403, json=refused)
    facts = salesforce_identity.identify(_client(salesforce.judge), {})
    assert "INSUFFICIENT_ACCESS" in facts["org"]
    assert "Bulk queries" not in facts
