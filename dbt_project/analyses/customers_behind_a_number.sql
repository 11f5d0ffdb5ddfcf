-- From a number of the family `customers` to the rows behind it and to those left out. Change the
-- first step to the KPI and period that you ask about; compile it with `dbt compile`, or paste it
-- with the table names as they are in the warehouse. As it stands: who was lost in a month, who
-- stayed, and which deals and contracts no number counts.
--
--   churn_rate, retention_rate          in_numerator = the lost (churn) or the kept (retention)
--   ..._contract, ..._purchase          the same with basis = 'contract' or 'purchase'
--   active_customers, portfolio_growth  the rows with is_active_at_end, is_active_at_start
--   repeat_customer_rate, days_between_purchases, customer_lifetime_value, net_revenue_retention:
--                                       the won deals of the accounts, in fct_opportunities
with asked as (
    select
        'any' as basis,
        period_grain,
        period_start,
        {{ add_days('period_start', -1) }} as start_day,
        measured_on as end_day
    from {{ ref('dim_period') }}
    where
        period_grain = 'month'
        and {{ as_of_date() }} >= period_end
),

last_asked as (
    select
        *,
        row_number() over (order by period_start desc) as newest_first
    from asked
),

spans as (
    select * from {{ ref('fct_customer_spans') }}
),

presence as (
    select
        last_asked.period_grain,
        last_asked.period_start,
        spans.account_key,
        max(
            case
                when
                    last_asked.start_day >= spans.active_from
                    and last_asked.start_day <= spans.active_to
                    then 1
                else 0
            end
        ) as is_active_at_start,
        max(
            case
                when
                    last_asked.end_day >= spans.active_from
                    and last_asked.end_day <= spans.active_to
                    then 1
                else 0
            end
        ) as is_active_at_end,
        max(spans.active_to) as active_to,
        max(spans.ended_by) as ended_by
    from last_asked
    inner join spans
        on
            last_asked.basis = spans.basis
            and last_asked.end_day >= spans.active_from
            and last_asked.start_day <= spans.active_to
    where last_asked.newest_first = 1
    group by last_asked.period_grain, last_asked.period_start, spans.account_key
),

reasons as (
    select * from {{ ref('fct_customer_churn') }}
),

accounts as (
    select * from {{ ref('dim_account') }}
),

excluded as (
    select * from {{ ref('excluded_records') }}
)

select
    case when presence.is_active_at_end = 1 then 'kept' else 'lost' end as part,
    presence.account_key as record_key,
    accounts.account_name as record_name,
    coalesce(reasons.reason, presence.ended_by) as reason,
    presence.active_to as until_day,
    1 as in_denominator,
    1 - presence.is_active_at_end as in_numerator
from presence
left join accounts on presence.account_key = accounts.account_key
left join reasons
    on
        presence.account_key = reasons.account_key
        and presence.period_start = reasons.month_start
where presence.is_active_at_start = 1
union all
select
    concat('excluded ', excluded.entity) as part,
    excluded.record_key,
    coalesce(excluded.salesforce_id, excluded.hubspot_id, excluded.pipedrive_id) as record_name,
    excluded.reason,
    cast(null as date) as until_day,
    0 as in_denominator,
    0 as in_numerator
from excluded
where excluded.kpi_families like '%customers%'
order by part, record_key
