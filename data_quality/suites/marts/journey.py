"""What customers live through: every event from the first contact on, and what they say of it."""

from __future__ import annotations

from data_quality.expectations import between, no_rows
from data_quality.model import Suite
from data_quality.suites.marts.leaving import AS_OF, is_what_the_kpis_say, leaving

# Days that are over by any clock: the business day of an instant may be the one before or after.
_OVER = f"cast({AS_OF} as date) - 1"

# Counts and sums by account; the events themselves may be ten million.
_NUMBERED_FROM_THE_FIRST = no_rows(
    "numbered_from_the_first",
    """
    select account_key, min(event_number) as first_number, max(event_number) as last_number,
        count(*) as events, min(days_since_first) as first_day
    from {batch}
    group by account_key
    having min(event_number) <> 1 or max(event_number) <> count(*)
        or min(days_since_first) <> 0 or min(days_since_previous) < 0
    """,
    why="nothing happens before the first contact, and no event is left out or told twice",
)
_PURCHASES_ARE_THE_DEALS = no_rows(
    "purchases_are_the_deals",
    f"""
    select journey.wins, deals.wins as won_deals, journey.amount, deals.amount as won_amount
    from (
        select count(*) as wins, coalesce(sum(amount_base), 0) as amount
        from {{batch}}
        where event_type = 'won' and occurred_on < {_OVER}
            and opportunity_key not in (
                select opportunity_key from publish.pub_opportunities
                where is_won and closed_on is null
            )
    ) as journey
    cross join (
        select count(*) as wins, coalesce(sum(amount_base), 0) as amount
        from publish.pub_opportunities
        where is_won and closed_on < {_OVER}
            and account_key in (select account_key from publish.pub_accounts)
    ) as deals
    where journey.wins <> deals.wins or journey.amount <> deals.amount
    """,
    why="a journey without its purchases leads nowhere",
)
_POST_SALE = {
    "csat": "csat",
    "nps": "nps",
    "complaint_rate": "complaint_rate",
    "return_rate": "return_rate",
    "return_value_rate": "return_value_rate",
    "first_response_hours": "first_response_hours",
    "resolution_hours": "resolution_hours",
    "ticket_backlog": "open_ticket_count",
}
_POST_SALE_ROWS = " union all ".join(
    f"select '{kpi}' as kpi_id, period_grain, period_start, segment_key,"
    f" cast({column} as double) as value from {{batch}} where segment_kind = 'total'"
    for kpi, column in _POST_SALE.items()
)

SUITES: tuple[Suite, ...] = (
    leaving(
        "pub_customer_journey",
        key=("account_key", "event_number"),
        of="reports.fct_customer_journey",
        why="a rep reads it before the meeting, and the customer remembers every event",
        also=(_NUMBERED_FROM_THE_FIRST, _PURCHASES_ARE_THE_DEALS),
    ),
    leaving(
        "pub_post_sale",
        key=("period_grain", "period_start", "segment_kind", "segment_key"),
        of="reports.fct_post_sale",
        sums=("sold_amount", "returned_amount"),
        why="what customers say after they have bought",
        also=(
            is_what_the_kpis_say(
                "kpi_id",
                "period_grain",
                "period_start",
                rows=f"({_POST_SALE_ROWS})",
                dimension="'total'",
                key="told.segment_key",
            ),
            between("csat", 0, 1, why="a share of those who answered"),
            between("nps", -100, 100, why="the bounds of the score"),
        ),
    ),
)
