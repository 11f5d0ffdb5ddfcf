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

{# The three percentiles that kpi_duration_rows reads, as `percentile` has them. #}
{% macro duration_percentiles(expression, prefix) -%}
    {{ adapter.dispatch('duration_percentiles')(expression, prefix) }}
{%- endmacro %}

{# One list of three, three times the same text: the values are kept and sorted once. #}
{% macro duckdb__duration_percentiles(expression, prefix) -%}
    {%- set shares = 'quantile_cont(cast(' ~ expression ~ ' as double), [0.5, 0.75, 0.9])' -%}
    {{ shares }}[1] as {{ prefix }}_median,
    {{ shares }}[2] as {{ prefix }}_p75,
    {{ shares }}[3] as {{ prefix }}_p90
{%- endmacro %}

{% macro spark__duration_percentiles(expression, prefix) -%}
    {{ percentile(0.5, expression) }} as {{ prefix }}_median,
    {{ percentile(0.75, expression) }} as {{ prefix }}_p75,
    {{ percentile(0.9, expression) }} as {{ prefix }}_p90
{%- endmacro %}

{# Milliseconds from one UTC timestamp to a later one, whole, so that their sums have one result. #}
{% macro whole_milliseconds(start, end) -%}
    cast(round({{ seconds_between(start, end) }} * 1000) as bigint)
{%- endmacro %}

{# Sums of some of the columns by day and dimension, 0 in the others: the parts of a union that
   measures several kinds of records on one grain. #}
{% macro sparse_sums(relation, columns, expressions) -%}
    select
        date_day,
        dimension,
        dimension_key,
        dimension_value,
        {%- for column in columns %}
        {% if column in expressions -%}
            coalesce(sum({{ expressions[column] }}), 0) as {{ column }}
        {%- else -%}
            0 as {{ column }}
        {%- endif %}{{ "," if not loop.last }}
        {%- endfor %}
    from {{ relation }}
    group by date_day, dimension, dimension_key, dimension_value
{%- endmacro %}

{# Sums over a window of the last days, for every day of the calendar in the CTE `dates` and every
   value of a dimension: each day's sums come in on their day and go out `length` days later; without
   a length nothing goes out. Windows over all days of all values would be far more rows. #}
{% macro trailing_sums(relation, sums, length=none) -%}
    select
        grid.date_day,
        grid.dimension,
        grid.dimension_key,
        grid.dimension_value,
        {%- for column in sums %}
        sum(coalesce(changes.{{ column }}, 0)) over (
            partition by grid.dimension, grid.dimension_key
            order by grid.date_day asc
            rows between unbounded preceding and current row
        ) as {{ column }}{{ "," if not loop.last }}
        {%- endfor %}
    from (
        select
            dates.date_day,
            members.dimension,
            members.dimension_key,
            members.dimension_value
        from dates
        cross join (
            select distinct
                dimension,
                dimension_key,
                dimension_value
            from {{ relation }}
        ) as members
    ) as grid
    left join (
        select
            date_day,
            dimension,
            dimension_key,
            {%- for column in sums %}
            sum({{ column }}) as {{ column }}{{ "," if not loop.last }}
            {%- endfor %}
        from (
            select
                date_day,
                dimension,
                dimension_key,
                {{ sums | join(', ') }}
            from {{ relation }}
            {%- if length is not none %}
            union all
            select
                {{ add_days('date_day', length) }} as date_day,
                dimension,
                dimension_key,
                {%- for column in sums %}
                -{{ column }} as {{ column }}{{ "," if not loop.last }}
                {%- endfor %}
            from {{ relation }}
            {%- endif %}
        ) as moved
        group by date_day, dimension, dimension_key
    ) as changes
        on
            grid.date_day = changes.date_day
            and grid.dimension = changes.dimension
            and grid.dimension_key = changes.dimension_key
{%- endmacro %}
