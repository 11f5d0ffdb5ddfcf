{# Every key that is given names a row of the other model. `links`: column to {to, field}. #}
{% test links_exist(model, links) %}
select
    'none' as link,
    cast(null as string) as missing_key
where 1 = 0
{% for column, link in links.items() %}
    union all
    select
        '{{ column }}' as link,
        cast(source.{{ column }} as string) as missing_key
    from {{ model }} as source
    anti join {{ link.to }} as target
        on source.{{ column }} = target.{{ link.field or column }}
    where source.{{ column }} is not null
{% endfor %}
{% endtest %}
