-- From a KPI of the family `service` to the tickets, deals and orders behind it and to those left
-- out. The rows of a percentile are its hours.
with asked as (
    {{ asked_number() }}
),

accounts as (
    select * from {{ ref('dim_account') }}
),

tickets as (
    select
        tickets.*,
        accounts.country_code
    from {{ ref('fct_tickets') }} as tickets
    left join accounts on tickets.account_key = accounts.account_key
),

measured_tickets as (
    select
        asked.kpi_id,
        asked.dimension,
        asked.dimension_key,
        'ticket' as record_kind,
        tickets.ticket_key as record_key,
        case
            when asked.kpi_id like 'resolution_hours%' then tickets.closed_on
            else tickets.opened_on
        end as happened_on,
        case
            when asked.kpi_id like 'first_response_hours%'
                then tickets.first_response_milliseconds / 3600000
            when asked.kpi_id like 'resolution_hours%'
                then tickets.resolution_milliseconds / 3600000
            else 1
        end as numerator,
        case
            when asked.kpi_id = 'complaint_rate' then 0
            when asked.kpi_id = 'ticket_backlog' then null
            else 1
        end as denominator
    from asked
    inner join tickets
        on
            (
                asked.kpi_id like 'first_response_hours%'
                and asked.period_start <= tickets.opened_on
                and asked.period_end > tickets.opened_on
            )
            or (
                asked.kpi_id = 'complaint_rate'
                and tickets.category = 'complaint'
                and asked.period_start <= tickets.opened_on
                and asked.period_end > tickets.opened_on
            )
            or (
                asked.kpi_id like 'resolution_hours%'
                and tickets.is_closed
                and asked.period_start <= tickets.closed_on
                and asked.period_end > tickets.closed_on
            )
            or (
                asked.kpi_id = 'ticket_backlog'
                and asked.measured_at > tickets.opened_at
                and asked.measured_at <= coalesce(tickets.closed_at, asked.measured_at)
            )
    where
        {{ asked_key({
            'country': 'tickets.country_code', 'source_system': 'tickets.source_system'
        }) }} = asked.dimension_key
),

ticket_rows as (
    select
        kpi_id,
        dimension,
        dimension_key,
        record_kind,
        record_key,
        happened_on,
        numerator,
        case when numerator is not null then denominator end as denominator,
        case when numerator is null then 'no_duration' end as reason
    from measured_tickets
),

won_deals as (
    select
        asked.kpi_id,
        asked.dimension,
        asked.dimension_key,
        'opportunity' as record_kind,
        deals.opportunity_key as record_key,
        deals.closed_on as happened_on,
        0 as numerator,
        1 as denominator,
        cast(null as string) as reason
    from asked
    inner join {{ ref('fct_opportunities') }} as deals
        on
            {{ add_days('asked.measured_on', -90) }} < deals.closed_on
            and asked.measured_on >= deals.closed_on
    left join accounts on deals.account_key = accounts.account_key
    where
        asked.kpi_id = 'complaint_rate'
        and deals.is_won
        and {{ asked_key({'country': 'accounts.country_code'}) }} = asked.dimension_key
),

order_rows as (
    select
        asked.kpi_id,
        asked.dimension,
        asked.dimension_key,
        'order' as record_kind,
        orders.order_key as record_key,
        orders.ordered_on as happened_on,
        case
            when asked.kpi_id = 'return_value_rate' then coalesce(orders.returned_amount_base, 0)
            when orders.is_returned then 1
            else 0
        end as numerator,
        case when asked.kpi_id = 'return_value_rate' then coalesce(orders.amount_base, 0) else 1 end
            as denominator,
        cast(null as string) as reason
    from asked
    inner join {{ ref('fct_orders') }} as orders
        on
            asked.period_start <= orders.ordered_on
            and asked.period_end > orders.ordered_on
    left join accounts on orders.account_key = accounts.account_key
    where
        asked.kpi_id in ('return_rate', 'return_value_rate')
        and not orders.is_return
        and {{ asked_key({'country': 'accounts.country_code'}) }} = asked.dimension_key
),

left_out as (
    {{ left_out_rows(
        'service', 'ticket', 'int_crm__tickets', 'ticket_key', to_business_date('records.opened_at')
    ) }}
)

{{ rows_behind(['ticket_rows', 'won_deals', 'order_rows', 'left_out']) }}
