"""The partner unit as a Pipedrive account shows it at an instant: pure functions, rows for the store.

What was merged away or deleted leaves no row behind; only a deal that was deleted can still be
asked for during a month.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from sandbox.company import pipedrive_setup_view
from sandbox.company.model import Life, Organisation
from sandbox.company.pipedrive_activities_view import activities
from sandbox.company.pipedrive_deals_view import deals
from sandbox.company.pipedrive_people_view import leads, organizations, persons
from sandbox.company.pipedrive_record import PipedriveLife


def organisation(unit: Organisation, at: datetime) -> Iterator[NamedTuple]:
    """Users, pipelines, stages, products, fields, currencies: what belongs to no customer."""
    yield from pipedrive_setup_view.rows(unit, at)


def life(unit: Organisation, life: Life, at: datetime) -> Iterator[NamedTuple]:
    """Records and changes of one life, as far as they exist by then."""
    view = PipedriveLife(unit, life, at)
    yield from organizations(view)
    yield from persons(view)
    yield from leads(view)
    yield from deals(view)
    yield from activities(view)
