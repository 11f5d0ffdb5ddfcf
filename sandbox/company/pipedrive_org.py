"""The unit that sells through partners: a sales team with a CRM of its own, Pipedrive.

It shares products, prices and the calendar with the rest of the company, and nothing else: its
people, customers and deals are drawn from a stream of their own, so that the others are the same
whether it is there or not.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import lru_cache

from sandbox.company.dates import TIMEZONE, local
from sandbox.company.model import PIPEDRIVE, Organisation, Rep, Team
from sandbox.company.org import PRODUCTS, SELLER_DOMAIN, organisation
from sandbox.company.pipedrive_pipelines import PARTNER_PIPELINES

PARTNERS = 6
_TEAM = Team(PARTNERS, "Partners", "US", "smb")
FIRST_REP = 101

_Row = tuple[str, str, bool, str, str | None]
# first name, last name, manager, joined, left
_STAFF: tuple[_Row, ...] = (
    ("Isadora", "Valadares", True, "2023-10-02", None),
    ("Matias", "Escobedo", False, "2023-10-02", None),
    ("Noor", "Haddad-Reyes", False, "2023-10-02", None),
    ("Patrick", "Lund", False, "2023-10-09", "2025-10-31"),
    ("Yara", "Siqueira", False, "2024-05-06", None),
    ("Ewan", "Castelo", False, "2025-11-03", None),
)


@lru_cache(maxsize=1)
def partner_unit() -> Organisation:
    """Nothing of it is drawn, so it is the same for every seed."""
    return Organisation(
        timezone=TIMEZONE,
        teams=(_TEAM,),
        reps=tuple(_rep(number, row) for number, row in enumerate(_STAFF)),
        pipelines=PARTNER_PIPELINES,
        products=PRODUCTS,
        campaigns=(),
        targets=(),
        rates=(),
    )


def whole_organisation(seed: int) -> Organisation:
    """The company with the unit: what the golden numbers look names and rates up in."""
    org, unit = organisation(seed), partner_unit()
    return replace(
        org,
        teams=(*org.teams, *unit.teams),
        reps=(*org.reps, *unit.reps),
        pipelines=(*org.pipelines, *unit.pipelines),
    )


def _rep(number: int, row: _Row) -> Rep:
    first, last, is_manager, joined, left = row
    return Rep(
        key=FIRST_REP + number,
        first_name=first,
        last_name=last,
        email=f"{first}.{last}@{SELLER_DOMAIN}".lower(),
        team_key=PARTNERS,
        is_manager=is_manager,
        joined_at=local(date.fromisoformat(joined), 9, number),
        left_at=local(date.fromisoformat(left), 18, number) if left else None,
        systems=frozenset((PIPEDRIVE,)),
    )
