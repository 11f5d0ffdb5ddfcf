-- When an account counts as a customer: for a while after each purchase, and while a contract runs.
-- Spans that overlap or follow one another without a day between them are one.
with opportunities as (
    select * from {{ ref('fct_opportunities') }}
),

contracts as (
    select * from {{ ref('fct_contracts') }}
),

stretches as (
    select
        'purchase' as basis,
        account_key,
        closed_on as active_from,
        {{ add_days('closed_on', var('active_customer_days') ~ ' - 1') }} as active_to
    from opportunities
    where is_won and account_key is not null and closed_on is not null
    group by account_key, closed_on
    union all
    select
        'contract' as basis,
        account_key,
        starts_on as active_from,
        -- Without a last day it runs on.
        coalesce(ends_on, cast('9999-12-30' as date)) as active_to
    from contracts
    -- Drafts and contracts that were never activated bind nobody.
    where is_active_status and account_key is not null and starts_on is not null
),

sound as (
    select
        basis,
        basis as ended_by,
        account_key,
        active_from,
        active_to
    from stretches
    -- A contract that ends before it starts is a data error and binds nobody.
    where active_from <= active_to
    union all
    select
        'any' as basis,
        basis as ended_by,
        account_key,
        active_from,
        active_to
    from stretches
    where active_from <= active_to
),

reaching as (
    select
        *,
        max(active_to) over (
            partition by basis, account_key
            order by active_from asc, active_to asc, ended_by asc
            rows between unbounded preceding and 1 preceding
        ) as reached_before
    from sound
),

numbered as (
    select
        *,
        sum(
            case when active_from <= {{ add_days('reached_before', 1) }} then 0 else 1 end
        ) over (
            partition by basis, account_key
            order by active_from asc, active_to asc, ended_by asc
            rows between unbounded preceding and current row
        ) as span_number
    from reaching
)

select
    basis,
    account_key,
    cast(span_number as integer) as span_number,
    min(active_from) as active_from,
    max(active_to) as active_to,
    -- A contract and a purchase that end on one day: the contract says more.
    case
        when max(case when ended_by = 'contract' then active_to end) = max(active_to)
            then 'contract'
        else 'purchase'
    end as ended_by
from numbered
group by basis, account_key, span_number
