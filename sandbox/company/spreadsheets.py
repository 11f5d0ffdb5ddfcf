"""What the invented company keeps in spreadsheets, beside its CRMs.

`rows` are the facts as plain values, for whoever computes with them; `spreadsheet_files` dresses
them as a Brazilian and a Mexican office save them, with some rows that are wrong on purpose. All of
it follows from the organisation and the clock. There is no sales target of a rep among them, no
survey and no sale: those the CRMs have.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal

from sandbox.company.dates import add_months, business_day
from sandbox.company.model import HUBSPOT, Organisation

Row = Mapping[str, str | int | Decimal | date | None]

FIRST_YEAR = 2024
FIRST_SESSIONS = date(2025, 1, 1)
FIRST_SPEND = date(2026, 1, 1)
RAISED_ON = date(2026, 5, 15)  # SMB Brazil's second quarter of 2026 was raised in the middle
COSTS_RAISED_ON = date(2026, 1, 1)
SURVEYS = ("Would you recommend us", "Support satisfaction")

_QUARTER = {"smb": Decimal(150000), "enterprise": Decimal(700000)}
_WIN_RATE = {"smb": Decimal("0.28"), "enterprise": Decimal("0.22")}
_ACTIVITIES = {"smb": Decimal(900), "enterprise": Decimal(650)}
_SESSIONS = {
    "organic_search": 420, "paid_search": 260, "email": 90, "social": 150, "referral": 70,
    "direct": 310, "event": 12, "other": 25,
}  # fmt: skip
_BENCHMARKS = (
    ("win_rate", "SaaS", "sector", None, "0.24", "SaaS sales survey", date(2026, 1, 31)),
    ("win_rate", "SaaS", "sector", "BR", "0.21", "Painel de vendas Brasil", date(2026, 3, 31)),
    ("average_deal_size", "SaaS", "sector", None, "14500", "SaaS sales survey", date(2026, 1, 31)),
    ("sales_cycle_days", "SaaS", "sector", None, "62", "SaaS sales survey", date(2026, 1, 31)),
    ("retention_rate", "SaaS", "sector", None, "0.88", "SaaS sales survey", date(2026, 1, 31)),
    ("csat", None, None, "MX", "0.815", "Encuesta de servicio", date(2025, 11, 30)),
)
# By the number that people read on the paper; the last is of an order that nobody has.
_RETURNS = (
    ("46009", date(2025, 9, 30), Decimal(1), Decimal("2184.00"), "BRL", "broken"),
    ("58040", date(2025, 5, 20), Decimal(2), Decimal("1250.50"), "MXN", "late"),
    ("99999", date(2026, 2, 3), Decimal(1), Decimal("310.00"), "USD", "wrong item"),
)
_COST_SHARE = {"Platform": "0.18", "Add-on": "0.12", "Services": "0.55", "Support": "0.40"}


def rows(org: Organisation, at: datetime) -> Mapping[str, list[Row]]:
    """The facts by kind of sheet, as they are known at the instant."""
    today = business_day(at)
    return {
        "targets": [*_targets(org, today)],
        "benchmarks": [*_benchmarks(today)],
        "campaign_spend": [*_spend(org, today)],
        "web_sessions": [*_sessions(today)],
        "surveys_sent": [*_surveys_sent(today)],
        "owner_map": [*_owners(org, today)],
        "product_costs": [*_costs(org, today)],
        "returns": [*_returns(today)],
    }


def quarters(today: date) -> list[date]:
    """First days of the quarters that have targets: up to the end of the year."""
    return [
        date(year, month, 1)
        for year in range(FIRST_YEAR, today.year + 1)
        for month in (1, 4, 7, 10)
    ]


def _targets(org: Organisation, today: date) -> Iterator[Row]:
    for number, start in enumerate(quarters(today)):
        growth = Decimal(100 + 3 * number) / 100
        total = Decimal(0)
        for team in org.teams:
            amount = (_QUARTER[team.segment] * growth).quantize(Decimal(1))
            total += amount
            yield _target("sales_amount", team.name, start, amount, start)
            if team.name == "SMB Brazil" and start == date(2026, 4, 1) and today >= RAISED_ON:
                yield _target("sales_amount", team.name, start, amount + 25000, RAISED_ON)
            for kpi, values in (("win_rate", _WIN_RATE), ("activities_completed", _ACTIVITIES)):
                yield _target(kpi, team.name, start, values[team.segment], start)
        yield _target("sales_amount", None, start, total, start)


def _target(kpi: str, who: str | None, start: date, value: Decimal, valid_from: date) -> Row:
    """Of a team, or of all where nobody is named."""
    return {
        "kpi_id": kpi,
        "scope": "team" if who else "total",
        "scope_name": who,
        "period_grain": "quarter",
        "period_start": start,
        "period_end": add_months(start, 3),
        "target_value": value,
        "currency_code": "USD" if kpi == "sales_amount" else None,
        "valid_from": valid_from,
    }


def _benchmarks(today: date) -> Iterator[Row]:
    for kpi, segment, dimension, country, value, source, source_date in _BENCHMARKS:
        if source_date <= today:
            yield {
                "kpi_id": kpi,
                "segment": segment,
                "segment_dimension": dimension,
                "country_code": country,
                "benchmark_value": Decimal(value),
                "source_name": source,
                "source_date": source_date,
            }


def _spend(org: Organisation, today: date) -> Iterator[Row]:
    """Search ads are billed by the week; the other campaigns' spend stands in the CRMs."""
    for campaign in org.campaigns:
        is_billed = campaign.channel == "paid_search" and campaign.system == HUBSPOT
        if not is_billed or campaign.starts_on < FIRST_SPEND:
            continue
        weeks = ((campaign.ends_on - campaign.starts_on).days + 7) // 7
        for number in range(weeks):
            day = campaign.starts_on + timedelta(days=7 * number)
            if day <= today:
                until, before = (
                    (campaign.spend * part / weeks).quantize(Decimal("0.01"))
                    for part in (number + 1, number)
                )
                yield {
                    "campaign_name": campaign.name,
                    "spent_on": day,
                    "spend_amount": until - before,
                    "currency_code": "USD",
                }


def _sessions(today: date) -> Iterator[Row]:
    for number in range((today - FIRST_SESSIONS).days):
        day = FIRST_SESSIONS + timedelta(days=number)
        share = 100 if day.weekday() < 5 else 45
        for place, (channel, usual) in enumerate(_SESSIONS.items()):
            wave = (day.toordinal() * 7919 + place * 104729) % 41 - 20
            count = usual * share * (100 + wave) * (1000 + number) // 10_000_000
            yield {"session_on": day, "lead_source": channel, "session_count": count}


def _surveys_sent(today: date) -> Iterator[Row]:
    month = date(FIRST_YEAR, 1, 1)
    while month <= today:
        for place, name in enumerate(SURVEYS):
            count = 40 + 15 * place + month.month * 3
            yield {"survey_name": name, "sent_on": month, "sent_count": count}
        month = add_months(month, 1)


def _owners(org: Organisation, today: date) -> Iterator[Row]:
    teams = {team.key: team for team in org.teams}
    for rep in org.reps:
        joined = business_day(rep.joined_at)
        if joined <= today:
            yield {
                "owner_email": rep.email,
                "team_name": teams[rep.team_key].name,
                "country_code": teams[rep.team_key].country,
                "valid_from": joined,
            }


def _costs(org: Organisation, today: date) -> Iterator[Row]:
    for product in org.products:
        share = Decimal(_COST_SHARE.get(product.family, "0.65"))
        for valid_from, factor in ((date(2024, 1, 1), 100), (COSTS_RAISED_ON, 106)):
            if valid_from <= today:
                cost = product.list_price * share * factor / 100
                yield {
                    "sku": product.sku,
                    "unit_cost": cost.quantize(Decimal("0.01")),
                    "currency_code": "USD",
                    "valid_from": valid_from,
                }


def _returns(today: date) -> Iterator[Row]:
    for number, day, quantity, amount, currency, reason in _RETURNS:
        if day <= today:
            yield {
                "order_number": number,
                "returned_on": day,
                "returned_quantity": quantity,
                "returned_amount": amount,
                "currency_code": currency,
                "reason": reason,
            }
