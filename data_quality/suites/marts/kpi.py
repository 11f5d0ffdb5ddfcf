"""The KPI table that all readers share: whole, unique, inside the bounds of each unit."""

from __future__ import annotations

from data_quality.expectations import columns, no_rows, not_null, one_of, unique
from data_quality.model import Suite
from data_quality.suites.marts import reconciliation
from data_quality.suites.marts.leaving import keeps_its_history

RELATION = "publish.pub_kpi_values"

SUITES: tuple[Suite, ...] = (
    Suite(
        relation=RELATION,
        owner="sales-operations",
        why="every dashboard, goal and alert reads this one table",
        expectations=(
            keeps_its_history("pub_kpi_values", minimum=1),
            columns(
                "kpi_id",
                "period_grain",
                "period_start",
                "period_end",
                "dimension",
                "dimension_value",
                "numerator",
                "denominator",
                "value",
                "n",
                why="the contract with every reader",
            ),
            not_null("kpi_id", why="a number without a name"),
            not_null("period_start", why="a number without a time"),
            one_of(
                "period_grain",
                "day",
                "week",
                "month",
                "quarter",
                "year",
                why="readers choose by it",
                severity="critical",
            ),
            unique(
                "kpi_id",
                "period_grain",
                "period_start",
                "dimension",
                "dimension_key",
                why="one number per question: two would be added up by whoever charts them",
            ),
            no_rows(
                "shares_are_0_to_1",
                """
                select kpi_id, period_grain, period_start, dimension, dimension_key, value
                from {batch}
                where (value < 0 or value > 1) and kpi_id in (
                    select kpi_id from publish.pub_kpi_catalogue where is_bounded
                )
                """,
                why="part of a whole; more than all of it means a join that fans out",
            ),
            no_rows(
                "counts_are_not_negative",
                """
                select kpi_id, period_grain, period_start, dimension, dimension_key, value
                from {batch}
                where n < 0 or value < 0 and kpi_id in (
                    select kpi_id from publish.pub_kpi_catalogue where unit = 'count'
                )
                """,
                why="nothing happens fewer than no times",
            ),
            no_rows(
                "rates_are_their_parts",
                """
                select kpi_id, period_grain, period_start, dimension, dimension_key, value
                from {batch}
                where denominator <> 0
                    and abs(value - numerator / denominator) > 0.000001 * greatest(1, abs(value))
                """,
                why="a reader who adds up numerators and denominators must come to the same rate",
            ),
            no_rows(
                "months_add_up_to_years",
                """
                select years.kpi_id, years.period_start
                from {batch} as years
                inner join {batch} as months
                    on years.kpi_id = months.kpi_id
                    and months.period_start >= years.period_start
                    and months.period_start < years.period_end
                where years.dimension = 'total' and months.dimension = 'total'
                    and years.period_grain = 'year' and months.period_grain = 'month'
                    and years.kpi_id in (
                        select kpi_id from publish.pub_kpi_catalogue
                        where is_additive and not is_stock
                    )
                group by years.kpi_id, years.period_start, years.value
                having sum(months.value) <> years.value
                """,
                why="the same records by month and by year",
            ),
            *reconciliation.EXPECTATIONS,
        ),
        key=("kpi_id", "period_grain", "period_start", "dimension", "dimension_key"),
    ),
)
