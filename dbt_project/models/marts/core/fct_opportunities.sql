with opportunities as (
    select * from {{ ref('int_crm__opportunities') }}
    -- Deleted, merged-away, internal and duplicate deals: see excluded_records.
    where exclusion_reason is null
),

owners as (
    select * from {{ ref('dim_owner') }}
),

rates as (
    select * from {{ ref('dim_currency_rate') }}
),

people as (
    select * from {{ ref('int_crm__people') }}
),

-- An account's purchases in order; the first one makes it a customer.
purchases as (
    select
        opportunity_key,
        row_number() over (
            partition by account_key
            order by
                closed_on asc nulls last,
                closed_at asc nulls last,
                created_at asc nulls last,
                opportunity_key asc
        ) as purchase_number,
        min(closed_on) over (partition by account_key) as first_won_on
    from opportunities
    where is_won and account_key is not null
),

credited as (
    select
        opportunity_key,
        -- Nobody's at the close is nobody's, whoever has inherited the deal since.
        case when is_closed then owner_key_at_close else owner_key end as credited_owner_key,
        case when is_closed then closed_on else {{ as_of_date() }} end as rate_on
    from opportunities
)

select
    opportunities.opportunity_key,
    opportunities.opportunity_name,
    opportunities.account_key,
    opportunities.person_key,
    opportunities.owner_key,
    opportunities.owner_key_at_close,
    credited.credited_owner_key,
    owners.team_key as credited_team_key,
    opportunities.pipeline_key,
    opportunities.stage_key,
    opportunities.amount,
    opportunities.currency_code,
    credited.rate_on,
    rates.rate_to_base,
    {{ to_base_currency('opportunities.amount', 'rates.rate_to_base') }} as amount_base,
    opportunities.probability,
    opportunities.created_at,
    opportunities.created_on,
    opportunities.closed_on as close_on,
    case when opportunities.is_closed then opportunities.closed_on end as closed_on,
    opportunities.closed_at,
    opportunities.is_closed,
    opportunities.is_won,
    opportunities.is_lost,
    opportunities.amount is not null and rates.rate_to_base is null as is_without_rate,
    opportunities.is_closed and coalesce(opportunities.closed_on < opportunities.created_on, false)
        as is_negative_duration,
    -- A close before the creation is a data error: no duration, and a row of excluded_records.
    case
        when opportunities.is_closed and opportunities.closed_on >= opportunities.created_on
            then cast(
                {{ days_between('opportunities.created_on', 'opportunities.closed_on') }} as integer
            )
    end as cycle_days,
    case
        when not opportunities.is_closed
            then cast({{ days_between('opportunities.created_on', as_of_date()) }} as integer)
    end as age_days,
    not opportunities.is_closed and coalesce(opportunities.closed_on < {{ as_of_date() }}, false)
        as is_overdue,
    opportunities.forecast_category,
    opportunities.deal_type,
    opportunities.lead_source,
    opportunities.campaign_key,
    -- First touch: the campaign that brought the person, else the one that the deal names.
    coalesce(people.campaign_key, opportunities.campaign_key) as attributed_campaign_key,
    coalesce(purchases.purchase_number = 1, false) as is_first_purchase,
    coalesce(opportunities.closed_on > purchases.first_won_on, false) as is_repeat_purchase,
    opportunities.coupon_code,
    opportunities.loss_reason,
    opportunities.win_reason,
    opportunities.next_step,
    opportunities.source_system,
    opportunities.hubspot_deal_id,
    opportunities.salesforce_opportunity_id,
    opportunities.pipedrive_deal_id,
    opportunities.match_rule,
    opportunities.match_confidence
from opportunities
inner join credited on opportunities.opportunity_key = credited.opportunity_key
left join people on opportunities.person_key = people.person_key
left join purchases on opportunities.opportunity_key = purchases.opportunity_key
left join owners on credited.credited_owner_key = owners.owner_key
left join rates
    on
        opportunities.currency_code = rates.currency_code
        and credited.rate_on = rates.rate_on
