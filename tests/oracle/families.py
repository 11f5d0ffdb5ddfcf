"""All families, and the KPIs that each of them speaks of."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.oracle import (
    activities,
    attainment,
    customers,
    cycle,
    funnel,
    leads,
    marketing,
    movement,
    people,
    pipeline,
    products,
    sales,
    satisfaction,
    service,
)
from tests.oracle.periods import Calendar
from tests.oracle.records import World
from tests.oracle.tally import Row

FAMILIES: dict[str, Callable[[World, Calendar], Iterator[Row]]] = {
    "sales": sales.rows,
    "products": products.rows,
    "pipeline": pipeline.rows,
    "movement": movement.rows,
    "cycle": cycle.rows,
    "funnel": funnel.rows,
    "leads": leads.rows,
    "marketing": marketing.rows,
    "activities": activities.rows,
    "people": people.rows,
    "attainment": attainment.rows,
    "customers": customers.rows,
    "satisfaction": satisfaction.rows,
    "service": service.rows,
}


def all_rows(world: World, calendar: Calendar) -> Iterator[Row]:
    for rows in FAMILIES.values():
        yield from rows(world, calendar)
