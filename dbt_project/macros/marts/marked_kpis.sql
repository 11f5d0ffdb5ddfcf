{# The two best and the two weakest KPIs of a rep as columns: what they are called, where the rep
   stands, and for the weakest the hint. #}
{% macro marked_kpis() -%}
    {%- set columns = ['kpi_id', 'label_en', 'label_es', 'label_pt'] -%}
    {%- set hints = ['hint_en', 'hint_es', 'hint_pt'] -%}
    {%- for mark, marked in {'strength': columns, 'weakness': columns + hints}.items() -%}
        {%- for number in [1, 2] -%}
            {%- for column in marked %}
        max(case when {{ mark }} = {{ number }} then {{ column }} end)
            as {{ mark }}_{{ number }}_{{ column }},
            {%- endfor %}
        max(case when {{ mark }} = {{ number }} then company_percentile end)
            as {{ mark }}_{{ number }}_percentile{{ ',' if not (mark == 'weakness' and number == 2) }}
        {%- endfor -%}
    {%- endfor %}
{%- endmacro %}
