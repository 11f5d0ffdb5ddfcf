with goals as (
    select * from {{ ref('int_hubspot__targets_conformed') }}
    union all
    select * from {{ ref('int_salesforce__targets_conformed') }}
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
        {{ vendor_key('target', 'goals.source_system', 'goals.vendor_id') }} as target_key,
        'sales_amount' as kpi_id,
        'owner' as scope,
        owner_ids.owner_key as scope_key,
        owner_ids.owner_key,
        {{ grain_of_days('goals.period_start', 'goals.period_end') }} as period_grain,
        goals.period_start,
        goals.period_end,
        -- A target of a share has more places than money.
        cast(goals.target_amount as decimal(18, 4)) as target_value,
        goals.currency_code,
        goals.period_start as valid_from,
        cast(null as date) as valid_to,
        goals.source_system
    from goals
    -- A target of nobody, or of somebody the CRM no longer knows, cannot be attained.
    inner join owner_ids
        on
            goals.source_system = owner_ids.source_system
            and goals.vendor_owner_id = owner_ids.vendor_id
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
