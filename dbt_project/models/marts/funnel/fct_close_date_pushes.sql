-- Only moves of an open deal to a later month count: the first setting of a close date is none, nor
-- is the one that the CRM makes when the deal closes.
with versions as (
    select * from {{ ref('fct_opportunity_versions') }}
),

sequenced as (
    select
        opportunity_key,
        valid_from,
        is_closed,
        close_on,
        lag(close_on) over (
            partition by opportunity_key order by valid_from asc
        ) as previous_close_on,
        lag(is_closed) over (
            partition by opportunity_key order by valid_from asc
        ) as was_closed
    from versions
),

pushes as (
    select
        opportunity_key,
        valid_from as pushed_at,
        {{ to_business_date('valid_from') }} as pushed_on,
        previous_close_on,
        close_on
    from sequenced
    where
        not is_closed
        and not was_closed
        and date_trunc('month', close_on) > date_trunc('month', previous_close_on)
        and valid_from < {{ as_of() }}
)

select
    opportunity_key,
    cast(
        row_number() over (partition by opportunity_key order by pushed_at asc) as integer
    ) as push_number,
    pushed_at,
    pushed_on,
    previous_close_on,
    close_on,
    -- A deal pushed twice in a period is one pushed deal: its first push there is the one before
    -- which there is none in the period.
    lag(pushed_on) over (
        partition by opportunity_key order by pushed_at asc
    ) as previous_pushed_on
from pushes
