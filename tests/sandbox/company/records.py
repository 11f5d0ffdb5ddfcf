"""A small warehouse in Python over nothing but the vendors' records in a store.

One CRM's copy per deal and person, current values and histories as the CRMs keep them, no timelines.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

_WON = {"closedwon", "1094527613"}
_LOST = {"closedlost", "1094527614"}
CLOSED = _WON | _LOST | {"Closed Won", "Closed Lost"}
_PIPELINES = {"default": "SMB sales", "5b1f6a0e-93d2-4c57-8e1b-2f7c40a9d613": "Renewals"}
_INTERNAL = "aurora-internal.example"


def _day(text: str) -> date:
    instant = datetime.fromisoformat(text.replace("Z", "+00:00").replace("+0000", "+00:00"))
    return (instant.astimezone(UTC) - timedelta(hours=3)).date()


@dataclass
class Sale:
    outcome: str  # "won", "lost" or "open"
    pipeline: str
    closed_on: date | None
    amount: Decimal | None
    currency: str


class Records:
    def __init__(self, path: Path, now: datetime) -> None:
        self.now = now
        self.connection = sqlite3.connect(path)
        self.rates: dict[str, list[tuple[str, Decimal]]] = defaultdict(list)
        for rate in self.salesforce("DatedConversionRate"):
            worth = (1 / Decimal(str(rate["ConversionRate"]))).quantize(
                Decimal("1e-8"), ROUND_HALF_UP
            )
            self.rates[rate["IsoCode"]].append((rate["StartDate"], worth))

    def hubspot(self, kind: str) -> Iterator[tuple[int, dict[str, Any]]]:
        query = "select id, properties from hs_object where type = ? and not archived"
        for number, text in self.connection.execute(query, (kind,)):
            yield number, json.loads(text)

    def amounts_of_goal(self, number: int) -> list[Decimal]:
        """What a goal has asked for, oldest first."""
        query = (
            "select value from hs_history where type = 'goal_targets' and id = ? "
            "and property = 'hs_target_amount' order by at, ordinal"
        )
        return [Decimal(value) for (value,) in self.connection.execute(query, (number,))]

    def salesforce(self, name: str) -> Iterator[dict[str, Any]]:
        query = "select fields from sf_record where object = ? and not is_deleted"
        for (text,) in self.connection.execute(query, (name,)):
            yield json.loads(text)

    def linked(self, kind: str, to: str, ids: set[int]) -> set[int]:
        """Records of a kind that are associated with one of these."""
        query = "select from_id, to_id from hs_association where from_type = ? and to_type = ?"
        return {one for one, other in self.connection.execute(query, (kind, to)) if other in ids}

    def internal_companies(self) -> set[int]:
        return {
            number for number, values in self.hubspot("companies") if values["domain"] == _INTERNAL
        }

    def base(self, amount: Decimal, currency: str, day: date) -> Decimal:
        rates = [(start, w) for start, w in self.rates[currency] if start <= day.isoformat()]
        worth = Decimal(1) if currency == "USD" else max(rates)[1]
        return (amount * worth).quantize(Decimal("0.01"), ROUND_HALF_UP)

    def sales(self) -> Iterator[Sale]:
        for _, deal in self.counted_deals():
            stage = deal["dealstage"]
            outcome = "won" if stage in _WON else "lost" if stage in _LOST else "open"
            yield Sale(
                outcome,
                _PIPELINES[deal["pipeline"]],
                _day(deal["closedate"]),
                Decimal(deal["amount"]) if deal.get("amount") else None,
                deal["deal_currency_code"],
            )
        for deal in self.counted_opportunities():
            outcome = "won" if deal["IsWon"] else "lost" if deal["IsClosed"] else "open"
            amount = deal["Amount"]
            yield Sale(
                outcome,
                "Salesforce",
                date.fromisoformat(deal["CloseDate"]),
                None if amount is None else Decimal(str(amount)),
                deal["CurrencyIsoCode"],
            )

    def counted_deals(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """HubSpot's own deals, without the mirrors of Salesforce's and without what is no deal."""
        internal = self.linked("deals", "companies", self.internal_companies())
        for number, deal in self.hubspot("deals"):
            is_double = deal["dealstage"] in _LOST and deal.get("closed_lost_reason") == "duplicate"
            is_mirror = deal.get("hs_salesforceopportunityid")
            if not is_mirror and not is_double and number not in internal:
                yield number, deal

    def counted_opportunities(self) -> Iterator[dict[str, Any]]:
        for deal in self.salesforce("Opportunity"):
            is_lost = deal["IsClosed"] and not deal["IsWon"]
            if not (is_lost and deal["Loss_Reason__c"] == "duplicate"):
                yield deal

    def histories(self) -> Iterator[tuple[str, list[tuple[str, str, Decimal | None]]]]:
        """Currency, then instant, stage and amount after each change."""
        query = (
            "select at, property, value from hs_history where type = 'deals' and id = ?"
            " and property in ('dealstage', 'amount') order by at"
        )
        for number, deal in self.counted_deals():
            state: dict[str, str | None] = {"dealstage": None, "amount": None}
            entries = []
            for at, name, value in self.connection.execute(query, (number,)):
                state[name] = value
                amount = Decimal(state["amount"]) if state["amount"] else None
                instant = datetime.fromtimestamp(at / 1000, tz=UTC).isoformat()
                entries.append((instant, state["dealstage"] or "", amount))
            yield deal["deal_currency_code"], entries
        saved: dict[str, list[tuple[str, str, Decimal | None]]] = defaultdict(list)
        for row in self.salesforce("OpportunityHistory"):
            amount = None if row["Amount"] is None else Decimal(str(row["Amount"]))
            instant = datetime.fromisoformat(row["CreatedDate"].replace("+0000", "+00:00"))
            saved[row["OpportunityId"]].append((instant.isoformat(), row["StageName"], amount))
        for deal in self.counted_opportunities():
            yield deal["CurrencyIsoCode"], sorted(saved[deal["Id"]], key=lambda entry: entry[0])

    def customer_spans(self) -> Iterator[tuple[object, date, date]]:
        """Who is a customer from when to when: a year from each win, and while a contract runs."""
        year = timedelta(days=364)
        query = (
            "select to_id from hs_association where from_type = 'deals' and from_id = ?"
            " and to_type = 'companies'"
        )
        for number, deal in self.counted_deals():
            if deal["dealstage"] in _WON:
                (company,) = self.connection.execute(query, (number,)).fetchone()
                day = _day(deal["closedate"])
                yield company, day, day + year
        for deal in self.counted_opportunities():
            if deal["IsWon"]:
                day = date.fromisoformat(deal["CloseDate"])
                yield deal["AccountId"], day, day + year
        for contract in self.salesforce("Contract"):
            if contract["StatusCode"] == "Activated":
                start, end = (date.fromisoformat(contract[f"{s}Date"]) for s in ("Start", "End"))
                yield contract["AccountId"], start, end

    def winning_days(self) -> dict[str, list[date]]:
        """Days of the wins of each HubSpot contact, Salesforce contact and Salesforce lead."""
        won = {
            deal["Id"]: date.fromisoformat(deal["CloseDate"])
            for deal in self.counted_opportunities()
            if deal["IsWon"]
        }
        found: dict[str, list[date]] = defaultdict(list)
        for role in self.salesforce("OpportunityContactRole"):
            if role["OpportunityId"] in won:
                found[role["ContactId"]].append(won[role["OpportunityId"]])
        for lead in self.salesforce("Lead"):
            if lead["ConvertedOpportunityId"] in won:
                found[lead["Id"]].append(won[lead["ConvertedOpportunityId"]])
            found[lead["Id"]] += found.get(lead["ConvertedContactId"] or "", [])
        own = {
            number: _day(deal["closedate"])
            for number, deal in self.counted_deals()
            if deal["dealstage"] in _WON
        }
        query = (
            "select from_id, to_id from hs_association"
            " where from_type = 'deals' and to_type = 'contacts' and type_id = 3"
        )
        for deal_id, contact_id in self.connection.execute(query):
            if deal_id in own:
                found[str(contact_id)].append(own[deal_id])
        return found

    def leads(self) -> Iterator[tuple[date, bool, bool]]:
        """Day, whether qualified, whether won since; one per person of the two CRMs."""
        internal = self.linked("contacts", "companies", self.internal_companies())
        wins = self.winning_days()
        ours = {each["Id"]: each for each in self.salesforce("Lead")}
        by_email = {each["Email"].lower(): each for each in ours.values()}
        seen: set[str] = set()
        for number, values in self.hubspot("contacts"):
            lead = ours.get(values.get("salesforceleadid") or "") or by_email.get(
                (values.get("email") or "").lower()
            )
            days = list(wins.get(str(number), []))
            if lead:
                seen.add(lead["Id"])
                days += wins.get(lead["Id"], [])
            if values.get("hs_v2_date_entered_lead") and number not in internal:
                day = _day(values["hs_v2_date_entered_lead"])
                is_qualified = bool(values.get("hs_v2_date_entered_salesqualifiedlead"))
                is_qualified = is_qualified or bool(lead and lead["IsConverted"])
                yield day, is_qualified, any(won >= day for won in days)
        for key, lead in ours.items():
            if key not in seen:
                day = _day(lead["CreatedDate"])
                yield day, lead["IsConverted"], any(won >= day for won in wins.get(key, []))

    def done(self) -> Iterator[tuple[date, str]]:
        internal = self.internal_companies()
        for kind, name, is_done in (
            ("calls", "call", lambda v: v["hs_call_status"] == "COMPLETED"),
            ("emails", "email", lambda v: v["hs_email_direction"] == "EMAIL"),
            ("meetings", "meeting", lambda v: v["hs_meeting_outcome"] == "COMPLETED"),
            ("tasks", "task", lambda v: v["hs_task_status"] == "COMPLETED"),
            ("notes", "note", lambda v: True),
        ):
            ours = self.linked(kind, "companies", internal)
            when = "hs_task_completion_date" if kind == "tasks" else "hs_timestamp"
            for number, values in self.hubspot(kind):
                if number not in ours and is_done(values):
                    yield _day(values[when]), name
        for task in self.salesforce("Task"):
            if task["IsClosed"]:
                yield _day(task["CompletedDateTime"]), task["TaskSubtype"].lower()
        for event in self.salesforce("Event"):
            if not event["IsChild"] and event["EndDateTime"] <= self.now.isoformat():
                yield _day(event["EndDateTime"]), "meeting"
