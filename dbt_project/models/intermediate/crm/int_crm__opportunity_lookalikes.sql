-- Live deals of two CRMs with one account, one amount and nearly one close date. Many companies buy
-- the same for the same money twice a year: that alone proves nothing, it takes a second proof. It
-- cannot explode: close dates meet by stretch, and the first ten of one day stand for the others.
{% set crowd = 10 %}
with previous as (
    select * from {{ ref('int_crm__opportunity_links') }}
),

records as (
    select
        records.record_number,
        records.source_system,
        records.account_key,
        records.owner_key,
        records.name_key,
        records.amount,
        records.currency_code,
        records.closed_on,
        records.created_at,
        records.outcome,
        previous.cluster_number,
        cast(floor(
            {{ days_between("date '2000-01-01'", 'records.closed_on') }}
            / (1.0 + {{ var('deal_match_close_days') }})
        ) as bigint) as stretch,
        row_number() over (
            partition by
                records.source_system,
                records.account_key,
                records.amount,
                records.currency_code,
                records.closed_on,
                records.outcome
            order by records.record_number asc
        ) as place_in_crowd,
        count(*) over (
            partition by
                records.source_system,
                records.account_key,
                records.amount,
                records.currency_code,
                records.closed_on,
                records.outcome
        ) > {{ crowd }} as is_in_crowd
    from {{ ref('int_crm__opportunity_records') }} as records
    inner join previous on records.record_number = previous.record_number
    where
        not records.is_deleted
        and records.account_key is not null
        and records.closed_on is not null
        and records.amount > 0
),

stretched as (
    select
        records.*,
        records.stretch + steps.step_count as near_stretch
    from records
    cross join (values (-1), (0), (1)) as steps (step_count)
    where records.place_in_crowd <= {{ crowd }}
),

pairs as (
    select
        records_a.record_number as record_a,
        records_b.record_number as record_b,
        records_a.source_system as source_a,
        records_b.source_system as source_b,
        coalesce(records_a.name_key = records_b.name_key, false) as has_one_name,
        coalesce(
            records_a.owner_key = records_b.owner_key
            and abs({{ days_between('records_a.created_at', 'records_b.created_at') }})
            <= {{ var('deal_match_created_days') }},
            false
        ) as has_one_owner_and_birth,
        records_a.is_in_crowd or records_b.is_in_crowd as is_of_crowd
    from stretched as records_a
    inner join records as records_b
        on
            records_a.account_key = records_b.account_key
            and records_a.amount = records_b.amount
            and records_a.currency_code = records_b.currency_code
            and records_a.near_stretch = records_b.stretch
            and records_a.record_number < records_b.record_number
            and records_a.source_system <> records_b.source_system
            and records_a.cluster_number <> records_b.cluster_number
    where
        records_b.place_in_crowd <= {{ crowd }}
        and abs({{ days_between('records_a.closed_on', 'records_b.closed_on') }})
        <= {{ var('deal_match_close_days') }}
        -- One CRM says won, the other lost: not the same deal, or somebody must look at it.
        and coalesce(records_a.outcome = records_b.outcome, true)
)

select
    pairs.record_a,
    pairs.record_b,
    pairs.has_one_name,
    pairs.has_one_owner_and_birth,
    not pairs.is_of_crowd
    and count(*) over (partition by pairs.record_a, pairs.source_b) = 1
    and count(*) over (partition by pairs.record_b, pairs.source_a) = 1 as is_only_one
from pairs
