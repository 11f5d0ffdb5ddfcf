"""The organisation: teams, reps, pipelines, products, campaigns, targets and rates, from a seed.

It is the same at every scale. Structure is written down, so that the awkward cases have names;
only amounts and rates are drawn.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from random import Random

from sandbox.company.dates import (
    PLANNED_UNTIL,
    STORY_START,
    TIMEZONE,
    business_day,
    local,
    months_between,
)
from sandbox.company.model import (
    HUBSPOT,
    SALESFORCE,
    Campaign,
    Organisation,
    Product,
    Rate,
    Rep,
    Target,
    Team,
    Timeline,
)
from sandbox.company.pipelines import PIPELINES

SELLER_DOMAIN = "aurora.example"

SMB_BRAZIL, SMB_MEXICO, SMB_US, ENTERPRISE_LATAM, ENTERPRISE_US = 1, 2, 3, 4, 5

TEAMS = (
    Team(SMB_BRAZIL, "SMB Brazil", "BR", "smb"),
    Team(SMB_MEXICO, "SMB Mexico", "MX", "smb"),
    Team(SMB_US, "SMB US", "US", "smb"),
    Team(ENTERPRISE_LATAM, "Enterprise LatAm", "BR", "enterprise"),
    Team(ENTERPRISE_US, "Enterprise US", "US", "enterprise"),
)

# first name, last name, team, manager, joined, left, systems (h, s, hs)
_STAFF: tuple[tuple[str, str, int, bool, str, str | None, str], ...] = (
    ("Helena", "Vasconcelos", SMB_BRAZIL, True, "2023-10-02", None, "h"),
    ("Rafael", "Queiroz", SMB_BRAZIL, False, "2023-10-02", None, "h"),
    ("Beatriz", "Antunes", SMB_BRAZIL, False, "2023-10-02", None, "h"),
    ("Thiago", "Moura", SMB_BRAZIL, False, "2023-10-09", "2025-05-16", "h"),
    ("Larissa", "Peixoto", SMB_BRAZIL, False, "2024-06-03", None, "h"),
    ("Caio", "Brandão", SMB_BRAZIL, False, "2025-06-02", None, "h"),
    ("Luana", "Figueiredo", SMB_BRAZIL, False, "2026-08-03", None, "h"),
    ("Ximena", "Arriaga", SMB_MEXICO, True, "2023-10-02", None, "h"),
    ("Diego", "Zamudio", SMB_MEXICO, False, "2023-10-02", None, "h"),
    ("Paola", "Cárdenas", SMB_MEXICO, False, "2023-10-16", None, "h"),
    ("Emilio", "Treviño", SMB_MEXICO, False, "2024-09-02", "2026-02-27", "h"),
    ("Renata", "Olvera", SMB_MEXICO, False, "2026-03-02", None, "h"),
    ("Marcus", "Whitfield", SMB_US, True, "2023-10-02", None, "hs"),
    ("Naomi", "Castellan", SMB_US, False, "2023-10-02", None, "h"),
    ("Trevor", "Okafor", SMB_US, False, "2023-10-09", "2024-11-29", "h"),
    ("Priya", "Raman", SMB_US, False, "2024-03-04", None, "h"),
    ("Siobhan", "O'Dell", SMB_US, False, "2024-12-02", None, "h"),
    ("Gustavo", "Lacerda", ENTERPRISE_LATAM, True, "2023-10-02", None, "hs"),
    ("Fernanda", "Ibáñez", ENTERPRISE_LATAM, False, "2023-10-02", None, "hs"),
    ("Otávio", "Serrano", ENTERPRISE_LATAM, False, "2023-10-02", None, "hs"),
    ("Mariana", "Tavares", ENTERPRISE_LATAM, False, "2024-02-05", None, "s"),
    ("Joaquín", "Lizárraga", ENTERPRISE_LATAM, False, "2025-01-13", None, "s"),
    ("Bruno", "Sampaio", ENTERPRISE_LATAM, False, "2023-10-02", "2025-08-29", "s"),
    ("Eleanor", "Prescott", ENTERPRISE_US, True, "2023-10-02", None, "hs"),
    ("Damon", "Achebe", ENTERPRISE_US, False, "2023-10-02", None, "hs"),
    ("Grace", "Lindqvist", ENTERPRISE_US, False, "2023-10-09", None, "hs"),
    ("Victor", "Halloran", ENTERPRISE_US, False, "2024-07-08", "2026-06-30", "s"),
    ("Amara", "Nwosu", ENTERPRISE_US, False, "2025-09-01", None, "s"),
    ("Julian", "Ferreira-Stone", ENTERPRISE_US, False, "2023-10-02", None, "s"),
    ("Ingrid", "Solheim", ENTERPRISE_US, False, "2026-07-06", None, "hs"),
)

# Awkward on purpose (see the table in sandbox/README.md).
REP_WITHOUT_TARGET = 14  # Naomi Castellan
# Raised in mid-month: Rafael Queiroz's goal in the past, of which HubSpot tells the history; Mariana
# Tavares' quota in the week after the story's present, so that only who pulls before knows the old one.
RAISED_TARGETS = {
    (2, date(2025, 4, 1)): date(2025, 4, 15),
    (21, date(2026, 11, 1)): date(2026, 11, 9),
}
REP_WITH_DELETED_TARGET = 10  # Paola Cárdenas
DELETED_TARGET_MONTH = date(2025, 7, 1)

# HubSpot goals carry no currency of their own: they are in the portal's, USD. Quotas say theirs.
_QUOTA_CURRENCY = {20: "BRL", 21: "BRL", 22: "MXN", 19: "EUR"}

_PRODUCT_ROWS: tuple[tuple[str, str, str, str, bool], ...] = (
    ("Pulse Starter", "PUL-START", "Platform", "490.00", True),
    ("Pulse Team", "PUL-TEAM", "Platform", "1290.00", True),
    ("Pulse Business", "PUL-BUS", "Platform", "3900.00", True),
    ("Pulse Enterprise", "PUL-ENT", "Platform", "18500.00", True),
    ("Pulse Enterprise Plus", "PUL-ENTP", "Platform", "34000.00", True),
    ("Extra Seats (10)", "ADD-SEAT10", "Add-on", "350.00", True),
    ("Advanced Reports", "ADD-REP", "Add-on", "620.00", True),
    ("Data Residency", "ADD-RES", "Add-on", "2400.00", True),
    ("Single Sign-On", "ADD-SSO", "Add-on", "1800.00", True),
    ("Sandbox Workspace", "ADD-SBX", "Add-on", "1500.00", True),
    ("Voice Minutes 5k", "ADD-VOX", "Add-on", "275.00", False),
    ("Onboarding Basic", "SRV-ONB1", "Services", "800.00", False),
    ("Onboarding Guided", "SRV-ONB2", "Services", "4200.00", False),
    ("Data Migration", "SRV-MIG", "Services", "6500.00", False),
    ("Training Day", "SRV-TRN", "Services", "1400.00", False),
    ("Quarterly Review", "SRV-QBR", "Services", "2100.00", False),
    ("Premium Support", "SUP-PREM", "Support", "5200.00", True),
    ("Standard Support", "SUP-STD", "Support", "950.00", True),
    ("Desk Terminal", "HW-TERM", "Hardware", "699.00", False),
    ('Wall Display 43"', "HW-WALL", "Hardware", "1150.00", False),
)

PRODUCTS = tuple(
    Product(
        key=key,
        name=name,
        sku=sku,
        family=family,
        list_price=Decimal(price),
        is_subscription=is_subscription,
        created_at=datetime(2023, 10, 3, 13, key, tzinfo=UTC),
    )
    for key, (name, sku, family, price, is_subscription) in enumerate(_PRODUCT_ROWS, 1)
)

# channel, name, system, budget in USD
_CAMPAIGN_KINDS: tuple[tuple[str, str, str, int], ...] = (
    ("paid_search", "Search ads", HUBSPOT, 9000),
    ("email", "Newsletter", HUBSPOT, 1800),
    ("social", "Social always-on", HUBSPOT, 6000),
    ("event", "Field event", SALESFORCE, 22000),
    ("referral", "Partner programme", SALESFORCE, 7500),
)

# The price book's own factors, fixed when it was printed: not the rates of the month.
_PRICE_FACTORS = {
    "USD": Decimal(1),
    "BRL": Decimal("5.20"),
    "MXN": Decimal("18"),
    "EUR": Decimal("0.95"),
}

_FIRST_RATES = {"BRL": Decimal("4.98"), "MXN": Decimal("17.60"), "EUR": Decimal("0.935")}


@lru_cache(maxsize=4)
def organisation(seed: int) -> Organisation:
    reps = _reps()
    return Organisation(
        timezone=TIMEZONE,
        teams=TEAMS,
        reps=reps,
        pipelines=PIPELINES,
        products=PRODUCTS,
        campaigns=_campaigns(Random(f"campaigns:{seed}")),
        targets=_targets(reps, Random(f"targets:{seed}")),
        rates=_rates(Random(f"rates:{seed}")),
    )


def list_price(product: Product, currency: str) -> Decimal:
    """The product's price in the price book of a currency."""
    return (product.list_price * _PRICE_FACTORS[currency]).quantize(Decimal("0.01"))


def _reps() -> tuple[Rep, ...]:
    return tuple(
        Rep(
            key=key,
            first_name=first,
            last_name=last,
            email=f"{_plain(first)}.{_plain(last)}@{SELLER_DOMAIN}",
            team_key=team,
            is_manager=is_manager,
            joined_at=local(date.fromisoformat(joined), 9, key),
            left_at=local(date.fromisoformat(left), 18, key) if left else None,
            systems=frozenset(
                name for name, letter in ((HUBSPOT, "h"), (SALESFORCE, "s")) if letter in systems
            ),
        )
        for key, (first, last, team, is_manager, joined, left, systems) in enumerate(_STAFF, 1)
    )


def _plain(name: str) -> str:
    accents = str.maketrans("áãâàéêíóôõúñç", "aaaaeeiooounc", "' ")
    return name.lower().translate(accents)


def _campaigns(rng: Random) -> tuple[Campaign, ...]:
    found: list[Campaign] = []
    quarters = months_between(business_day(STORY_START).replace(month=10), PLANNED_UNTIL)[::3]
    for start, end in pairwise(quarters):
        for channel, name, system, budget in _CAMPAIGN_KINDS:
            planned = Decimal(budget + rng.randrange(-10, 11) * budget // 50)
            spent = (planned * rng.randrange(82, 112) / 100).quantize(Decimal("0.01"))
            found.append(
                Campaign(
                    key=len(found) + 1,
                    name=f"{name} {start.year} Q{(start.month + 2) // 3}",
                    channel=channel,
                    starts_on=start,
                    ends_on=end - timedelta(days=1),
                    budget=planned,
                    spend=spent,
                    # The first ones were loaded when the CRM was set up.
                    created_at=max(
                        local(start - timedelta(days=14), 10, len(found) % 60),
                        local(date(2023, 10, 4), 10, len(found) % 60),
                    ),
                    system=system,
                )
            )
    return tuple(found)


def _targets(reps: tuple[Rep, ...], rng: Random) -> tuple[Target, ...]:
    """One target per seller and month, entered in the first hours of its month.

    So no month that has not begun has a target, and a year's attainment needs no rule for those.
    """
    segments = {team.key: team.segment for team in TEAMS}
    found: list[Target] = []
    for rep in reps:
        if rep.is_manager or rep.key == REP_WITHOUT_TARGET:
            continue
        currency = _QUOTA_CURRENCY.get(rep.key, "USD")
        base = 52000 if segments[rep.team_key] == "enterprise" else 11000
        personal = rng.randrange(85, 120)
        for number, month in enumerate(months_between(business_day(STORY_START), PLANNED_UNTIL)):
            factor = _FIRST_RATES.get(currency, Decimal(1)) * personal * (100 + 2 * number)
            usual = int(base * factor / 10_000) // 500 * 500
            joined = business_day(rep.joined_at).replace(day=1)
            if month < joined or (rep.left_at and month > business_day(rep.left_at)):
                continue
            age = (month.year - joined.year) * 12 + month.month - joined.month
            ramp = min(4, 1 + age) if joined >= date(2024, 1, 1) else 4
            amount = Decimal(usual * ramp // 4).quantize(Decimal("0.01"))
            amounts = _timeline(rep.key, month, amount)
            deleted = rep.key == REP_WITH_DELETED_TARGET and month == DELETED_TARGET_MONTH
            found.append(
                Target(
                    key=rep.key * 1000 + number,
                    rep_key=rep.key,
                    month=month,
                    amount=amounts,
                    currency=currency,
                    system=SALESFORCE if SALESFORCE in rep.systems else HUBSPOT,
                    deleted_at=local(date(2025, 8, 4), 11, 20) if deleted else None,
                )
            )
    return tuple(found)


def _timeline(rep_key: int, month: date, amount: Decimal) -> Timeline[Decimal]:
    amounts = Timeline((local(month, 6, rep_key % 60), amount))
    raised_on = RAISED_TARGETS.get((rep_key, month))
    if raised_on is not None:
        raised = (amount * Decimal("1.25")).quantize(Decimal("0.01"))
        amounts.set(local(raised_on, 10, 30), raised)
    return amounts


def _rates(rng: Random) -> tuple[Rate, ...]:
    found: list[Rate] = []
    for currency, first in _FIRST_RATES.items():
        units = first
        for month in months_between(date(2023, 10, 1), PLANNED_UNTIL):
            found.append(Rate(currency, month, units.quantize(Decimal("0.000001"))))
            # Pulled back towards its start, so that decades of advancing stay plausible.
            drift = (first - units) * Decimal("0.08")
            units += drift + first * Decimal(rng.randrange(-220, 230)) / 10_000
    return tuple(found)
