-- What a deal can be known by, made comparable. Numbered in the order in which records speak.
with opportunities as (
    select * from {{ ref('int_hubspot__opportunities_conformed') }}
    union all
    select * from {{ ref('int_salesforce__opportunities_conformed') }}
    union all
    select * from {{ ref('int_pipedrive__opportunities_conformed') }}
),

sources as (
    select * from {{ ref('identity_sources') }}
),

account_ids as (
    select * from {{ ref('int_crm__account_ids') }}
),

owner_ids as (
    select * from {{ ref('int_crm__owner_ids') }}
)

select
    row_number() over (
        order by
            sources.speaking_order asc,
            opportunities.created_at asc nulls last,
            opportunities.source_system asc,
            opportunities.vendor_id asc
    ) as record_number,
    opportunities.source_system,
    opportunities.vendor_id,
    opportunities.merged_into_id,
    opportunities.is_deleted,
    case when opportunities.is_deleted then 0 else sources.source_bit end as live_bit,
    cast(null as string) as mark_a,
    cast(null as string) as mark_b,
    opportunities.linked_salesforce_id,
    account_ids.account_key,
    owner_ids.owner_key,
    {{ plain_text('opportunities.opportunity_name') }} as name_key,
    opportunities.amount,
    opportunities.currency_code,
    opportunities.closed_on,
    opportunities.created_at,
    case
        when opportunities.is_closed then case when opportunities.is_won then 'won' else 'lost' end
    end as outcome
from opportunities
inner join sources on opportunities.source_system = sources.source_system
left join account_ids
    on
        opportunities.source_system = account_ids.source_system
        and opportunities.vendor_account_id = account_ids.vendor_id
left join owner_ids
    on
        opportunities.source_system = owner_ids.source_system
        and opportunities.vendor_owner_id = owner_ids.vendor_id
