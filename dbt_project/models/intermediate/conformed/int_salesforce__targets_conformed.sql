with quotas as (
    select * from {{ ref('stg_salesforce__forecasting_quotas') }}
    -- Quotas in units are not money; deleted ones count for nobody.
    where not _is_deleted and coalesce(is_amount, true)
),

versions as (
    select
        forecasting_quota_id,
        quota_amount,
        currency_code,
        _valid_from as changed_at,
        row_number() over (
            partition by forecasting_quota_id order by _landed_at asc, _load_id asc
        ) as sequence_number
    from {{ ref('stg_salesforce__forecasting_quotas_versions') }}
    where not _is_deleted
),

periods as (
    select * from {{ ref('stg_salesforce__periods') }}
),

org as (
    select max(default_currency_code) as currency_code
    from {{ ref('stg_salesforce__organizations') }}
)

select
    'salesforce' as source_system,
    quotas.forecasting_quota_id as vendor_id,
    quotas.quota_owner_id as vendor_owner_id,
    coalesce(periods.starts_on, quotas.starts_on) as period_start,
    -- The last day of a period is inside it; without the period, a quota is for a month.
    coalesce(
        {{ add_days('periods.ends_on', 1) }},
        cast(cast(quotas.starts_on as timestamp) + interval '1' month as date)
    ) as period_end,
    versions.quota_amount as target_amount,
    coalesce(versions.currency_code, org.currency_code, '{{ var("reporting_currency") }}')
        as currency_code,
    versions.changed_at,
    versions.sequence_number
from quotas
cross join org
inner join versions on quotas.forecasting_quota_id = versions.forecasting_quota_id
left join periods on quotas.period_id = periods.period_id
