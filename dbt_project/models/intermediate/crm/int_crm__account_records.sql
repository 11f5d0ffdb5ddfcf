-- What a company can be known by, made comparable. Numbered in the order in which records speak.
with accounts as (
    select * from {{ ref('int_hubspot__accounts_conformed') }}
    union all
    select * from {{ ref('int_salesforce__accounts_conformed') }}
    union all
    select * from {{ ref('int_pipedrive__accounts_conformed') }}
),

sources as (
    select * from {{ ref('identity_sources') }}
),

free_mail_domains as (
    select * from {{ ref('free_mail_domains') }}
),

cleaned as (
    select
        accounts.source_system,
        accounts.vendor_id,
        accounts.merged_into_id,
        accounts.is_deleted,
        accounts.linked_salesforce_id,
        accounts.country_code,
        accounts.created_at,
        sources.speaking_order,
        case when accounts.is_deleted then 0 else sources.source_bit end as live_bit,
        case when free_mail_domains.domain is null then accounts.domain end as domain,
        {{ tax_id_text('accounts.tax_id') }} as tax_text,
        {{ company_name_key('accounts.account_name') }} as name_key
    from accounts
    inner join sources on accounts.source_system = sources.source_system
    left join free_mail_domains on accounts.domain = free_mail_domains.domain
),

numbered as (
    select
        cleaned.*,
        {{ without_country('cleaned.tax_text') }} as tax_number,
        row_number() over (
            order by
                cleaned.speaking_order asc,
                cleaned.created_at asc nulls last,
                cleaned.source_system asc,
                cleaned.vendor_id asc
        ) as record_number
    from cleaned
)

select
    record_number,
    source_system,
    vendor_id,
    merged_into_id,
    is_deleted,
    live_bit,
    linked_salesforce_id,
    domain as mark_a,
    {{ tax_id_key('tax_number', 'country_code') }} as mark_b,
    name_key,
    country_code,
    created_at
from numbered
