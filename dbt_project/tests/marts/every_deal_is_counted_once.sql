-- Won, lost and open deals and the excluded ones are all the deals there are.
with opportunities as (
    select * from {{ ref('int_crm__opportunities') }}
),

counted as (
    select * from {{ ref('fct_opportunities') }}
),

excluded as (
    select * from {{ ref('excluded_records') }}
),

all_deals as (
    select count(*) as all_count
    from opportunities
),

counted_deals as (
    select
        count(*) filter (where is_won) as won_count,
        count(*) filter (where is_lost) as lost_count,
        count(*) filter (where not is_closed) as open_count
    from counted
),

excluded_deals as (
    select count(*) as excluded_count
    from excluded
    where
        entity = 'opportunity'
        -- These leave some KPIs only and are counted above.
        and reason not in ('no_rate', 'negative_duration', 'no_close_date', 'outside_calendar')
)

select
    all_deals.all_count,
    counted_deals.won_count,
    counted_deals.lost_count,
    counted_deals.open_count,
    excluded_deals.excluded_count
from all_deals
cross join counted_deals
cross join excluded_deals
where
    all_deals.all_count
    <> counted_deals.won_count
    + counted_deals.lost_count
    + counted_deals.open_count
    + excluded_deals.excluded_count
