{# The rows of one KPI in the one contract, from a relation that holds period_grain, period_start,
   dimension, dimension_key and dimension_value beside its sums. With numerator and denominator it is
   a ratio, with a numerator alone a sum, with a value alone a percentile or an estimate. #}
{% macro kpi_rows(
    kpi_id, relation, n, numerator=none, denominator=none, value=none, is_mature=none, where=none
) -%}
    {%- if value is none and numerator is none -%}
        {{ exceptions.raise_compiler_error("kpi_rows of " ~ kpi_id ~ ": give numerator or value") }}
    {%- endif -%}
    select
        '{{ kpi_id }}' as kpi_id,
        period_grain,
        period_start,
        dimension,
        dimension_key,
        dimension_value,
        {{ kpi_number(numerator or 'null') }} as numerator,
        {{ kpi_number(denominator or 'null') }} as denominator,
        {%- if value is not none %}
        {{ kpi_number(value) }} as value,
        {%- elif denominator is not none %}
        {{ kpi_number(safe_divide(numerator, denominator)) }} as value,
        {%- else %}
        {{ kpi_number(numerator) }} as value,
        {%- endif %}
        cast({{ n }} as bigint) as n,
        cast({{ is_mature or 'null' }} as boolean) as is_mature
    from {{ relation }}
    {%- if where is not none %}
    where {{ where }}
    {%- endif %}
{%- endmacro %}

{# Mean, median, 75th and 90th percentile side by side: kpi_id, kpi_id_median, _p75 and _p90. The
   relation holds the sum and the number of the durations, and the three percentiles as columns
   named <prefix>_median, <prefix>_p75 and <prefix>_p90. #}
{% macro kpi_duration_rows(kpi_id, relation, total, n, prefix, is_mature=none, where=none) -%}
    {{ kpi_rows(kpi_id, relation, n, total, n, is_mature=is_mature, where=where) }}
    {%- for share in ['median', 'p75', 'p90'] %}
    union all
    {{ kpi_rows(
        kpi_id ~ '_' ~ share, relation, n, value=prefix ~ '_' ~ share, is_mature=is_mature,
        where=where
    ) }}
    {%- endfor %}
{%- endmacro %}

{# Each row of a relation once per dimension that it belongs to, `total` always among them. A
   dimension is a name and its key column, or its key and label columns; a missing value is
   `unknown`, so that the parts of an additive KPI add up to its total. #}
{% macro by_dimension(relation, columns, dimensions) -%}
    select
        {%- for column in columns %}
        {{ column }},
        {%- endfor %}
        'total' as dimension,
        'total' as dimension_key,
        'total' as dimension_value
    from {{ relation }}
    {%- for dimension, named in dimensions.items() %}
    {%- set named = [named] if named is string else named %}
    union all
    select
        {%- for column in columns %}
        {{ column }},
        {%- endfor %}
        '{{ dimension }}' as dimension,
        coalesce({{ named[0] }}, 'unknown') as dimension_key,
        coalesce({{ named[-1] }}, 'unknown') as dimension_value
    from {{ relation }}
    {%- endfor %}
{%- endmacro %}
