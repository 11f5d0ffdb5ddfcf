{# Whole milliseconds from one UTC timestamp to a later one. Integers add up to the same sum in any
   order of the rows, seconds as doubles do not. #}
{% macro milliseconds_between(start, end) -%}
    {{ adapter.dispatch('milliseconds_between')(start, end) }}
{%- endmacro %}

{% macro duckdb__milliseconds_between(start, end) -%}
    (epoch_ms({{ end }}) - epoch_ms({{ start }}))
{%- endmacro %}

{% macro spark__milliseconds_between(start, end) -%}
    (unix_millis({{ end }}) - unix_millis({{ start }}))
{%- endmacro %}
