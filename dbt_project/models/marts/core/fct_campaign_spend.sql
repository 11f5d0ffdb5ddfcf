-- Where a spreadsheet tells the spend of a campaign day by day, it counts. Else the one figure of
-- the CRM is spread evenly over the campaign's days, so that its parts add up to it to the cent.
with campaigns as (
    select * from {{ ref('dim_campaign') }}
),

listed as (
    select * from {{ ref('int_crm__campaign_spend') }}
),

dates as (
    select * from {{ ref('dim_date') }}
),

all_rates as (
    select * from {{ ref('int_crm__currency_rates') }}
),

-- What a campaign costs is priced as of its own first day.
rates as (
    select
        currency_code,
        coalesce(valid_from, cast('0001-01-01' as date)) as valid_from,
        coalesce(valid_to, cast('9999-12-31' as date)) as valid_to,
        rate_to_base
    from all_rates
    where currency_code <> '{{ var("reporting_currency") }}'
    union all
    select
        '{{ var("reporting_currency") }}' as currency_code,
        cast('0001-01-01' as date) as valid_from,
        cast('9999-12-31' as date) as valid_to,
        cast(1 as decimal(18, 8)) as rate_to_base
),

listed_days as (
    select
        listed.campaign_key,
        listed.spent_on,
        'spreadsheets' as spend_source,
        sum({{ to_base_currency('listed.spend_amount', 'rates.rate_to_base') }}) as spend_base,
        count(*) filter (where listed.spend_amount is not null and rates.rate_to_base is null)
            as without_rate_count
    from listed
    left join rates
        on
            listed.currency_code = rates.currency_code
            and listed.spent_on >= rates.valid_from
            and listed.spent_on < rates.valid_to
    where listed.spent_on <= {{ as_of_date() }} and {{ is_in_calendar('listed.spent_on') }}
    group by listed.campaign_key, listed.spent_on
),

listed_keys as (
    select distinct campaign_key
    from listed
    where campaign_key is not null
),

-- One campaign kept in two CRMs under one name at one time is paid once: what a spreadsheet or the
-- first of the CRMs says.
twins as (
    select campaigns.campaign_key
    from campaigns
    inner join campaigns as same_named
        on
            lower(campaigns.campaign_name) = lower(same_named.campaign_name)
            and campaigns.source_system <> same_named.source_system
            and campaigns.starts_on <= coalesce(same_named.ends_on, {{ as_of_date() }})
            and coalesce(campaigns.ends_on, {{ as_of_date() }}) >= same_named.starts_on
    left join listed_keys on same_named.campaign_key = listed_keys.campaign_key
    where
        listed_keys.campaign_key is not null
        or (
            same_named.spend_amount is not null
            and same_named.source_system < campaigns.source_system
        )
),

priced as (
    select
        campaigns.campaign_key,
        campaigns.starts_on,
        -- An end before the start is a mistake: the spend is the first day's.
        greatest(coalesce(campaigns.ends_on, {{ as_of_date() }}), campaigns.starts_on) as ends_on,
        campaigns.spend_amount is not null and rates.rate_to_base is null as is_without_rate,
        {{ to_base_currency('campaigns.spend_amount', 'rates.rate_to_base') }} as spend_base
    from campaigns
    left join rates
        on
            campaigns.currency_code = rates.currency_code
            and campaigns.starts_on >= rates.valid_from
            and campaigns.starts_on < rates.valid_to
    where
        campaigns.spend_amount is not null
        -- Spend that nobody dates falls in no period.
        and campaigns.starts_on <= {{ as_of_date() }}
        and {{ is_in_calendar('campaigns.starts_on') }}
        -- The whole of a campaign that a spreadsheet knows, not only its listed days.
        and campaigns.campaign_key not in (
            select listed_keys.campaign_key
            from listed_keys
        )
        and campaigns.campaign_key not in (
            select twins.campaign_key
            from twins
        )
),

campaign_days as (
    select
        priced.campaign_key,
        dates.date_day,
        priced.is_without_rate,
        cast(priced.spend_base * 100 as bigint) as cents,
        cast({{ days_between('priced.starts_on', 'dates.date_day') }} as bigint) + 1 as day_number,
        cast({{ days_between('priced.starts_on', 'priced.ends_on') }} as bigint) + 1 as day_count
    from priced
    inner join dates
        on
            priced.starts_on <= dates.date_day
            and priced.ends_on >= dates.date_day
    -- What is not spent yet is no spend.
    where dates.date_day <= {{ as_of_date() }}
),

-- Spent up to a day: total x day / days, half a cent up, in whole numbers. A day has what this grew
-- by, so that the days add up to the total.
cumulated as (
    select
        campaign_key,
        date_day,
        is_without_rate,
        2 * cents * day_number + day_count as dividend,
        2 * cents * (day_number - 1) + day_count as dividend_before,
        2 * day_count as divisor
    from campaign_days
),

spread_days as (
    select
        campaign_key,
        date_day as spent_on,
        'crm' as spend_source,
        cast(
            (
                (dividend - dividend % divisor) / divisor
                - (dividend_before - dividend_before % divisor) / divisor
            ) as bigint
        ) as cents,
        case when is_without_rate then 1 else 0 end as without_rate_count
    from cumulated
)

select
    campaign_key,
    spent_on,
    spend_source,
    cast(spend_base as decimal(18, 2)) as spend_base,
    without_rate_count > 0 as is_without_rate
from listed_days
union all
select
    campaign_key,
    spent_on,
    spend_source,
    cast(cast(cents as decimal(18, 2)) * cast(0.01 as decimal(3, 2)) as decimal(18, 2))
        as spend_base,
    without_rate_count > 0 as is_without_rate
from spread_days
