-- Open versions of a deal that follow one another are one span; a reopened deal has several.
with versions as (
    select * from {{ ref('fct_opportunity_versions') }}
),

sequenced as (
    select
        opportunity_key,
        valid_from,
        is_closed,
        lag(is_closed) over (
            partition by opportunity_key order by valid_from asc
        ) as was_closed
    from versions
    where valid_from < {{ as_of() }}
),

-- From one opening or closing to the next, or to the run.
spans as (
    select
        opportunity_key,
        is_closed,
        valid_from as opened_at,
        coalesce(
            lead(valid_from) over (partition by opportunity_key order by valid_from asc),
            {{ as_of() }}
        ) as closed_at
    from sequenced
    where was_closed is null or was_closed <> is_closed
)

select
    opportunity_key,
    opened_at,
    -- The end is not part of the span; for a deal that is still open, the run.
    closed_at,
    {{ to_business_date('opened_at') }} as first_day,
    {{ to_business_date(add_milliseconds('closed_at', -1)) }} as last_day
from spans
where not is_closed
