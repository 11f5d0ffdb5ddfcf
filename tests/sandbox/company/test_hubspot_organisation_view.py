"""What HubSpot shows of the organisation: owners, pipelines, properties, campaigns, goals, rates."""

from __future__ import annotations

from sandbox.company import hubspot_view
from sandbox.company.identity import hubspot_id
from sandbox.store import HubspotObject
from tests.sandbox.company.handmade import (
    LATER,
    ORG,
    at,
    documents,
)


def test_owners_are_not_users_and_those_who_left_are_archived() -> None:
    owners = {owner["email"]: owner for owner in documents("owner")}
    left = owners["thiago.moura@aurora.example"]
    assert left["archived"]
    assert left["userId"] is None
    assert left["userIdIncludingInactive"] == hubspot_id("user", 4)
    assert left["id"] == str(hubspot_id("owner", 4))
    newcomer = owners["larissa.peixoto@aurora.example"]
    assert newcomer["id"] == str(newcomer["userId"])
    assert newcomer["teams"][0]["primary"]


def test_pipelines_show_todays_labels_without_deleted_stages_and_unsorted() -> None:
    (before, *_), (after, *_) = (
        documents("pipeline:deals", at("2024-12-01")),
        documents("pipeline:deals"),
    )
    labels = [{s["id"]: s["label"] for s in each["stages"]} for each in (before, after)]
    assert labels[0]["contractsent"] == "Contract sent"
    assert labels[1]["contractsent"] == "Negotiation"
    assert "decisionmakerboughtin" in labels[0]
    assert "decisionmakerboughtin" not in labels[1]
    orders = [stage["displayOrder"] for stage in after["stages"]]
    assert orders != sorted(orders)
    assert after["createdAt"] == "1970-01-01T00:00:00Z"
    won = next(stage for stage in after["stages"] if stage["id"] == "closedwon")
    assert won["metadata"] == {"isClosed": "true", "probability": "1.0"}


def test_ticket_stages_tell_open_from_closed() -> None:
    (pipeline,) = documents("pipeline:tickets")
    states = {stage["id"]: stage["metadata"]["ticketState"] for stage in pipeline["stages"]}
    assert states == {"1": "OPEN", "2": "OPEN", "3": "OPEN", "4": "CLOSED"}


def test_campaigns_leave_out_what_is_empty() -> None:
    planned = at("2026-06-25")
    campaign = documents("campaign", planned)[-1]
    assert campaign["properties"]["hs_campaign_status"] == "planned"
    assert "hs_spend_items_sum_amount" not in campaign["properties"]
    assert "hs_spend_items_sum_amount" in documents("campaign", at("2026-07-02"))[-1]["properties"]


def test_goals_are_whole_months_with_a_text_amount() -> None:
    goals = [
        row
        for row in hubspot_view.organisation(ORG, LATER)
        if isinstance(row, HubspotObject) and row.type == "goal_targets"
    ]
    assert goals
    assert '"hs_end_datetime":"2026-05-31T23:59:59.999Z"' in "".join(g.properties for g in goals)


def test_exchange_rates_are_home_money_for_one_unit() -> None:
    rates = documents("exchange_rate", at("2023-11-15"))
    first = next(rate for rate in rates if rate["fromCurrencyCode"] == "BRL")
    assert first["toCurrencyCode"] == "USD"
    assert 0.19 < first["conversionRate"] < 0.22


def test_calculated_properties_are_marked_by_field_type() -> None:
    defined = {each["name"]: each for each in documents("property:deals")}
    assert defined["num_associated_contacts"]["fieldType"] == "calculation_rollup"
    assert defined["coupon_code"].get("hubspotDefined") is None
    assert defined["dealname"]["hubspotDefined"]
    assert "closedwon" in [option["value"] for option in defined["dealstage"]["options"]]
