{# Whole days from one date or timestamp to a later one; negative when they are swapped. #}
{% macro days_between(start, end) -%}
    {{ adapter.dispatch('days_between')(start, end) }}
{%- endmacro %}

{% macro duckdb__days_between(start, end) -%}
    date_diff('day', cast({{ start }} as date), cast({{ end }} as date))
{%- endmacro %}

{% macro spark__days_between(start, end) -%}
    datediff(cast({{ end }} as date), cast({{ start }} as date))
{%- endmacro %}

{# Seconds from one UTC timestamp to a later one, as a double. #}
{% macro seconds_between(start, end) -%}
    {{ adapter.dispatch('seconds_between')(start, end) }}
{%- endmacro %}

{% macro duckdb__seconds_between(start, end) -%}
    (epoch({{ end }}) - epoch({{ start }}))
{%- endmacro %}

{% macro spark__seconds_between(start, end) -%}
    (cast({{ end }} as double) - cast({{ start }} as double))
{%- endmacro %}

{# A date some days later. Both engines answer with a date, not a timestamp. #}
{% macro add_days(day, days) -%}
    {{ adapter.dispatch('add_days')(day, days) }}
{%- endmacro %}

{% macro duckdb__add_days(day, days) -%}
    (cast({{ day }} as date) + cast({{ days }} as integer))
{%- endmacro %}

{% macro spark__add_days(day, days) -%}
    date_add(cast({{ day }} as date), cast({{ days }} as int))
{%- endmacro %}

{# A UTC timestamp some milliseconds later. #}
{% macro add_milliseconds(instant, milliseconds) -%}
    {{ adapter.dispatch('add_milliseconds')(instant, milliseconds) }}
{%- endmacro %}

{% macro duckdb__add_milliseconds(instant, milliseconds) -%}
    ({{ instant }} + to_milliseconds(cast({{ milliseconds }} as bigint)))
{%- endmacro %}

{% macro spark__add_milliseconds(instant, milliseconds) -%}
    timestampadd(millisecond, cast({{ milliseconds }} as bigint), {{ instant }})
{%- endmacro %}

{# Monday is 1, Sunday is 7. #}
{% macro iso_weekday(day) -%}
    {{ adapter.dispatch('iso_weekday')(day) }}
{%- endmacro %}

{% macro duckdb__iso_weekday(day) -%}
    isodow({{ day }})
{%- endmacro %}

{% macro spark__iso_weekday(day) -%}
    (weekday({{ day }}) + 1)
{%- endmacro %}

{# The day on the business's calendar of a UTC timestamp. #}
{% macro to_business_date(instant) -%}
    {{ adapter.dispatch('to_business_date')(instant) }}
{%- endmacro %}

{% macro duckdb__to_business_date(instant) -%}
    {#- As UTC by its number: reading it as a clock in UTC costs as much again as the zone itself. -#}
    cast(
        make_timestamptz(epoch_us({{ instant }})) at time zone '{{ var("business_timezone") }}' as date
    )
{%- endmacro %}

{% macro spark__to_business_date(instant) -%}
    cast(from_utc_timestamp({{ instant }}, '{{ var("business_timezone") }}') as date)
{%- endmacro %}

{# The UTC timestamp of the first instant of a business day. #}
{% macro business_day_start(day) -%}
    {{ adapter.dispatch('business_day_start')(day) }}
{%- endmacro %}

{% macro duckdb__business_day_start(day) -%}
    (cast({{ day }} as timestamp) at time zone '{{ var("business_timezone") }}') at time zone 'UTC'
{%- endmacro %}

{% macro spark__business_day_start(day) -%}
    to_utc_timestamp(cast({{ day }} as timestamp), '{{ var("business_timezone") }}')
{%- endmacro %}

{# A query with one row per day, both ends included: a column `date_day`. #}
{% macro date_spine(first_day, last_day) -%}
    {{ adapter.dispatch('date_spine')(first_day, last_day) }}
{%- endmacro %}

{% macro duckdb__date_spine(first_day, last_day) -%}
    select cast(unnest(generate_series(
        cast({{ first_day }} as timestamp), cast({{ last_day }} as timestamp), interval '1' day
    )) as date) as date_day
{%- endmacro %}

{% macro spark__date_spine(first_day, last_day) -%}
    select explode(sequence(
        cast({{ first_day }} as date), cast({{ last_day }} as date), interval '1' day
    )) as date_day
{%- endmacro %}

{# A UTC timestamp out of text: ISO, or milliseconds since 1970 as HubSpot also writes it. #}
{% macro instant_of_text(column) -%}
    {{ adapter.dispatch('instant_of_text')(column) }}
{%- endmacro %}

{% macro duckdb__instant_of_text(column) -%}
    coalesce(try_cast({{ column }} as timestamp), epoch_ms(try_cast({{ column }} as bigint)))
{%- endmacro %}

{% macro spark__instant_of_text(column) -%}
    coalesce(
        try_cast({{ column }} as timestamp), timestamp_millis(try_cast({{ column }} as bigint))
    )
{%- endmacro %}

{# The grain of a range of days, its end exclusive; `custom` where it is none of the calendar's. #}
{% macro grain_of_days(start, end) -%}
    case
        when {{ end }} = {{ add_days(start, 1) }} then 'day'
        when {{ end }} = {{ add_days(start, 7) }} then 'week'
        when {{ end }} = cast(cast({{ start }} as timestamp) + interval '1' month as date)
            then 'month'
        when {{ end }} = cast(cast({{ start }} as timestamp) + interval '3' month as date)
            then 'quarter'
        when {{ end }} = cast(cast({{ start }} as timestamp) + interval '12' month as date)
            then 'year'
        else 'custom'
    end
{%- endmacro %}
