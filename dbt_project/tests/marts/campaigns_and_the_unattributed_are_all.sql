-- Every deal, lead and cent of spend is some campaign's or nobody's, some channel's or nobody's.
with effectiveness as (
    select * from {{ ref('fct_campaign_effectiveness') }}
),

parts as (
    select
        period_grain,
        period_start,
        dimension,
        sum(spend_base) as spend_base,
        -- A session knows its channel, never its campaign.
        sum(session_count) filter (where dimension = 'lead_source') as session_count,
        sum(lead_count) as lead_count,
        sum(qualified_count) as qualified_count,
        sum(opportunity_count) as opportunity_count,
        sum(won_count) as won_count,
        sum(won_amount) as won_amount,
        sum(attributed_won_count) as attributed_won_count,
        sum(attributed_won_amount) as attributed_won_amount,
        sum(new_customer_count) as new_customer_count
    from effectiveness
    where dimension <> 'total'
    group by period_grain, period_start, dimension
)

select
    parts.period_grain,
    parts.period_start,
    parts.dimension
from parts
left join effectiveness as totals
    on
        parts.period_grain = totals.period_grain
        and parts.period_start = totals.period_start
        and totals.dimension = 'total'
where
    parts.spend_base is distinct from totals.spend_base
    or parts.session_count <> totals.session_count
    or parts.lead_count is distinct from totals.lead_count
    or parts.qualified_count is distinct from totals.qualified_count
    or parts.opportunity_count is distinct from totals.opportunity_count
    or parts.won_count is distinct from totals.won_count
    or parts.won_amount is distinct from totals.won_amount
    or parts.attributed_won_count is distinct from totals.attributed_won_count
    or parts.attributed_won_amount is distinct from totals.attributed_won_amount
    or parts.new_customer_count is distinct from totals.new_customer_count
