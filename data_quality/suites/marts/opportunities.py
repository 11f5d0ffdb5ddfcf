"""The list of deals, which people check against their CRM before they believe anything else."""

from __future__ import annotations

from data_quality.expectations import no_rows
from data_quality.model import Suite
from data_quality.suites.marts.leaving import (
    LATEST,
    MANY,
    adds_up_to_the_kpi,
    comes_from_the_crms,
    leaving,
)

_CLOSED_AND_WON_AGREE = no_rows(
    "closed_and_won_agree",
    """
    select opportunity_key from {batch}
    where (is_closed = (is_won or is_lost)) is not true
        or is_won and is_lost
        or is_closed and is_overdue
        or not is_closed and closed_on is not null
    """,
    why="a deal is open, won or lost; anything between is counted twice or never",
)
# Some dates of every CRM are slips of the pen; many of them are an instant read in a wrong unit.
_DATES_ARE_PLAUSIBLE = no_rows(
    "dates_are_plausible",
    f"""
    select records, implausible
    from (
        select count(*) as records,
            count(*) filter (
                where created_on < date '1990-01-01' or created_at > {LATEST} + interval 1 day
                    or close_on < date '1990-01-01' or close_on > {LATEST} + interval 3650 day
            ) as implausible
        from {{batch}}
    ) as counted
    where implausible > 0.1 * records and implausible >= 5
    """,
    why="deals are made and closed within living memory",
)
_CLOSED_IN_THE_PAST = no_rows(
    "closed_in_the_past",
    f"""
    select opportunity_key, closed_on from {{batch}}
    where is_closed and closed_on > {LATEST} + interval 1 day
    """,
    why="a win dated ahead counts in a period that has not begun",
    severity="warning",
)
_STAGE_SAYS_THE_SAME = no_rows(
    "stage_says_the_same",
    """
    select deals.opportunity_key, deals.stage_key, deals.is_closed, deals.is_won
    from {batch} as deals
    inner join core.dim_stage as stages on deals.stage_key = stages.stage_key
    where deals.is_closed <> stages.is_closed or deals.is_won <> stages.is_won
    """,
    why="a deal won by its flag and open by its stage is in two reports at once",
    severity="warning",
)
_AMOUNTS_ARE_PLAUSIBLE = no_rows(
    "amounts_are_plausible",
    f"""
    select opportunity_key, amount, amount_base
    from {{batch}}
    where is_won and amount_base > (
        select 0.5 * sum(amount_base) from {{batch}}
        where is_won and amount_base > 0 having count(*) >= {MANY}
    )
    """,
    why="one win larger than all the others together is a typing error more often than a feast",
    severity="warning",
)
_WINS_ARE_CONVERTED = no_rows(
    "wins_are_converted",
    """
    select currency_code, wins, unconverted
    from (
        select currency_code, count(*) as wins,
            count(*) filter (where amount_base is null) as unconverted
        from {batch}
        where is_won and amount is not null
        group by currency_code
    ) as by_currency
    where unconverted > 0.05 * wins and unconverted >= 5
    """,
    why="without a rate of exchange these wins are missing from every sum of money",
    severity="warning",
)
_OWNERS_ARE_KNOWN = no_rows(
    "owners_are_known",
    f"""
    select deals, unknown
    from (
        select count(*) as deals, count(*) filter (where owner_name is null) as unknown
        from {{batch}}
    ) as counted
    where deals >= {MANY} and unknown > 0.5 * deals
    """,
    why="a ranking of sellers in which most of the sales are nobody's",
    severity="warning",
    unless="""
        select 'no users were given' where not exists (select 1 from publish.pub_owners)
    """,
)

SUITES: tuple[Suite, ...] = (
    leaving(
        "pub_opportunities",
        key=("opportunity_key",),
        of="core.fct_opportunities",
        sums=("amount", "amount_base"),
        why="every discussion of a number ends at the list of deals behind it",
        also=(
            comes_from_the_crms(
                "intermediate.int_crm__opportunities",
                "raw_hubspot.deals",
                "raw_salesforce.opportunities",
                "raw_pipedrive.deals",
            ),
            adds_up_to_the_kpi("sales_amount", "amount_base", day="closed_on", counted="is_won"),
            _CLOSED_AND_WON_AGREE,
            _DATES_ARE_PLAUSIBLE,
            _CLOSED_IN_THE_PAST,
            _STAGE_SAYS_THE_SAME,
            _AMOUNTS_ARE_PLAUSIBLE,
            _WINS_ARE_CONVERTED,
            _OWNERS_ARE_KNOWN,
        ),
    ),
)
