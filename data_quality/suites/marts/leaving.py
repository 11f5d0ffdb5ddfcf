"""What is expected of every published view: the shape that the other modules fill in.

dbt states what one model owes itself. Here stands what only shows across layers and publications:
rows lost on the way out, rows that the CRMs never had, history that vanished.

A fault of ours is critical. What customers do to their own records is a warning, as it would hold
up every later publication too.
"""

from __future__ import annotations

from data_quality.expectations import Argument, no_rows, row_count
from data_quality.model import Expectation, Moment, Suite

# Below it, a company that is being set up may well lose half of its rows overnight.
MANY = 50

AS_OF = "(select max(measured_at) from publish.pub_periods)"
# A run may look back; its records then know more than its instant. The vendor's clock bounds both.
LATEST = f"greatest({AS_OF}, (select max(window_end) from _ingestion.loads))"


def leaving(
    table: str,
    *,
    key: tuple[str, ...],
    of: str,
    why: str,
    sums: tuple[str, ...] = (),
    also: tuple[Expectation, ...] = (),
    owner: str = "sales-operations",
) -> Suite:
    """The suite of a published view that has a row for each row of the relation `of`."""
    return Suite(
        relation=f"publish.{table}",
        owner=owner,
        why=why,
        expectations=(keeps_its_history(table), _holds_every_record(of, sums), *also),
        key=key,
    )


def keeps_its_history(table: str, *, minimum: int = 0) -> Expectation:
    return row_count(
        _half_of_published(table, minimum),
        why="history does not vanish: half of the rows gone is a fault, not a fact",
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
    return no_rows("comes_from_the_crms", query, why=why)


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
