{# A ratio as a double; null, never an error and never 0, when there is nothing to divide by. #}
{% macro safe_divide(numerator, denominator) -%}
    (cast({{ numerator }} as double) / nullif(cast({{ denominator }} as double), 0))
{%- endmacro %}

{# Money in the reporting currency, to the cent, half away from zero, decimals all the way. #}
{% macro to_base_currency(amount, rate_to_base) -%}
    cast(
        round(cast({{ amount }} as decimal(18, 2)) * cast({{ rate_to_base }} as decimal(18, 8)), 2)
        as decimal(18, 2)
    )
{%- endmacro %}
