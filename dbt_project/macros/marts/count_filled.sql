{# Per owner and field of a relation: how many records there are, and how many meet the field's
   condition. #}
{% macro count_filled(entity, relation, owner_key, conditions) -%}
    {%- for field, condition in conditions.items() %}
    select
        '{{ entity }}' as entity,
        '{{ field }}' as field,
        {{ owner_key }} as owner_key,
        count(*) as record_count,
        count_if({{ condition }}) as filled_count
    from {{ relation }}
    group by {{ owner_key }}
    {{ "union all" if not loop.last }}
    {%- endfor %}
{%- endmacro %}
