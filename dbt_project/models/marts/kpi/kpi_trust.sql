-- How far the numbers can be trusted as of the run: in the periods in which it falls, and no other.
with periods as (
    select * from {{ ref('dim_period') }}
    where not is_complete
),

data_states as (
    select
        *,
        concat(source_system, '.', entity) as entity_name
    from {{ ref('fct_data_states') }}
),

required_fields as (
    select * from {{ ref('fct_required_fields') }}
),

quarantined as (
    select * from {{ ref('fct_quarantined_rows') }}
),

owners as (
    select * from {{ ref('dim_owner') }}
),

reconciled as (
    select
        entity_name,
        raw_row_count,
        vendor_row_count
    from data_states
    where vendor_row_count is not null
),

filled as (
    select
        required_fields.entity,
        required_fields.owner_key,
        owners.owner_name,
        required_fields.record_count,
        required_fields.filled_count
    from required_fields
    left join owners on required_fields.owner_key = owners.owner_key
),

ages as (
    {{ by_dimension('data_states', ['age_minutes'], {'entity': 'entity_name'}) }}
),

gaps as (
    {{ by_dimension(
        'reconciled', ['raw_row_count', 'vendor_row_count'], {'entity': 'entity_name'}
    ) }}
),

fills as (
    {{ by_dimension(
        'filled',
        ['record_count', 'filled_count'],
        {'entity': 'entity', 'owner': ['owner_key', 'owner_name']},
    ) }}
),

set_aside as (
    {{ by_dimension('quarantined', ['1 as row_count'], {'reason': 'reason'}) }}
    union all
    select
        0 as row_count,
        'total' as dimension,
        'total' as dimension_key,
        'total' as dimension_value
),

-- The total is as old as its oldest part.
oldest as (
    select
        dimension,
        dimension_key,
        dimension_value,
        max(age_minutes) as age_minutes,
        count(*) as entity_count
    from ages
    group by dimension, dimension_key, dimension_value
),

differences as (
    select
        dimension,
        dimension_key,
        dimension_value,
        cast(sum(raw_row_count) - sum(vendor_row_count) as bigint) as gap,
        cast(sum(vendor_row_count) as bigint) as vendor_row_count
    from gaps
    group by dimension, dimension_key, dimension_value
),

completed as (
    select
        dimension,
        dimension_key,
        dimension_value,
        cast(sum(filled_count) as bigint) as filled_count,
        cast(sum(record_count) as bigint) as field_count
    from fills
    group by dimension, dimension_key, dimension_value
),

kept_out as (
    select
        dimension,
        dimension_key,
        dimension_value,
        cast(sum(row_count) as bigint) as row_count
    from set_aside
    group by dimension, dimension_key, dimension_value
),

oldest_now as (
    select
        periods.period_grain,
        periods.period_start,
        oldest.*
    from oldest
    cross join periods
),

differences_now as (
    select
        periods.period_grain,
        periods.period_start,
        differences.*
    from differences
    cross join periods
),

completed_now as (
    select
        periods.period_grain,
        periods.period_start,
        completed.*
    from completed
    cross join periods
),

kept_out_now as (
    select
        periods.period_grain,
        periods.period_start,
        kept_out.*
    from kept_out
    cross join periods
)

{{ kpi_rows('freshness_minutes', 'oldest_now', 'entity_count', 'age_minutes') }}
union all
{{ kpi_rows(
    'reconciliation_gap', 'differences_now', 'vendor_row_count', 'gap', 'vendor_row_count'
) }}
union all
{{ kpi_rows('completeness', 'completed_now', 'field_count', 'filled_count', 'field_count') }}
union all
{{ kpi_rows('quarantined_rows', 'kept_out_now', 'row_count', 'row_count') }}
