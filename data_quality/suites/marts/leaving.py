"""What is expected of every published view: the shape that the other modules fill in.

dbt states what one model owes itself. Here stands what only shows across layers and publications:
rows lost on the way out, rows that the CRMs never had, history that vanished.

A fault of ours is critical. What customers do to their own records is a warning, as it would hold
up every later publication too.
"""

from __future__ import annotations

from collections.abc import Sequence

from data_quality.expectations import Argument, no_rows, one_of, row_count
from data_quality.model import Expectation, Moment, Severity, Suite

# Below it, a company that is being set up may well lose half of its rows overnight.
MANY = 50

AS_OF = "(select max(measured_at) from publish.pub_periods)"
# A run may look back; its records then know more than its instant. The vendor's clock bounds both.
LATEST = f"greatest({AS_OF}, (select max(window_end) from _ingestion.loads))"
# Of what the CRMs hold by now, such a run leaves out what came after its instant.
LOOKS_BACK = f"""
    select 'the run looks back, and the CRMs know more by now'
    where (select max(window_end) from _ingestion.loads where source <> 'spreadsheets')
        > {AS_OF} + interval 1 day
"""
# The last business day that the run knows; at midnight it is the day that has just ended.
TODAY = "(select max(measured_on) from publish.pub_periods)"


def leaving(
    table: str,
    *,
    key: tuple[str, ...],
    of: str,
    why: str,
    sums: tuple[str, ...] = (),
    also: tuple[Expectation, ...] = (),
    owner: str = "sales-operations",
    history: Severity | None = "critical",
) -> Suite:
    """The suite of a published view that has a row for each row of the relation `of`.

    `history` says how bad it is when half of the rows vanish; None is for a list of today, which
    may well be empty tomorrow.
    """
    kept = (keeps_its_history(table, severity=history),) if history else ()
    return Suite(
        relation=f"publish.{table}",
        owner=owner,
        why=why,
        expectations=(*kept, _holds_every_record(of, sums), *also),
        key=key,
    )


def keeps_its_history(
    table: str, *, minimum: int = 0, severity: Severity = "critical"
) -> Expectation:
    return row_count(
        _half_of_published(table, minimum),
        why="history does not vanish: half of the rows gone is a fault, not a fact",
        severity=severity,
    )


def comes_from_the_crms(unified: str, *raw: str) -> Expectation:
    """As many as the CRMs hold, give or take those that are one and the same in several."""
    counts = " union all ".join(f"select count(*) as records from {table}" for table in raw)
    query = f"""
        select unified.records as unified, sent.total as sent, sent.largest as largest
        from (select count(*) as records from {unified}) as unified
        cross join (
            select sum(records) as total, max(records) as largest from ({counts}) as counted
        ) as sent
        where (exists (select 1 from {{batch}}) or sent.largest > 0)
            and (unified.records > sent.total or unified.records < 0.5 * sent.largest)
    """
    why = "records are matched on the way, never made, and half of a table has no twin in itself"
    return no_rows("comes_from_the_crms", query, why=why, unless=LOOKS_BACK)


def adds_up_to_the_kpi(kpi: str, measure: str, *, day: str, counted: str) -> Expectation:
    """Over the years that the KPI is given for, the records give what it gives."""
    query = f"""
        select kpi.value as kpi_value, coalesce(records.value, 0) as records_value
        from (
            select coalesce(sum(value), 0) as value, min(period_start) as first_day,
                max(period_end) as end_day
            from publish.pub_kpi_values
            where kpi_id = '{kpi}' and dimension = 'total' and period_grain = 'year'
        ) as kpi
        left join lateral (
            select sum({measure}) as value from {{batch}}
            where {counted} and {day} >= kpi.first_day and {day} < kpi.end_day
        ) as records on true
        where kpi.value <> coalesce(records.value, 0)
    """
    why = "whoever adds up the list must come to the number of the dashboard, to the cent"
    return no_rows(f"adds_up_to_{kpi}", query, why=why)


def sums_are_the_kpis(
    *measures: tuple[str, str] | tuple[str, str, str],
    rows: str = "{batch}",
    where: str = "true",
    grains: Sequence[str] = ("month", "quarter", "year"),
) -> Expectation:
    """In each period the rows give the KPI's total: (aggregate, KPI, its column if not value)."""
    named = [(one[0], one[1], one[2] if len(one) == 3 else "value") for one in measures]
    numbers = range(len(named))
    sums = ", ".join(f"{aggregate} as told_{i}" for i, (aggregate, _, _) in enumerate(named))
    kpis = ", ".join(
        f"sum(case when kpi_id = '{kpi}' then {column} end) as kpi_{i}"
        for i, (_, kpi, column) in enumerate(named)
    )
    ids = ", ".join(sorted({f"'{kpi}'" for _, kpi, _ in named}))
    told = ", ".join(f"told_{i}, kpi_{i}" for i in numbers)
    differs = " or ".join(f"coalesce(told_{i}, 0) <> coalesce(kpi_{i}, 0)" for i in numbers)
    query = f"""
        select coalesce(told.period_grain, kpi.period_grain) as period_grain,
            coalesce(told.period_start, kpi.period_start) as period_start, {told}
        from (
            select period_grain, period_start, {sums}
            from {rows} as counted where {where} group by period_grain, period_start
        ) as told
        full outer join (
            select period_grain, period_start, {kpis}
            from publish.pub_kpi_values
            where dimension = 'total' and kpi_id in ({ids})
                and period_grain in ({", ".join(f"'{grain}'" for grain in grains)})
            group by period_grain, period_start
        ) as kpi on told.period_grain = kpi.period_grain and told.period_start = kpi.period_start
        where {differs}
    """
    why = "the report and the figure above it are read together, to the cent"
    return no_rows("adds_up_to_the_kpis", query, why=why)


def is_what_the_kpis_say(
    *shown: str,
    kpi: str = "told.kpi_id",
    value: str = "told.value",
    dimension: str = "told.dimension",
    key: str = "told.dimension_key",
    rows: str = "{batch}",
    where: str = "true",
) -> Expectation:
    """Each row has the value that the KPI has there; a KPI without a row is 0 or nothing."""
    query = f"""
        select {", ".join(f"told.{name}" for name in shown)},
            {value} as told_value, kpi.value as kpi_value
        from {rows} as told
        left join publish.pub_kpi_values as kpi
            on {kpi} = kpi.kpi_id
            and told.period_grain = kpi.period_grain and told.period_start = kpi.period_start
            and {dimension} = kpi.dimension and {key} = kpi.dimension_key
        where {where} and (
            {value} is null and kpi.value is not null
            or abs(coalesce({value}, 0) - coalesce(kpi.value, 0))
                > 0.000001 * greatest(1, abs(coalesce(kpi.value, 0)))
        )
    """
    why = "one number has one value, wherever it is read"
    return no_rows("is_what_the_kpis_say", query, why=why)


def asks_for_the_goals() -> Expectation:
    query = """
        select told.kpi_id, told.period_grain, told.period_start, told.dimension_key,
            told.goal_value, goals.goal_value as goal
        from {batch} as told
        left join publish.pub_goals as goals
            on told.kpi_id = goals.kpi_id and goals.is_whole
            and told.period_grain = goals.period_grain and told.period_start = goals.period_start
            and told.dimension = goals.dimension and told.dimension_key = goals.dimension_key
        where abs(coalesce(told.goal_value, 0) - coalesce(goals.goal_value, 0)) > 0.0001
            or told.status is distinct from 'no_goal' and goals.goal_value is null
    """
    why = "nobody is measured by a goal that was not set"
    return no_rows("asks_for_the_goals", query, why=why)


def status_is_known() -> Expectation:
    words = ("on_track", "at_risk", "off_track", "no_goal")
    return one_of("status", *words, why="alerts are chosen by it", severity="critical")


def _half_of_published(table: str, minimum: int) -> Argument:
    def half(moment: Moment) -> int:
        rows = moment.published_rows(table)
        return rows // 2 if rows >= MANY else minimum

    return half


def _holds_every_record(of: str, sums: tuple[str, ...]) -> Expectation:
    measures = ["count(*) as records", *(f"coalesce(sum({one}), 0) as {one}" for one in sums)]
    names = ("records", *sums)
    shown = ", ".join(
        f"published.{name} as published_{name}, held.{name} as held_{name}" for name in names
    )
    differs = " or ".join(f"published.{name} <> held.{name}" for name in names)
    query = f"""
        select {shown}
        from (select {", ".join(measures)} from {{batch}}) as published
        cross join (select {", ".join(measures)} from {of}) as held
        where {differs}
    """
    why = f"a join that drops or doubles rows on the way from {of} shows here"
    return no_rows("holds_every_record", query, why=why)
