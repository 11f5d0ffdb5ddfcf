"""How leads and deals move on: leads, conversion from stage to stage, time spent in a stage."""

from __future__ import annotations

from data_quality.expectations import between, no_rows
from data_quality.model import Suite
from data_quality.suites.marts.leaving import LATEST, MANY, adds_up_to_the_kpi, leaving

_COUNTS_MAKE_THE_RATE = no_rows(
    "counts_make_the_rate",
    """
    select cohort_month, stage_key, entered_count, converted_count, conversion_rate
    from {batch}
    where entered_count is distinct from converted_count + in_stage_count + left_count
        or least(converted_count, in_stage_count, left_count, skipped_count) < 0
        or skipped_count > converted_count
        or abs(coalesce(conversion_rate, 0) * entered_count - converted_count) > 0.000001
    """,
    why="every deal that entered has moved on, waits or left, and the rate is made of them",
)
_COHORTS_HAVE_BEGUN = no_rows(
    "cohorts_have_begun",
    f"select cohort_month, stage_key from {{batch}} where cohort_month > {LATEST} + interval 1 day",
    why="nobody has entered a stage tomorrow",
)
# Few are forgiven: a stage that an administrator deleted may have lost its history.
_OPEN_DEALS_ENTERED_THEIR_STAGE = no_rows(
    "open_deals_entered_their_stage",
    """
    select open_deals, never_entered, counted_twice
    from (
        select sum(deals.open_deals) as open_deals,
            sum(greatest(deals.open_deals - coalesce(stages.entered, 0), 0)) as never_entered,
            sum(greatest(stages.waiting - coalesce(deals.open_deals, 0), 0)) as counted_twice
        from (
            select stage_key, count(*) as open_deals
            from publish.pub_opportunities where not is_closed group by stage_key
        ) as deals
        full outer join (
            select stage_key, sum(in_stage_count) as waiting, sum(entered_count) as entered
            from {batch} group by stage_key
        ) as stages on deals.stage_key = stages.stage_key
    ) as compared
    where coalesce(never_entered, 0) + coalesce(counted_twice, 0)
        > greatest(5, 0.1 * coalesce(open_deals, 0))
    """,
    why="a deal stands in a stage because it entered it, once",
)
_MONTHS_ADD_UP = no_rows(
    "months_add_up",
    """
    select stage_key
    from {batch}
    where period_grain in ('month', 'all')
    group by stage_key
    having sum(case when period_grain = 'month' then completed_count else -completed_count end)
            <> 0
        or sum(case when period_grain = 'month' then open_count else -open_count end) <> 0
    """,
    why="every stay in a stage began in one month",
)
_QUALIFIED_AFTERWARDS = no_rows(
    "qualified_afterwards",
    f"""
    select qualified, before_lead
    from (
        select count(*) filter (where is_qualified) as qualified,
            count(*) filter (where days_to_qualification < 0) as before_lead
        from {{batch}}
    ) as counted
    where qualified >= {MANY} and before_lead > 0.1 * qualified
    """,
    why="most people who were qualified before they were leads have a wrong date on one side",
    severity="warning",
)
_LEADS_ARE_OF_THE_PAST = no_rows(
    "leads_are_of_the_past",
    f"select person_key, lead_at from {{batch}} where lead_at > {LATEST} + interval 1 day",
    why="a lead of tomorrow is missing from today's numbers",
    severity="warning",
)

SUITES: tuple[Suite, ...] = (
    leaving(
        "pub_leads",
        key=("person_key",),
        of="core.fct_leads",
        why="marketing and sales settle their disputes on this list",
        also=(
            adds_up_to_the_kpi("leads_created", "1", day="lead_on", counted="true"),
            _QUALIFIED_AFTERWARDS,
            _LEADS_ARE_OF_THE_PAST,
        ),
    ),
    leaving(
        "pub_stage_conversion",
        key=("cohort_month", "stage_key"),
        of="funnel.fct_stage_conversion",
        sums=("entered_count", "converted_count"),
        why="it says in which stage deals are lost",
        also=(_COUNTS_MAKE_THE_RATE, _COHORTS_HAVE_BEGUN, _OPEN_DEALS_ENTERED_THEIR_STAGE),
    ),
    leaving(
        "pub_time_in_stage",
        key=("period_grain", "period_start", "stage_key"),
        of="funnel.fct_time_in_stage",
        sums=("completed_count", "open_count"),
        why="it says in which stage deals wait",
        also=(
            _MONTHS_ADD_UP,
            between("mean_days", 0, 3650, why="no stage takes ten years", severity="warning"),
        ),
    ),
)
