"""What people keep in spreadsheets becomes records, by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tests.oracle.records import Campaign, Return, Spend
from tests.oracle.tiny import world
from tests.oracle.world_sheets import Facts, add_sheets

EMPTY: Facts = dict.fromkeys(
    ("owner_map", "campaign_spend", "web_sessions", "surveys_sent", "returns", "targets"), ()
)


def test_every_kind_of_sheet_is_read() -> None:
    known = world(campaigns=[Campaign("Search ads", None, None, None, "USD")])
    facts: Facts = {
        **EMPTY,
        "owner_map": [
            {"owner_email": "Ana@aurora.example", "country_code": "MX"},
            {"owner_email": "nobody@aurora.example", "country_code": "BR"},
        ],
        "campaign_spend": [
            {
                "campaign_name": "search ADS",
                "spent_on": date(2025, 2, 3),
                "spend_amount": Decimal("12.50"),
                "currency_code": "BRL",
            },
            {
                "campaign_name": "Unheard of",
                "spent_on": date(2025, 2, 3),
                "spend_amount": Decimal(9),
                "currency_code": "BRL",
            },
        ],
        "web_sessions": [
            {"session_on": date(2025, 2, 3), "lead_source": "email", "session_count": 7}
        ],
        "surveys_sent": [{"survey_name": "Happy?", "sent_on": date(2025, 2, 1), "sent_count": 40}],
        "returns": [
            {
                "order_number": "00042",
                "returned_on": date(2025, 2, 3),
                "returned_amount": Decimal("1.00"),
                "currency_code": "USD",
            }
        ],
    }
    add_sheets(known, facts, {"ana@aurora.example": "Ana"})
    assert known.countries == {"Ana": "MX"}
    assert known.spend == [Spend("Search ads", date(2025, 2, 3), Decimal("12.50"), "BRL")]
    assert known.sessions == [(date(2025, 2, 3), "email", 7)]
    assert known.surveys_sent == [("Happy?", date(2025, 2, 1), 40)]
    assert known.returns == [Return("42", date(2025, 2, 3), Decimal("1.00"), "USD")]


def test_targets_of_teams_and_of_all_are_no_targets_of_owners() -> None:
    known = world()
    target = {"kpi_id": "sales_amount", "scope": "team", "scope_name": "North"}
    add_sheets(known, {**EMPTY, "targets": [target]}, {})
    assert known.targets == []
