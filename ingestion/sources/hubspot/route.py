"""Search or list: which way to the changed records costs less.

A search finds them and batches read them; a list reads all. After an edit that touched every deal
the list is cheaper, and the search's first answer says how many it would find.
"""

from __future__ import annotations

from math import ceil

from ingestion.engine.pace import Pace
from ingestion.model import Pull
from ingestion.sources.hubspot.quota import ASSOCIATIONS, CALLS, SEARCHES
from ingestion.sources.hubspot.search import SEARCH_PAGE, number_of

# Below, no list can save what asking for the number of all records costs.
FEW = 2_000
# An answer takes its time even where the limits leave room.
SECONDS_PER_CALL = 0.2


def listing_is_cheaper(
    pull: Pull, name: str, changed: int, *, page: int, link_kinds: int, link_page: int
) -> bool:
    """Whether to list all records rather than to search for so many and read them by batch."""
    if changed < FEW:
        return False
    by_search = cost(
        pull.client.pace,
        searches=ceil(changed / SEARCH_PAGE),
        calls=ceil(changed / page),
        associations=link_kinds * ceil((changed + len(pull.watched)) / link_page),
    )
    return cost(pull.client.pace, calls=ceil(number_of(pull, name) / page)) < by_search


def cost(pace: Pace, *, searches: int = 0, calls: int = 0, associations: int = 0) -> float:
    """Seconds that so many requests take one after the other, under the limits in force."""
    asked = {SEARCHES: searches, CALLS: calls, ASSOCIATIONS: associations}
    return sum(
        number * max(SECONDS_PER_CALL, pace.seconds_per_call(group))
        for group, number in asked.items()
    )
