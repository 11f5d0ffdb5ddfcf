{# Each condition is true of every row; a condition that comes out as null is not true. #}
{% test always_true(model, conditions) %}
select rows_checked.*
from {{ model }} as rows_checked
where not (
    true
    {% for condition in conditions %}
    and coalesce({{ condition }}, false)
    {% endfor %}
)
{% endtest %}
