{# The numbers of a family that an analysis explains. Without the variable `number`: every KPI of the
   family, in total, in the newest complete month. With it, what it names: kpi_id, period_grain,
   period_start, dimension, dimension_key; a dimension without a key asks for all its values. #}
{% macro asked_numbers(family) -%}
    {%- set number = var('number', {}) -%}
    {%- set grain = number.get('period_grain', 'month') -%}
    select
        kpi_values.kpi_id,
        kpi_values.period_grain,
        kpi_values.period_start,
        kpi_values.period_end,
        periods.measured_at,
        periods.measured_on,
        kpi_values.dimension,
        kpi_values.dimension_key,
        kpi_values.dimension_value
    from {{ ref('fct_kpi_values') }} as kpi_values
    inner join {{ ref('dim_kpi') }} as catalogue on kpi_values.kpi_id = catalogue.kpi_id
    inner join {{ ref('dim_period') }} as periods
        on
            kpi_values.period_grain = periods.period_grain
            and kpi_values.period_start = periods.period_start
    where
        catalogue.family = '{{ family }}'
        and kpi_values.period_grain = '{{ grain }}'
        and kpi_values.dimension = '{{ number.get("dimension", "total") }}'
        {%- if 'kpi_id' in number %}
        and kpi_values.kpi_id = '{{ number["kpi_id"] }}'
        {%- endif %}
        {%- if 'dimension_key' in number %}
        and kpi_values.dimension_key = '{{ number["dimension_key"] }}'
        {%- endif %}
        {%- if 'period_start' in number %}
        and kpi_values.period_start = cast('{{ number["period_start"] }}' as date)
        {%- else %}
        and kpi_values.period_start = (
            select max(newest.period_start)
            from {{ ref('dim_period') }} as newest
            where newest.is_complete and newest.period_grain = '{{ grain }}'
        )
        {%- endif %}
{%- endmacro %}
