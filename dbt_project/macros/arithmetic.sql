{# A ratio as a double; null, never an error and never 0, when there is nothing to divide by. #}
{% macro safe_divide(numerator, denominator) -%}
    (cast({{ numerator }} as double) / nullif(cast({{ denominator }} as double), 0))
{%- endmacro %}

{# A number of the raw tables, decimal(38, 10), as a decimal of 18 digits; null where it does not fit.
   With up to eight digits before the point it is rounded in 64 bits, which is many times faster than
   in 128; only the others go the long way. #}
{% macro to_decimal(number, scale) -%}
    coalesce(
        try_cast(try_cast({{ number }} as decimal(18, 10)) as decimal(18, {{ scale }})),
        try_cast({{ number }} as decimal(18, {{ scale }}))
    )
{%- endmacro %}

{# Money in the reporting currency, to the cent, half away from zero, decimals all the way. The 19
   digits keep an amount of many millions from overflowing: 18 times 18 would have 18 again. #}
{% macro to_base_currency(amount, rate_to_base) -%}
    {{ to_decimal(
        "cast(" ~ amount ~ " as decimal(19, 2)) * cast(" ~ rate_to_base ~ " as decimal(18, 8))", 2
    ) }}
{%- endmacro %}

{# Money times its probability, to ten decimals: in 64 bits below a million, as most deals are. The
   19 digits keep a deal of more than that from overflowing. #}
{% macro weighted_amount(amount, probability) -%}
    {%- set product -%}
        cast({{ amount }} as decimal(19, 2)) * cast({{ probability }} as decimal(18, 10))
    {%- endset -%}
    coalesce(
        try_cast(try_cast({{ product }} as decimal(18, 12)) as decimal(18, 10)),
        cast({{ product }} as decimal(38, 10))
    )
{%- endmacro %}
