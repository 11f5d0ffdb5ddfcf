{# How a value stands to what is asked for so far: on_track, at_risk (within var at_risk_share of
   it), off_track, or no_goal. Where less is better, the goal is a ceiling. #}
{% macro goal_status(value, goal_to_date, better) -%}
    case
        when {{ goal_to_date }} is null or {{ value }} is null then 'no_goal'
        when {{ better }} = 'down' and {{ value }} <= {{ goal_to_date }} then 'on_track'
        when {{ better }} = 'down' and {{ value }} * {{ var('at_risk_share') }} <= {{ goal_to_date }}
            then 'at_risk'
        when {{ better }} = 'down' then 'off_track'
        when {{ value }} >= {{ goal_to_date }} then 'on_track'
        when {{ value }} >= {{ goal_to_date }} * {{ var('at_risk_share') }} then 'at_risk'
        else 'off_track'
    end
{%- endmacro %}
