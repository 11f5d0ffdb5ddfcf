"""What people keep in spreadsheets, beside the CRMs' records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from tests.oracle.records import Campaign, Return, Spend, World

Facts = Mapping[str, Sequence[Mapping[str, str | int | Decimal | date | None]]]


def add_sheets(world: World, facts: Facts, owners_by_email: Mapping[str, str]) -> None:
    """Targets of teams and of the company are goals; no sale is credited to them."""
    for row in facts["owner_map"]:
        owner = owners_by_email.get(_text(row["owner_email"]).lower())
        if owner is not None and row["country_code"] is not None:
            world.countries[owner] = _text(row["country_code"])
    for row in facts["campaign_spend"]:
        campaign = _campaign(world, _text(row["campaign_name"]))
        if campaign is not None:
            amount, currency = _number(row["spend_amount"]), _text(row["currency_code"])
            world.spend.append(Spend(campaign.name, _day(row["spent_on"]), amount, currency))
    for row in facts["web_sessions"]:
        count = int(_number(row["session_count"]))
        world.sessions.append((_day(row["session_on"]), _text(row["lead_source"]), count))
    for row in facts["surveys_sent"]:
        count = int(_number(row["sent_count"]))
        world.surveys_sent.append((_text(row["survey_name"]), _day(row["sent_on"]), count))
    for row in facts["returns"]:
        amount, currency = _number(row["returned_amount"]), _text(row["currency_code"])
        # Salesforce prints zeros before a number that people leave out.
        number = _text(row["order_number"]).lstrip("0")
        world.returns.append(Return(number, _day(row["returned_on"]), amount, currency))


def _campaign(world: World, name: str) -> Campaign | None:
    found = (each for each in world.campaigns.values() if each.name.lower() == name.lower())
    return next(found, None)


def _text(value: object) -> str:
    assert isinstance(value, str)
    return value


def _day(value: object) -> date:
    assert isinstance(value, date)
    return value


def _number(value: object) -> Decimal:
    assert isinstance(value, (Decimal, int))
    return Decimal(value)
