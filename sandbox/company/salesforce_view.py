"""The company as a Salesforce org shows it at an instant: pure functions, rows for the store.

A deleted row is marked as purged once the recycle bin has let go of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from sandbox.company import salesforce_organisation_view
from sandbox.company.model import Life, Organisation
from sandbox.company.salesforce_activities_view import activities, cases
from sandbox.company.salesforce_deals_view import opportunities
from sandbox.company.salesforce_life import SalesforceLife
from sandbox.company.salesforce_metadata import describes
from sandbox.company.salesforce_orders_view import contracts, orders
from sandbox.company.salesforce_org import salesforce_org
from sandbox.company.salesforce_people_view import accounts, people

__all__ = ["describes", "life", "organisation"]


def organisation(org: Organisation, at: datetime) -> Iterator[NamedTuple]:
    """Users, settings, products, periods, quotas and rates: what belongs to no single customer."""
    yield from salesforce_organisation_view.rows(salesforce_org(org), at)


def life(org: Organisation, life: Life, at: datetime) -> Iterator[NamedTuple]:
    """Records and history rows of one life, as far as they exist by then."""
    view = SalesforceLife(salesforce_org(org), life, at)
    yield from accounts(view)
    yield from people(view)
    yield from opportunities(view)
    yield from activities(view)
    yield from cases(view)
    yield from contracts(view)
    yield from orders(view)
