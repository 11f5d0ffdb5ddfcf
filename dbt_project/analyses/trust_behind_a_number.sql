-- From a KPI of the family `trust` to the entities, fields and rows behind it, as of the run: ask
-- for the period of the run, there are no others. freshness_minutes is no sum but the greatest of
-- them.
with asked as (
    {{ asked_number() }}
),

records as (
    select
        'freshness_minutes' as kpi_id,
        'entity' as record_kind,
        concat(source_system, '.', entity) as record_key,
        cast(known_until as date) as happened_on,
        concat(source_system, '.', entity) as entity,
        cast(null as string) as owner_key,
        cast(null as string) as set_aside_because,
        cast(age_minutes as decimal(38, 10)) as numerator,
        cast(null as decimal(38, 10)) as denominator
    from {{ ref('fct_data_states') }}
    union all
    select
        'reconciliation_gap' as kpi_id,
        'entity' as record_kind,
        concat(source_system, '.', entity) as record_key,
        cast(null as date) as happened_on,
        concat(source_system, '.', entity) as entity,
        cast(null as string) as owner_key,
        cast(null as string) as set_aside_because,
        row_gap as numerator,
        vendor_row_count as denominator
    from {{ ref('fct_data_states') }}
    where vendor_row_count is not null
    union all
    select
        'completeness' as kpi_id,
        'field' as record_kind,
        concat_ws(' ', entity, field, owner_key) as record_key,
        cast(null as date) as happened_on,
        entity,
        owner_key,
        cast(null as string) as set_aside_because,
        filled_count as numerator,
        record_count as denominator
    from {{ ref('fct_required_fields') }}
    union all
    select
        'quarantined_rows' as kpi_id,
        'row' as record_kind,
        concat_ws(' ', file_name, sheet_name, cast(sheet_row as string)) as record_key,
        cast(null as date) as happened_on,
        entity,
        cast(null as string) as owner_key,
        reason as set_aside_because,
        1 as numerator,
        cast(null as decimal(38, 10)) as denominator
    from {{ ref('fct_quarantined_rows') }}
),

record_rows as (
    select
        asked.dimension,
        asked.dimension_key,
        records.*,
        cast(null as string) as reason
    from asked
    inner join records on asked.kpi_id = records.kpi_id
    where
        asked.dimension_key = case asked.dimension
            when 'entity' then records.entity
            when 'owner' then records.owner_key
            when 'reason' then records.set_aside_because
            else 'total'
        end
)

{{ rows_behind(['record_rows']) }}
