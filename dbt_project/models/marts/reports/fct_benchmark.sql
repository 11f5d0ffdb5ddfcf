-- One's own last two complete quarters and years beside what the sector says of itself. Which own
-- value that is:
--   of a whole sector, or without a segment: one's own total, or one's own in the country;
--   of a segment: one's own in the dimension that is told, else in the one where the text is found;
--   of a segment in a country: none, since one's own values are of the one or of the other.
-- What finds no own value, or more than one, has its row with the reason.
with benchmarks as (
    select
        *,
        segment is null or coalesce(segment_dimension = 'sector', false) as is_of_all
    from {{ ref('int_crm__benchmarks') }}
),

-- The period that runs stands in where the company is too young for two complete ones.
periods as (
    select
        *,
        row_number() over (
            partition by period_grain order by is_complete desc, period_start desc
        ) as choice
    from {{ ref('dim_period') }}
    where period_grain in ('quarter', 'year')
),

kpi_values as (
    select * from {{ ref('fct_kpi_values') }}
),

catalogue as (
    select * from {{ ref('dim_kpi') }}
),

own_segments as (
    select distinct
        kpi_id,
        dimension,
        dimension_key,
        lower(dimension_value) as segment_text
    from kpi_values
    where
        dimension in (
            'industry', 'size_band', 'country', 'lead_source', 'deal_type', 'product_family',
            'pipeline'
        )
        and dimension_key <> 'unknown'
),

found as (
    select
        benchmarks.benchmark_key,
        count(*) as found_count,
        min(own_segments.dimension) as dimension,
        min(own_segments.dimension_key) as dimension_key
    from benchmarks
    inner join own_segments
        on
            benchmarks.kpi_id = own_segments.kpi_id
            and lower(benchmarks.segment) = own_segments.segment_text
            and coalesce(benchmarks.segment_dimension, own_segments.dimension)
            = own_segments.dimension
    where not benchmarks.is_of_all
    group by benchmarks.benchmark_key
),

placed as (
    select
        benchmarks.*,
        case
            when benchmarks.is_of_all and benchmarks.country_code is null then 'total'
            when benchmarks.is_of_all then 'country'
            when found.found_count = 1 and benchmarks.country_code is null then found.dimension
        end as dimension,
        case
            when benchmarks.is_of_all then coalesce(benchmarks.country_code, 'total')
            when found.found_count = 1 and benchmarks.country_code is null
                then found.dimension_key
        end as dimension_key,
        catalogue.better,
        case
            when catalogue.kpi_id is null then 'unknown_kpi'
            when benchmarks.is_of_all then null
            when found.found_count is null then 'unknown_segment'
            when found.found_count > 1 then 'ambiguous_segment'
            when benchmarks.country_code is not null then 'segment_in_country'
        end as missing_reason
    from benchmarks
    left join found on benchmarks.benchmark_key = found.benchmark_key
    left join catalogue on benchmarks.kpi_id = catalogue.kpi_id
),

compared as (
    select
        placed.*,
        periods.period_grain,
        periods.period_start,
        periods.period_end,
        periods.is_complete,
        cast(kpi_values.value as double) as own_value,
        kpi_values.n as own_n
    from placed
    inner join periods on periods.choice <= 2
    left join kpi_values
        on
            case when periods.is_complete then placed.kpi_id end = kpi_values.kpi_id
            and periods.period_grain = kpi_values.period_grain
            and periods.period_start = kpi_values.period_start
            and placed.dimension = kpi_values.dimension
            and placed.dimension_key = kpi_values.dimension_key
)

select
    benchmark_key,
    kpi_id,
    segment,
    segment_dimension,
    country_code,
    period_grain,
    period_start,
    period_end,
    dimension,
    dimension_key,
    own_value,
    own_n,
    cast(benchmark_value as double) as benchmark_value,
    own_value - cast(benchmark_value as double) as difference,
    case
        when own_value is null or better = 'neither' then 'not_comparable'
        when own_value = benchmark_value then 'same'
        when (own_value > benchmark_value) = (better = 'up') then 'better'
        else 'worse'
    end as standing,
    case
        when own_value is null
            then coalesce(
                missing_reason,
                case when is_complete then 'no_value' else 'incomplete_period' end
            )
    end as missing_reason,
    source_name,
    source_date,
    cast({{ days_between('source_date', as_of_date()) }} as bigint) as source_age_days
from compared
