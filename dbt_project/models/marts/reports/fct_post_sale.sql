-- Satisfaction and service of one period and segment side by side: the numbers are those that the
-- KPIs are made of, not computed again.
with satisfaction as (
    select * from {{ ref('fct_satisfaction_by_period') }}
    where period_grain in ('month', 'quarter', 'year')
),

service as (
    select * from {{ ref('fct_service_by_period') }}
    where
        period_grain in ('month', 'quarter', 'year')
        and dimension in ('total', 'country', 'industry', 'size_band')
),

periods as (
    select * from {{ ref('dim_period') }}
),

places as (
    select
        period_grain,
        period_start,
        dimension,
        dimension_key,
        dimension_value
    from satisfaction
    union
    select
        period_grain,
        period_start,
        dimension,
        dimension_key,
        dimension_value
    from service
)

select
    places.period_grain,
    places.period_start,
    periods.period_end,
    periods.is_complete,
    places.dimension as segment_kind,
    places.dimension_key as segment_key,
    places.dimension_value as segment_name,
    coalesce(satisfaction.csat_answer_count, 0) as csat_answer_count,
    {{ safe_divide('satisfaction.csat_satisfied_count', 'satisfaction.csat_answer_count') }}
        as csat,
    coalesce(satisfaction.nps_answer_count, 0) as nps_answer_count,
    {{ safe_divide(
        '100 * (satisfaction.promoter_count - satisfaction.detractor_count)',
        'satisfaction.nps_answer_count'
    ) }} as nps,
    coalesce(service.ticket_count, 0) as ticket_count,
    coalesce(service.complaint_count, 0) as complaint_count,
    {{ safe_divide('service.complaint_count', 'service.won_count_90_days') }} as complaint_rate,
    coalesce(service.backlog_count, 0) as open_ticket_count,
    coalesce(service.answered_count, 0) as answered_ticket_count,
    {{ safe_divide('service.first_response_milliseconds / 3600000', 'service.answered_count') }}
        as first_response_hours,
    service.first_response_hours_median,
    coalesce(service.resolved_count, 0) as resolved_ticket_count,
    {{ safe_divide('service.resolution_milliseconds / 3600000', 'service.resolved_count') }}
        as resolution_hours,
    service.resolution_hours_median,
    coalesce(service.sold_order_count, 0) as sold_order_count,
    coalesce(service.returned_order_count, 0) as returned_order_count,
    {{ safe_divide('service.returned_order_count', 'service.sold_order_count') }} as return_rate,
    cast(coalesce(service.sold_amount, 0) as decimal(18, 2)) as sold_amount,
    cast(coalesce(service.returned_amount, 0) as decimal(18, 2)) as returned_amount,
    {{ safe_divide('service.returned_amount', 'service.sold_amount') }} as return_value_rate,
    coalesce(satisfaction.satisfied_people_count, 0) as satisfied_people_count,
    {{ safe_divide(
        'satisfaction.satisfied_repurchase_count', 'satisfaction.satisfied_people_count'
    ) }} as satisfied_repurchase_rate,
    coalesce(satisfaction.unsatisfied_people_count, 0) as unsatisfied_people_count,
    {{ safe_divide(
        'satisfaction.unsatisfied_repurchase_count', 'satisfaction.unsatisfied_people_count'
    ) }} as unsatisfied_repurchase_rate,
    {{ add_days('periods.period_end', 180) }} <= {{ as_of_date() }} as is_repurchase_mature
from places
inner join periods
    on
        places.period_grain = periods.period_grain
        and places.period_start = periods.period_start
left join satisfaction
    on
        places.period_grain = satisfaction.period_grain
        and places.period_start = satisfaction.period_start
        and places.dimension = satisfaction.dimension
        and places.dimension_key = satisfaction.dimension_key
left join service
    on
        places.period_grain = service.period_grain
        and places.period_start = service.period_start
        and places.dimension = service.dimension
        and places.dimension_key = service.dimension_key
