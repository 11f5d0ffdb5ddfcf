{# The numbers of a family that an analysis explains. Without variables: every KPI of the family, in
   total, in the newest complete month. The variables number_kpi, number_grain, number_start,
   number_dimension and number_key narrow it; a dimension without a key asks for all its values. #}
{% macro asked_numbers(family) -%}
    {%- set grain = var('number_grain', 'month') -%}
    {%- set kpi = var('number_kpi', none) -%}
    {%- set key = var('number_key', none) -%}
    {%- set start = var('number_start', none) -%}
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
        and kpi_values.dimension = '{{ var("number_dimension", "total") }}'
        {% if kpi is not none %}and kpi_values.kpi_id = '{{ kpi }}'{% endif %}
        {% if key is not none %}and kpi_values.dimension_key = '{{ key }}'{% endif %}
        {% if start is not none %}
        and kpi_values.period_start = cast('{{ start }}' as date)
        {% else %}
        and kpi_values.period_start = (
            select max(newest.period_start)
            from {{ ref('dim_period') }} as newest
            where newest.is_complete and newest.period_grain = '{{ grain }}'
        )
        {% endif %}
{%- endmacro %}
