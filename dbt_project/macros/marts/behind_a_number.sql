{# One number of a family, as asked for by the var `behind`: its KPI, period and dimension. What is
   not given is the KPI named here, the month of the run, and the total. #}
{% macro asked_number(family, kpi_id) -%}
    {%- set behind = var('behind', {}) -%}
    {%- set asked = behind[family] if behind is mapping and family in behind else {} -%}
    select
        '{{ asked.get("kpi_id", kpi_id) }}' as kpi_id,
        '{{ asked.get("dimension", "total") }}' as dimension,
        '{{ asked.get("dimension_key", "total") }}' as dimension_key,
        period_grain,
        period_start,
        period_end,
        period_start_at,
        measured_at,
        measured_on
    from {{ ref('dim_period') }}
    where
        period_grain = '{{ asked.get("period_grain", "month") }}'
        {%- if 'period_start' in asked %}
        and period_start = cast('{{ asked["period_start"] }}' as date)
        {%- else %}
        and period_start <= {{ as_of_date() }}
        and period_end > {{ as_of_date() }}
        {%- endif %}
{%- endmacro %}

{# The key of a record in the dimension that was asked for. #}
{% macro asked_key(columns) -%}
    case asked.dimension
        when 'total' then 'total'
        {%- for dimension, column in columns.items() %}
        when '{{ dimension }}' then coalesce({{ column }}, 'unknown')
        {%- endfor %}
    end
{%- endmacro %}
