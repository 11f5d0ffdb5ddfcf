-- By the deal as it was just before the period began. A close date falls in one period of a grain:
-- a version of a deal is asked about four periods, not about all.
with versions as (
    select * from {{ ref('fct_opportunity_versions') }}
    where not is_closed
),

periods as (
    select
        period_grain,
        period_start,
        period_end,
        period_start_at,
        measured_at,
        {{ add_days('period_start', -1) }} as eve_on
    from {{ ref('dim_period') }}
    where period_grain <> 'day'
),

days as (
    select * from {{ ref('bridge_day_period') }}
),

rates as (
    select * from {{ ref('dim_currency_rate') }}
),

expected as (
    select
        periods.period_grain,
        periods.period_start,
        periods.period_end,
        periods.measured_at,
        versions.opportunity_key,
        versions.close_on as expected_on,
        {{ to_base_currency('versions.amount', 'rates.rate_to_base') }} as amount_base
    from versions
    inner join days on versions.close_on = days.date_day
    inner join periods
        on
            days.period_grain = periods.period_grain
            and days.period_start = periods.period_start
            and versions.valid_from < periods.period_start_at
            and coalesce(versions.valid_to, timestamp '9999-12-31 00:00:00')
            >= periods.period_start_at
    left join rates
        on
            versions.currency_code = rates.currency_code
            and periods.eve_on = rates.rate_on
),

-- As it was just before the period ended, or at the run; no row once it is closed.
ended as (
    select
        expected.period_grain,
        expected.period_start,
        expected.opportunity_key,
        versions.close_on
    from expected
    inner join versions
        on
            expected.opportunity_key = versions.opportunity_key
            and expected.measured_at > versions.valid_from
            and expected.measured_at
            <= coalesce(versions.valid_to, timestamp '9999-12-31 00:00:00')
)

select
    expected.period_grain,
    expected.period_start,
    expected.opportunity_key,
    expected.expected_on,
    expected.amount_base,
    ended.close_on as ended_with_close_on,
    coalesce(ended.close_on >= expected.period_end, false) as is_slipped
from expected
left join ended
    on
        expected.period_grain = ended.period_grain
        and expected.period_start = ended.period_start
        and expected.opportunity_key = ended.opportunity_key
