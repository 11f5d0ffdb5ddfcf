{# Several records that are one: the leading one speaks first, and what it does not know the others
   may. `records` has record_key, record_number (the order of speaking), is_leading, copy_number
   (1 = speaks for its CRM), match_rule and match_confidence. Most records lead and go straight
   through; the wide aggregate is over the few copies only, a row per key, however many they are. #}
{% macro copies_of_records(columns, instants, ids) -%}
copies as (
    select
        record_key,
        {%- for column in columns %}
        min_by({{ column }}, record_number)
            filter (where copy_number = 1 and {{ column }} is not null) as {{ column }},
        {%- endfor %}
        {%- for instant in instants %}
        min({{ instant }}) as {{ instant }},
        {%- endfor %}
        {%- for id, condition in ids.items() %}
        max(case when copy_number = 1 and {{ condition }} then vendor_id end) as {{ id }},
        {%- endfor %}
        -- Of several matches the least certain one speaks for the whole.
        min_by(match_rule, match_confidence)
            filter (where copy_number = 1 and match_confidence is not null) as match_rule,
        min(match_confidence) filter (where copy_number = 1) as match_confidence
    from records
    where not is_leading
    group by record_key
),

led as (
    select
        leaders.record_key,
        leaders.is_deleted,
        {%- for column in columns %}
        coalesce(leaders.{{ column }}, copies.{{ column }}) as {{ column }},
        {%- endfor %}
        {%- for instant in instants %}
        least(leaders.{{ instant }}, copies.{{ instant }}) as {{ instant }},
        {%- endfor %}
        {%- for id, condition in ids.items() %}
        case when {{ condition }} then leaders.vendor_id else copies.{{ id }} end as {{ id }},
        {%- endfor %}
        coalesce(copies.match_rule, 'single') as match_rule,
        copies.match_confidence
    from records as leaders
    left join copies on leaders.record_key = copies.record_key
    where leaders.is_leading
)
{%- endmacro %}
