{# The share-th quantile, interpolated, as a double on both engines; null without any value. #}
{% macro percentile(share, expression) -%}
    percentile_cont({{ share }}) within group (order by cast({{ expression }} as double))
{%- endmacro %}
