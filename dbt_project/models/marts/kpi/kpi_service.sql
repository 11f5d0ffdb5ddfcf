with service as (
    select
        *,
        period_grain in ('month', 'quarter', 'year') as is_long_period
    from {{ ref('fct_service_by_period') }}
    where dimension in ('total', 'country', 'source_system')
)

{{ kpi_rows(
    'complaint_rate', 'service', 'won_count_90_days', 'complaint_count', 'won_count_90_days',
    where="is_long_period and (dimension = 'total' or (dimension = 'country'"
        ~ " and (won_count_90_days > 0 or complaint_count > 0)))"
) }}
union all
{{ kpi_rows(
    'return_rate', 'service', 'sold_order_count', 'returned_order_count', 'sold_order_count',
    where="is_long_period and (dimension = 'total'"
        ~ " or (dimension = 'country' and sold_order_count > 0))"
) }}
union all
{{ kpi_rows(
    'return_value_rate', 'service', 'sold_order_count', 'returned_amount', 'sold_amount',
    where="is_long_period and (dimension = 'total'"
        ~ " or (dimension = 'country' and sold_order_count > 0))"
) }}
union all
{{ kpi_duration_rows(
    'first_response_hours', 'service', 'first_response_milliseconds / 3600000', 'answered_count',
    'first_response_hours', where="answered_count > 0 or dimension = 'total'"
) }}
union all
{{ kpi_duration_rows(
    'resolution_hours', 'service', 'resolution_milliseconds / 3600000', 'resolved_count',
    'resolution_hours', where="resolved_count > 0 or dimension = 'total'"
) }}
union all
{{ kpi_rows(
    'ticket_backlog', 'service', 'backlog_count', 'backlog_count',
    where="backlog_count > 0 or dimension = 'total'"
) }}
