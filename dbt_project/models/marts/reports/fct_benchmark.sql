{% set own_sector -%}
    '{{ var("business_sector") | trim | lower | replace("'", "''") }}'
{%- endset %}
-- One's own last two complete quarters and years beside what the sector says of itself. A segment
-- is matched to a value of any dimension by its text; without one, or if it is the sector that one
-- is in oneself (business_sector), it is the whole, or the country that the source speaks of.
with benchmarks as (
    select * from {{ ref('int_crm__benchmarks') }}
),

periods as (
    select * from {{ ref('dim_period') }}
    where period_grain in ('quarter', 'year') and is_complete
),

kpi_values as (
    select * from {{ ref('fct_kpi_values') }}
),

catalogue as (
    select * from {{ ref('dim_kpi') }}
),

ranked as (
    select
        *,
        row_number() over (partition by period_grain order by period_start desc) as newest_first
    from periods
),

named as (
    select
        *,
        case
            when coalesce(lower({{ text_or_null('segment') }}), {{ own_sector }}) = {{ own_sector }}
                then lower(coalesce(country_code, 'total'))
            -- Of a segment in one country nobody has a number of their own.
            when country_code is null then lower({{ text_or_null('segment') }})
        end as segment_text
    from benchmarks
),

compared as (
    select
        named.benchmark_key,
        named.kpi_id,
        named.segment,
        named.country_code,
        named.benchmark_value,
        named.source_name,
        named.source_date,
        ranked.period_grain,
        ranked.period_start,
        ranked.period_end,
        kpi_values.dimension,
        kpi_values.dimension_key,
        kpi_values.value as own_value,
        kpi_values.n as own_n,
        row_number() over (
            partition by named.benchmark_key, ranked.period_grain, ranked.period_start
            order by kpi_values.dimension asc nulls last, kpi_values.dimension_key asc nulls last
        ) as choice
    from named
    inner join ranked on ranked.newest_first <= 2
    left join kpi_values
        on
            named.kpi_id = kpi_values.kpi_id
            and ranked.period_grain = kpi_values.period_grain
            and ranked.period_start = kpi_values.period_start
            and named.segment_text = lower(kpi_values.dimension_value)
)

select
    compared.benchmark_key,
    compared.kpi_id,
    compared.segment,
    compared.country_code,
    compared.period_grain,
    compared.period_start,
    compared.period_end,
    compared.dimension,
    compared.dimension_key,
    cast(compared.own_value as double) as own_value,
    compared.own_n,
    cast(compared.benchmark_value as double) as benchmark_value,
    cast(compared.own_value as double) - cast(compared.benchmark_value as double) as difference,
    case
        when compared.own_value is null or catalogue.better = 'neither' then 'not_comparable'
        when compared.own_value = compared.benchmark_value then 'same'
        when (compared.own_value > compared.benchmark_value) = (catalogue.better = 'up')
            then 'better'
        else 'worse'
    end as standing,
    compared.source_name,
    compared.source_date,
    cast({{ days_between('compared.source_date', as_of_date()) }} as bigint) as source_age_days
from compared
inner join catalogue on compared.kpi_id = catalogue.kpi_id
where compared.choice = 1
