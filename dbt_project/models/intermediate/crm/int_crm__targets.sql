with goals as (
    select * from {{ ref('int_hubspot__targets_conformed') }}
    union all
    select * from {{ ref('int_salesforce__targets_conformed') }}
),

told as (
    select
        *,
        count(target_amount) over (
            partition by source_system, vendor_id
            order by changed_at asc, sequence_number asc
            rows between unbounded preceding and 1 preceding
        ) as amounts_before
    from goals
),

-- The first amount that is known holds from the beginning of the period, a later one from its day
-- on; one that came after the period has no day.
dated as (
    select
        *,
        case
            when amounts_before = 0 then period_start
            else greatest(period_start, {{ to_business_date('changed_at') }})
        end as valid_from
    from told
    where amounts_before = 0 or {{ existed('changed_at') }}
),

held as (
    select
        *,
        lead(valid_from) over (
            partition by source_system, vendor_id
            order by changed_at asc, sequence_number asc
        ) as valid_to
    from dated
),

owner_ids as (
    select * from {{ ref('int_crm__owner_ids') }}
),

owners as (
    select * from {{ ref('int_crm__owners') }}
),

sheets as (
    select
        *,
        lower(scope_text) as plain_key
    from {{ ref('int_spreadsheets__targets_conformed') }}
),

-- What people write for an owner: the address, the id in a CRM, or the name.
ways as (
    select
        email as plain_key,
        owner_key,
        1 as choice
    from owners
    union all
    select
        lower(vendor_id) as plain_key,
        owner_key,
        2 as choice
    from owner_ids
    union all
    select
        lower(owner_name) as plain_key,
        owner_key,
        3 as choice
    from owners
),

-- Two owners of one name are nobody in particular.
named as (
    select
        plain_key,
        choice,
        min(owner_key) as owner_key
    from ways
    where plain_key is not null
    group by plain_key, choice
    having count(distinct owner_key) = 1
),

ranked as (
    select
        plain_key,
        owner_key,
        row_number() over (partition by plain_key order by choice asc) as place
    from named
),

of_goals as (
    select
        {{ vendor_key(
            'target',
            'held.source_system',
            "concat_ws('|', held.vendor_id, cast(held.valid_from as string))",
        ) }} as target_key,
        'sales_amount' as kpi_id,
        'owner' as scope,
        owner_ids.owner_key as scope_key,
        owner_ids.owner_key,
        {{ grain_of_days('held.period_start', 'held.period_end') }} as period_grain,
        held.period_start,
        held.period_end,
        -- A target of a share has more places than money.
        cast(held.target_amount as decimal(18, 4)) as target_value,
        held.currency_code,
        held.valid_from,
        held.valid_to,
        held.source_system
    from held
    -- A target of nobody, or of somebody the CRM no longer knows, cannot be attained.
    inner join owner_ids
        on
            held.source_system = owner_ids.source_system
            and held.vendor_owner_id = owner_ids.vendor_id
    -- Of the amounts of one day the last one counts.
    where held.valid_to is null or held.valid_to > held.valid_from
),

of_sheets as (
    select
        {{ vendor_key('target', 'sheets.source_system', 'sheets.vendor_id') }} as target_key,
        sheets.kpi_id,
        sheets.scope,
        case
            when sheets.scope = 'total' then 'total'
            when sheets.scope = 'team' then md5(concat_ws('|', 'team', sheets.plain_key))
            when sheets.scope = 'owner' then ranked.owner_key
            else sheets.plain_key
        end as scope_key,
        case when sheets.scope = 'owner' then ranked.owner_key end as owner_key,
        sheets.period_grain,
        sheets.period_start,
        sheets.period_end,
        sheets.target_value,
        sheets.currency_code,
        sheets.valid_from,
        sheets.valid_to,
        sheets.source_system
    from sheets
    -- An owner that no CRM knows keeps the target without a key.
    left join ranked on sheets.plain_key = ranked.plain_key and ranked.place = 1
)

select * from of_goals
union all
select * from of_sheets
