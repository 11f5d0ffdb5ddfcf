-- From a KPI of the family `people` to what is behind it and to what was left out. One row is an
-- account (accounts_per_rep), a rep (participation_rate), an open deal (hygiene_score) or a won
-- deal (ramp_attainment, whose denominator, a median, is a row of its own).
with asked as (
    {{ asked_number() }}
),

owners as (
    select * from {{ ref('dim_owner') }}
),

{% set keys = {'owner': 'records.owner_key', 'team': 'owners.team_key'} %}

portfolio_rows as (
    select
        asked.kpi_id,
        asked.dimension,
        asked.dimension_key,
        'account' as record_kind,
        records.account_key as record_key,
        spans.active_from as happened_on,
        1 as numerator,
        -- A rep is 1 on the first of the accounts.
        case
            when
                row_number() over (
                    partition by asked.dimension_key, records.owner_key
                    order by spans.account_key asc
                ) = 1
                then 1
            else 0
        end as denominator,
        cast(null as string) as reason
    from asked
    inner join {{ ref('fct_customer_spans') }} as spans
        on
            asked.measured_on >= spans.active_from
            and asked.measured_on <= spans.active_to
    inner join {{ ref('dim_account') }} as records on spans.account_key = records.account_key
    left join owners on records.owner_key = owners.owner_key
    where
        asked.kpi_id = 'accounts_per_rep'
        and spans.basis = 'any'
        and records.owner_key is not null
        and {{ asked_key(keys) }} = asked.dimension_key
),

rep_rows as (
    select
        asked.kpi_id,
        asked.dimension,
        asked.dimension_key,
        'owner' as record_kind,
        records.owner_key as record_key,
        records.period_start as happened_on,
        case when records.is_engaged then 1 else 0 end as numerator,
        1 as denominator,
        cast(null as string) as reason
    from asked
    inner join {{ ref('fct_rep_engagement') }} as records
        on
            asked.period_grain = records.period_grain
            and asked.period_start = records.period_start
    left join owners on records.owner_key = owners.owner_key
    where
        asked.kpi_id = 'participation_rate'
        and records.is_engaged is not null
        and {{ asked_key(keys) }} = asked.dimension_key
),

open_rows as (
    select
        asked.kpi_id,
        asked.dimension,
        asked.dimension_key,
        'opportunity' as record_kind,
        records.opportunity_key as record_key,
        asked.measured_on as happened_on,
        1 - records.defect_weight as numerator,
        1 as denominator,
        cast(null as string) as reason
    from asked
    inner join {{ ref('fct_deal_hygiene') }} as records on not asked.is_complete
    left join owners on records.owner_key = owners.owner_key
    where
        asked.kpi_id = 'hygiene_score'
        and {{ asked_key(keys) }} = asked.dimension_key
),

won_rows as (
    select
        asked.kpi_id,
        asked.dimension,
        asked.dimension_key,
        'opportunity' as record_kind,
        deals.opportunity_key as record_key,
        deals.closed_on as happened_on,
        deals.amount_base as numerator,
        cast(null as integer) as denominator,
        cast(null as string) as reason
    from asked
    inner join {{ ref('fct_opportunities') }} as deals
        on
            asked.measured_on >= deals.closed_on
            and asked.dimension_key = deals.credited_owner_key
    where asked.kpi_id = 'ramp_attainment' and deals.is_won
    union all
    select
        asked.kpi_id,
        asked.dimension,
        asked.dimension_key,
        'median_of_earlier_owners' as record_kind,
        ramp.owner_key as record_key,
        ramp.period_start as happened_on,
        cast(null as integer) as numerator,
        ramp.peer_median_amount as denominator,
        cast(null as string) as reason
    from asked
    inner join {{ ref('fct_ramp') }} as ramp
        on
            asked.period_start = ramp.period_start
            and asked.dimension_key = ramp.owner_key
    where asked.kpi_id = 'ramp_attainment'
),

left_out as (
    {{ left_out_rows(
        'people', 'account', 'int_crm__accounts', 'account_key', 'cast(null as date)',
        "asked.kpi_id = 'accounts_per_rep'"
    ) }}
    union all
    {{ left_out_rows(
        'people', 'activity', 'int_crm__activities', 'activity_key',
        to_business_date('records.completed_at'), "asked.kpi_id = 'participation_rate'"
    ) }}
    union all
    {{ left_out_rows(
        'people', 'opportunity', 'int_crm__opportunities', 'opportunity_key',
        'cast(null as date)', "asked.kpi_id in ('hygiene_score', 'ramp_attainment')"
    ) }}
)

{{ rows_behind(['portfolio_rows', 'rep_rows', 'open_rows', 'won_rows', 'left_out']) }}
