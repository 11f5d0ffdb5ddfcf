-- Kept and lost are those who were active at the start; start, gained and lost make the end. For
-- contracts, purchases and both together, counted from the days on which accounts are active.
with spans as (
    select * from {{ ref('fct_customer_spans') }}
),

periods as (
    select
        period_grain,
        period_start,
        {{ add_days('period_start', -1) }} as start_day,
        measured_on as end_day
    from {{ ref('dim_period') }}
    where period_grain in ('month', 'quarter', 'year')
),

movements as (
    select
        basis,
        period_grain,
        period_start,
        sum(case when movement = 'lost' then 1 else 0 end) as lost_count,
        sum(case when movement = 'gained' then 1 else 0 end) as gained_count
    from {{ ref('fct_customer_movements') }}
    group by basis, period_grain, period_start
),

kpi_values as (
    select * from {{ ref('fct_kpi_values') }}
    where
        dimension = 'total'
        and kpi_id in ('retention_rate', 'retention_rate_contract', 'retention_rate_purchase')
),

presence as (
    select
        spans.basis,
        periods.period_grain,
        periods.period_start,
        spans.account_key,
        max(
            case
                when
                    periods.start_day >= spans.active_from and periods.start_day <= spans.active_to
                    then 1
                else 0
            end
        ) as at_start,
        max(
            case
                when periods.end_day >= spans.active_from and periods.end_day <= spans.active_to
                    then 1
                else 0
            end
        ) as at_end
    from periods
    inner join spans
        on
            periods.end_day >= spans.active_from
            and periods.start_day <= spans.active_to
    group by spans.basis, periods.period_grain, periods.period_start, spans.account_key
),

counted as (
    select
        basis,
        period_grain,
        period_start,
        sum(at_start) as start_count,
        sum(at_end) as end_count,
        sum(at_start * at_end) as kept_count
    from presence
    group by basis, period_grain, period_start
)

select
    counted.basis,
    counted.period_grain,
    counted.period_start,
    counted.start_count,
    counted.kept_count,
    counted.end_count,
    movements.lost_count,
    movements.gained_count,
    kpi_values.numerator,
    kpi_values.denominator
from counted
left join movements
    on
        counted.basis = movements.basis
        and counted.period_grain = movements.period_grain
        and counted.period_start = movements.period_start
left join kpi_values
    on
        counted.period_grain = kpi_values.period_grain
        and counted.period_start = kpi_values.period_start
        and kpi_values.kpi_id = concat(
            'retention_rate',
            case when counted.basis = 'any' then '' else concat('_', counted.basis) end
        )
where
    counted.kept_count + coalesce(movements.lost_count, 0) <> counted.start_count
    or counted.start_count + coalesce(movements.gained_count, 0) - coalesce(movements.lost_count, 0)
    <> counted.end_count
    or kpi_values.numerator is distinct from counted.kept_count
    or kpi_values.denominator is distinct from counted.start_count
