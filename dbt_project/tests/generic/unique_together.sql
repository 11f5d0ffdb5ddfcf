{# The columns are the key: no row repeats them, and none of them is null. #}
{% test unique_together(model, columns) %}
select {{ columns | join(', ') }}
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1 or {% for column in columns -%}
    count({{ column }}) = 0{% if not loop.last %} or {% endif %}
{%- endfor %}
{% endtest %}
