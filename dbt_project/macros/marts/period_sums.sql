{# What adds up, summed by period: from a relation with date_day, dimension, dimension_key and
   dimension_value, one row per day or more. Reads the calendar from the CTEs `days` and `periods` of
   the model. Every period has its total, also an empty one. #}
{% macro period_sums(relation, sums) -%}
    select
        period_grain,
        period_start,
        dimension,
        dimension_key,
        dimension_value,
        {%- for column in sums %}
        sum({{ column }}) as {{ column }}{{ "," if not loop.last }}
        {%- endfor %}
    from (
        select
            days.period_grain,
            days.period_start,
            daily.dimension,
            daily.dimension_key,
            daily.dimension_value,
            {%- for column in sums %}
            daily.{{ column }}{{ "," if not loop.last }}
            {%- endfor %}
        from {{ relation }} as daily
        inner join days on daily.date_day = days.date_day
        union all
        select
            period_grain,
            period_start,
            'total' as dimension,
            'total' as dimension_key,
            'total' as dimension_value,
            {%- for column in sums %}
            0 as {{ column }}{{ "," if not loop.last }}
            {%- endfor %}
        from periods
    ) as placed
    group by period_grain, period_start, dimension, dimension_key, dimension_value
{%- endmacro %}
