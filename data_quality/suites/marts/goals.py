"""The numbers beside what was asked for: heartbeat, records, plan, goals, forecast, benchmark."""

from __future__ import annotations

from data_quality.expectations import no_rows, one_of
from data_quality.model import Suite
from data_quality.suites.marts.leaving import (
    asks_for_the_goals,
    is_what_the_kpis_say,
    leaving,
    status_is_known,
)

_KEY = ("kpi_id", "period_grain", "period_start", "dimension", "dimension_key")

_NO_KPI_IS_MISSING = no_rows(
    "no_kpi_is_missing",
    """
    select kpi.kpi_id, kpi.period_grain, kpi.period_start
    from publish.pub_kpi_values as kpi
    inner join (
        select period_grain, max(period_start) as period_start
        from publish.pub_periods where period_grain <> 'day' group by period_grain
    ) as today
        on kpi.period_grain = today.period_grain and kpi.period_start = today.period_start
    left join {batch} as told
        on kpi.kpi_id = told.kpi_id and kpi.period_grain = told.period_grain
        and kpi.period_start = told.period_start and told.dimension = 'total'
    where kpi.dimension = 'total' and told.kpi_id is null
    """,
    why="who reads the heartbeat only would not know of the number",
)
_MOVED_FROM_THE_PERIOD_BEFORE = no_rows(
    "moved_from_the_period_before",
    """
    select told.kpi_id, told.period_grain, told.dimension_key, told.previous_value, kpi.value
    from {batch} as told
    inner join publish.pub_kpi_values as kpi
        on told.kpi_id = kpi.kpi_id
        and told.period_grain = kpi.period_grain and told.period_start = kpi.period_end
        and told.dimension = kpi.dimension and told.dimension_key = kpi.dimension_key
    where told.previous_value is distinct from kpi.value
        and not (told.previous_value = 0 and kpi.value is null)
    """,
    why="better or worse than what? the value that readers saw in the period before",
)
# Sums only, so that the days of all sellers need not be joined.
_HOLDS_ALL_VALUES_OF_ITS_KPIS = no_rows(
    "holds_all_values_of_its_kpis",
    """
    select coalesce(told.kpi_id, kpi.kpi_id) as kpi_id,
        coalesce(told.period_grain, kpi.period_grain) as period_grain,
        coalesce(told.period_start, kpi.period_start) as period_start,
        told.total, kpi.total as kpi_total, told.records, kpi.records as kpi_records
    from (
        select kpi_id, period_grain, period_start, sum(value) as total, count(*) as records
        from {batch} group by kpi_id, period_grain, period_start
    ) as told
    full outer join (
        select kpi_id, period_grain, period_start, sum(value) as total, count(*) as records
        from publish.pub_kpi_values
        where kpi_id in (select kpi_id from {batch})
            and period_grain in ('day', 'week', 'month')
            and dimension in ('total', 'team', 'owner')
        group by kpi_id, period_grain, period_start
    ) as kpi
        on told.kpi_id = kpi.kpi_id and told.period_grain = kpi.period_grain
        and told.period_start = kpi.period_start
    where told.total is distinct from kpi.total
        -- Who has a goal and did nothing has a record of 0 that is no value of the KPI.
        or told.records is null or told.records < kpi.records
    """,
    why="a seller's record of a day is asked for months later",
)
_CHECKPOINTS_ARE_IN_ORDER = no_rows(
    "checkpoints_are_in_order",
    """
    select kpi_id, period_grain, period_start, dimension_key, checkpoint_1_on, checkpoint_4_on
    from {batch}
    where checkpoint_1_on < period_start or checkpoint_2_on < checkpoint_1_on
        or checkpoint_3_on < checkpoint_2_on or checkpoint_4_on < checkpoint_3_on
        or checkpoint_4_on is distinct from period_end - 1
        or goal_value >= 0 and (
            checkpoint_2_expected < checkpoint_1_expected
            or checkpoint_3_expected < checkpoint_2_expected
        )
        or abs(checkpoint_4_expected - goal_value) > 0.01
    """,
    why="a plan that asks for less later, or ends elsewhere than at the goal, is no plan",
)
_ENDS_AT_THE_RESULT = no_rows(
    "ends_at_the_result",
    """
    select plan.kpi_id, plan.period_grain, plan.period_start, plan.dimension_key,
        plan.checkpoint_4_value, plan.value
    from {batch} as plan
    inner join publish.pub_kpi_catalogue as catalogue on plan.kpi_id = catalogue.kpi_id
    where plan.is_complete and catalogue.is_additive and not catalogue.is_stock
        and abs(coalesce(plan.checkpoint_4_value, 0) - coalesce(plan.value, 0)) > 0.01
    """,
    why="the last checkpoint of what adds up by days is the sum of all days",
)
_PARTS_ADD_UP_TO_THE_TOTAL = no_rows(
    "parts_add_up_to_the_total",
    """
    select goals.kpi_id, goals.period_grain, goals.period_start,
        sum(case when goals.dimension = 'team' then goals.goal_value end) as teams,
        max(case when goals.dimension = 'total' then goals.goal_value end) as total
    from {batch} as goals
    inner join publish.pub_kpi_catalogue as catalogue on goals.kpi_id = catalogue.kpi_id
    where catalogue.is_additive and not catalogue.is_stock
    group by goals.kpi_id, goals.period_grain, goals.period_start
    having max(case when goals.dimension = 'total' then goals.goal_rule end) = 'sum'
        and abs(
            max(case when goals.dimension = 'total' then goals.goal_value end)
            - coalesce(sum(case when goals.dimension = 'team' then goals.goal_value end), 0)
        ) > 0.01
    """,
    why="the whole asks for what its teams ask for, where it has no goal of its own",
)
_TO_DATE_IS_A_PART = no_rows(
    "to_date_is_a_part",
    """
    select kpi_id, period_grain, period_start, dimension_key, goal_value, goal_to_date
    from {batch}
    where goal_value >= 0 and (goal_to_date < 0 or goal_to_date > goal_value)
    """,
    why="nobody owes by today more than by the end",
)
_LOW_MIDDLE_HIGH = no_rows(
    "low_middle_high",
    """
    select period_grain, period_start, horizon, dimension_key,
        forecast_p10, forecast_p50, forecast_p90
    from {batch}
    where forecast_p10 > forecast_p50 or forecast_p50 > forecast_p90
        or made_on < period_start or made_on > period_end
    """,
    why="a cautious forecast above the hopeful one is believed by nobody",
    # After credit notes only, sales of 90 days may be below zero, which turns the order round.
    severity="warning",
)
_ACTUAL_IS_WHAT_WAS_SOLD = is_what_the_kpis_say(
    "period_grain",
    "period_start",
    "horizon",
    "dimension_key",
    kpi="'sales_amount'",
    value="told.actual_amount",
    where="told.is_complete",
)
_IN_THE_UNIT_OF_THE_KPI = no_rows(
    "in_the_unit_of_the_kpi",
    """
    select benchmark.benchmark_key, benchmark.kpi_id, benchmark.benchmark_value
    from {batch} as benchmark
    inner join publish.pub_kpi_catalogue as catalogue on benchmark.kpi_id = catalogue.kpi_id
    where catalogue.is_bounded
        and (benchmark.benchmark_value < 0 or benchmark.benchmark_value > 1)
    """,
    why="a share of 24 is 24 % in somebody's sheet and 2400 % here",
    severity="warning",
)

SUITES: tuple[Suite, ...] = (
    leaving(
        "pub_heartbeat",
        key=_KEY,
        of="reports.fct_heartbeat",
        sums=("value",),
        why="it is the first page: how the company is doing today",
        also=(
            is_what_the_kpis_say(*_KEY),
            _NO_KPI_IS_MISSING,
            _MOVED_FROM_THE_PERIOD_BEFORE,
            asks_for_the_goals(),
            status_is_known(),
        ),
    ),
    leaving(
        "pub_performance_records",
        key=_KEY,
        of="reports.fct_performance_records",
        sums=("value",),
        why="the pack that goes round each morning, and is quoted in reviews",
        also=(_HOLDS_ALL_VALUES_OF_ITS_KPIS, asks_for_the_goals(), status_is_known()),
    ),
    # Goals run out and are set anew: a list of what is asked for at present.
    leaving(
        "pub_performance_plan",
        key=_KEY,
        of="reports.fct_performance_plan",
        why="it says who is behind while there is time",
        history=None,
        also=(
            is_what_the_kpis_say(*_KEY),
            asks_for_the_goals(),
            status_is_known(),
            _CHECKPOINTS_ARE_IN_ORDER,
            _ENDS_AT_THE_RESULT,
        ),
    ),
    # Whoever keeps the sheets may throw targets and benchmarks away.
    leaving(
        "pub_goals",
        key=_KEY,
        of="core.fct_goals",
        sums=("goal_value", "goal_to_date"),
        why="bonuses hang on what was asked for",
        history="warning",
        also=(_PARTS_ADD_UP_TO_THE_TOTAL, _TO_DATE_IS_A_PART),
    ),
    leaving(
        "pub_sales_forecast",
        key=("period_grain", "period_start", "horizon", "dimension", "dimension_key"),
        of="forecast.fct_sales_forecast",
        sums=("won_amount", "forecast_p50"),
        why="money is spent on what it promises; how well it did is told beside it",
        also=(_LOW_MIDDLE_HIGH, _ACTUAL_IS_WHAT_WAS_SOLD),
    ),
    leaving(
        "pub_benchmark",
        key=("benchmark_key", "period_grain", "period_start"),
        of="reports.fct_benchmark",
        why="boards ask how others do",
        history=None,
        also=(
            is_what_the_kpis_say("benchmark_key", "kpi_id", value="told.own_value"),
            one_of(
                "standing",
                "better",
                "worse",
                "same",
                "not_comparable",
                why="it is what the board reads",
                severity="critical",
            ),
            _IN_THE_UNIT_OF_THE_KPI,
        ),
    ),
)
