-- How far the calendar of the business goes: from the first fact on, whatever its kind
-- (macros/calendar.sql), so that the months of a quarter hold all that the quarter holds. Excluded
-- records do not stretch it: they leave every KPI.
with first_facts as (
    {%- for fact in dated_facts() %}
        {% if not loop.first %}union all{% endif %}
        select
            {% if fact.on %}min({{ fact.on }})
            {% else %}{{ to_business_date('min(' ~ fact.at ~ ')') }}
            {% endif %} as first_on
        from {{ fact.relation }}
        where {{ fact.where }} and {{ fact_is_in_calendar(fact) }}
    {%- endfor %}
),

spine as (
    select
        cast(
            date_trunc(
                'month', least(coalesce(min(first_on), {{ as_of_date() }}), {{ as_of_date() }})
            ) as date
        ) as first_month_on,
        {{ as_of_date() }} as as_of_on
    from first_facts
)

-- A year to spare on both sides holds every whole period of the spine, whatever the fiscal year.
select
    first_month_on,
    as_of_on,
    make_date(cast(extract(year from first_month_on) as integer) - 1, 1, 1) as first_day,
    {{ calendar_last_day() }} as last_day
from spine
