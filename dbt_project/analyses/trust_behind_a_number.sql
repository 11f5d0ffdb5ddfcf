-- From a KPI of the family `trust` to the entities, fields and rows behind it, as of the run:
--   dbt compile --select trust_behind_a_number --vars '{as_of: ..., number_kpi: completeness,
--     number_grain: month, number_start: 2026-11-01}'
-- Ask for the period of the run: there are no others. The numerators add up to the KPI's, but for
-- freshness_minutes, which is the greatest of them.
with asked as (
    {{ asked_numbers('trust') }}
),

data_states as (
    select * from {{ ref('fct_data_states') }}
),

required_fields as (
    select * from {{ ref('fct_required_fields') }}
),

quarantined as (
    select * from {{ ref('fct_quarantined_rows') }}
),

records as (
    select
        'freshness_minutes' as kpi_id,
        concat(source_system, '.', entity) as entity,
        cast(null as string) as owner_key,
        cast(null as string) as reason,
        cast(known_until as string) as told,
        cast(age_minutes as decimal(38, 10)) as numerator,
        cast(null as decimal(38, 10)) as denominator
    from data_states
    union all
    select
        'reconciliation_gap' as kpi_id,
        concat(source_system, '.', entity) as entity,
        cast(null as string) as owner_key,
        cast(null as string) as reason,
        cast(raw_row_count as string) as told,
        cast(row_gap as decimal(38, 10)) as numerator,
        cast(vendor_row_count as decimal(38, 10)) as denominator
    from data_states
    where vendor_row_count is not null
    union all
    select
        'completeness' as kpi_id,
        entity,
        owner_key,
        cast(null as string) as reason,
        field as told,
        cast(filled_count as decimal(38, 10)) as numerator,
        cast(record_count as decimal(38, 10)) as denominator
    from required_fields
    union all
    select
        'quarantined_rows' as kpi_id,
        entity,
        cast(null as string) as owner_key,
        reason,
        concat_ws(' ', file_name, sheet_name, cast(sheet_row as string)) as told,
        cast(1 as decimal(38, 10)) as numerator,
        cast(null as decimal(38, 10)) as denominator
    from quarantined
)

select
    asked.kpi_id,
    asked.period_grain,
    asked.period_start,
    asked.dimension,
    asked.dimension_key,
    asked.dimension_value,
    records.entity,
    records.told,
    records.numerator,
    records.denominator
from asked
inner join records on asked.kpi_id = records.kpi_id
where
    asked.dimension_key = case asked.dimension
        when 'entity' then records.entity
        when 'owner' then records.owner_key
        when 'reason' then records.reason
        else 'total'
    end
