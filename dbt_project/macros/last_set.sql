{# The last value that is not null; an `over` with a window follows. #}
{% macro last_set(column) -%}
    {{ adapter.dispatch('last_set')(column) }}
{%- endmacro %}

{% macro duckdb__last_set(column) -%}
    last_value({{ column }} ignore nulls)
{%- endmacro %}

{% macro spark__last_set(column) -%}
    last_value({{ column }}) ignore nulls
{%- endmacro %}
