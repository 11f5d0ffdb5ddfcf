{# The share-th quantile, interpolated, as a double on both engines; null without any value. #}
{% macro percentile(share, expression) -%}
    percentile_cont({{ share }}) within group (order by cast({{ expression }} as double))
{%- endmacro %}

{# The same out of equal values that were counted first: `through` is how many values of the group
   are no larger than the row's, `total` how many there are. #}
{% macro percentile_of_counted(share, value, through, total) -%}
    {%- set place = 'cast(' ~ share ~ ' as double) * (' ~ total ~ ' - 1)' -%}
    {%- set lower = 'min(case when ' ~ through ~ ' > floor(' ~ place ~ ') then ' ~ value ~ ' end)' -%}
    {%- set upper = 'min(case when ' ~ through ~ ' > ceil(' ~ place ~ ') then ' ~ value ~ ' end)' -%}
    {{ lower }} + ({{ upper }} - {{ lower }}) * max({{ place }} - floor({{ place }}))
{%- endmacro %}
