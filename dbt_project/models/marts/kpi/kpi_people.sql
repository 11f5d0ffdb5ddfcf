with periods as (
    select * from {{ ref('dim_period') }}
),

portfolios as (
    select * from {{ ref('fct_rep_portfolios') }}
),

engagement as (
    select * from {{ ref('fct_rep_engagement') }}
),

open_deals as (
    select * from {{ ref('fct_deal_hygiene') }}
),

ramp as (
    select * from {{ ref('fct_ramp') }}
),

-- How clean the open deals are is known for today only: for the periods that today lies in.
current_periods as (
    select * from periods
    where not is_complete
),

rated as (
    select
        'accounts_per_rep' as measure,
        period_grain,
        period_start,
        owner_key,
        owner_name,
        team_key,
        team_name,
        cast(account_count as decimal(18, 2)) as part,
        1 as whole
    from portfolios
    union all
    select
        'participation_rate' as measure,
        period_grain,
        period_start,
        owner_key,
        owner_name,
        team_key,
        team_name,
        cast(case when is_engaged then 1 else 0 end as decimal(18, 2)) as part,
        1 as whole
    from engagement
    where is_engaged is not null
    union all
    select
        'hygiene_score' as measure,
        current_periods.period_grain,
        current_periods.period_start,
        open_deals.owner_key,
        open_deals.owner_name,
        open_deals.team_key,
        open_deals.team_name,
        cast(1 - open_deals.defect_weight as decimal(18, 2)) as part,
        1 as whole
    from open_deals
    cross join current_periods
),

measures as (
    select 'accounts_per_rep' as measure
    union all
    select 'participation_rate' as measure
    union all
    select 'hygiene_score' as measure
),

dimensioned as (
    {{ by_dimension(
        'rated',
        ['measure', 'period_grain', 'period_start', 'part', 'whole'],
        {'owner': ['owner_key', 'owner_name'], 'team': ['team_key', 'team_name']}
    ) }}
    union all
    -- Every period has its total, also an empty one.
    select
        measures.measure,
        periods.period_grain,
        periods.period_start,
        cast(0 as decimal(18, 2)) as part,
        0 as whole,
        'total' as dimension,
        'total' as dimension_key,
        'total' as dimension_value
    from periods
    cross join measures
    where periods.period_grain <> 'day' or measures.measure = 'hygiene_score'
),

measured as (
    select
        measure,
        period_grain,
        period_start,
        dimension,
        dimension_key,
        dimension_value,
        sum(part) as part,
        cast(sum(whole) as bigint) as whole
    from dimensioned
    -- Of one rep, engagement is a yes or no and no share.
    where dimension <> 'owner' or measure <> 'participation_rate'
    group by measure, period_grain, period_start, dimension, dimension_key, dimension_value
),

ramped as (
    select
        'month' as period_grain,
        period_start,
        'owner' as dimension,
        owner_key as dimension_key,
        owner_name as dimension_value,
        cumulative_amount,
        peer_median_amount,
        peer_count
    from ramp
    -- One forerunner is no benchmark.
    where peer_count >= 2
)

{{ kpi_rows(
    'accounts_per_rep', 'measured', 'part', 'part', 'whole', where="measure = 'accounts_per_rep'"
) }}
union all
{{ kpi_rows(
    'participation_rate', 'measured', 'whole', 'part', 'whole',
    where="measure = 'participation_rate'"
) }}
union all
{{ kpi_rows(
    'hygiene_score', 'measured', 'whole', 'part', 'whole', where="measure = 'hygiene_score'"
) }}
union all
{{ kpi_rows(
    'ramp_attainment', 'ramped', 'peer_count', 'cumulative_amount', 'peer_median_amount'
) }}
