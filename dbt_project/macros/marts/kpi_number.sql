{# The one number type of the KPI contract. A double in a union would blur money: cast each part. #}
{% macro kpi_number(expression) -%}
    cast({{ expression }} as decimal(38, 10))
{%- endmacro %}
