{# Whole calendar months from the month of one day to the month of another. #}
{% macro months_between(start, end) -%}
    cast(
        (extract(year from {{ end }}) - extract(year from {{ start }})) * 12
        + extract(month from {{ end }}) - extract(month from {{ start }})
        as integer
    )
{%- endmacro %}
