"""The company as a HubSpot portal shows it at an instant: pure functions, rows for the store.

Deleted and merged-away records stay as archived rows; how long they are shown is the API's matter.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from sandbox.company import hubspot_organisation_view
from sandbox.company.hubspot_activities_view import activities
from sandbox.company.hubspot_deals_view import deals
from sandbox.company.hubspot_life import HubspotLife
from sandbox.company.hubspot_people_view import companies, contacts
from sandbox.company.hubspot_portal import portal
from sandbox.company.hubspot_service_view import surveys, tickets
from sandbox.company.model import Life, Organisation


def organisation(org: Organisation, at: datetime) -> Iterator[NamedTuple]:
    """Settings, products and goals: everything that belongs to no single customer."""
    yield from hubspot_organisation_view.rows(portal(org), at)


def life(org: Organisation, life: Life, at: datetime) -> Iterator[NamedTuple]:
    """Records, property history and associations of one life, as far as they exist by then."""
    view = HubspotLife(portal(org), life, at)
    yield from companies(view)
    yield from contacts(view)
    yield from deals(view)
    yield from activities(view)
    yield from tickets(view)
    yield from surveys(view)
