with waterfall as (
    select * from {{ ref('fct_pipeline_waterfall') }}
)

select
    period_grain,
    period_start,
    dimension,
    dimension_key,
    dimension_value,
    start_count,
    new_count,
    reopened_count,
    moved_in_count,
    moved_out_count,
    won_count,
    lost_count,
    deleted_count,
    end_count,
    since_deleted_count,
    start_amount,
    fx_amount,
    new_amount,
    reopened_amount,
    moved_in_amount,
    increased_amount,
    decreased_amount,
    moved_out_amount,
    won_amount,
    lost_amount,
    deleted_amount,
    end_amount,
    since_deleted_amount
from waterfall
