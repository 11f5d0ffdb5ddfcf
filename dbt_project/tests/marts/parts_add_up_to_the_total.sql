-- For the KPIs that add up, the rows of each dimension sum to the total of their period.
with kpi_values as (
    select kpi_values.*
    from {{ ref('fct_kpi_values') }} as kpi_values
    inner join {{ ref('dim_kpi') }} as catalogue on kpi_values.kpi_id = catalogue.kpi_id
    -- Attainment's sales and targets add up too, though their ratio does not.
    where catalogue.is_additive or kpi_values.kpi_id = 'attainment'
),

parts as (
    select
        kpi_id,
        period_grain,
        period_start,
        dimension,
        sum(numerator) as numerator,
        sum(n) as n
    from kpi_values
    where dimension <> 'total'
    group by kpi_id, period_grain, period_start, dimension
)

select
    parts.kpi_id,
    parts.period_grain,
    parts.period_start,
    parts.dimension,
    parts.numerator,
    totals.numerator as total_numerator
from parts
left join kpi_values as totals
    on
        parts.kpi_id = totals.kpi_id
        and parts.period_grain = totals.period_grain
        and parts.period_start = totals.period_start
        and totals.dimension = 'total'
where
    parts.numerator is distinct from totals.numerator
    or parts.n is distinct from totals.n
