-- Pairs that somebody should look at: alike and not joined, or joined on thin proof. A key that
-- many records share gives one pair per record, each with the first of them, not the square of it.
with accounts as (
    select
        records.*,
        ids.record_key,
        ids.match_rule,
        ids.match_confidence
    from {{ ref('int_crm__account_records') }} as records
    inner join {{ ref('int_crm__account_ids') }} as ids
        on records.source_system = ids.source_system and records.vendor_id = ids.vendor_id
    where not records.is_deleted
),

people as (
    select
        records.*,
        ids.record_key,
        ids.match_rule,
        ids.match_confidence
    from {{ ref('int_crm__person_records') }} as records
    inner join {{ ref('int_crm__person_ids') }} as ids
        on records.source_system = ids.source_system and records.vendor_id = ids.vendor_id
    where not records.is_deleted and records.record_number = records.root_number
),

deals as (
    select
        records.*,
        ids.record_key,
        ids.match_rule,
        ids.match_confidence
    from {{ ref('int_crm__opportunity_records') }} as records
    inner join {{ ref('int_crm__opportunity_ids') }} as ids
        on records.source_system = ids.source_system and records.vendor_id = ids.vendor_id
    where not records.is_deleted
),

lookalikes as (
    select * from {{ ref('int_crm__opportunity_lookalikes') }}
),

-- Either way round.
overrides as (
    select
        entity,
        source_system_a,
        id_a,
        source_system_b,
        id_b
    from {{ ref('identity_overrides') }}
    union
    select
        entity,
        source_system_b as source_system_a,
        id_b as id_a,
        source_system_a as source_system_b,
        id_a as id_b
    from {{ ref('identity_overrides') }}
),

-- Every record with every key by which it could be known.
keyed as (
    select
        'account' as entity,
        'same_tax_id' as doubt,
        mark_b as match_key,
        record_number,
        source_system,
        vendor_id,
        record_key
    from accounts
    where mark_b is not null
    union all
    select
        'account' as entity,
        'same_domain' as doubt,
        mark_a as match_key,
        record_number,
        source_system,
        vendor_id,
        record_key
    from accounts
    where mark_a is not null
    union all
    select
        'account' as entity,
        'same_name_and_country' as doubt,
        concat_ws('|', country_code, name_key) as match_key,
        record_number,
        source_system,
        vendor_id,
        record_key
    from accounts
    where country_code is not null and name_key is not null
    union all
    select
        'person' as entity,
        'same_email' as doubt,
        email as match_key,
        record_number,
        source_system,
        vendor_id,
        record_key
    from people
    where email is not null
    union all
    select
        'person' as entity,
        'same_phone_and_company' as doubt,
        concat_ws('|', phone, account_key) as match_key,
        record_number,
        source_system,
        vendor_id,
        record_key
    from people
    where phone is not null and account_key is not null
    union all
    select
        'person' as entity,
        'same_phone_and_name' as doubt,
        concat_ws('|', phone, substr(first_word, 1, 1), last_word) as match_key,
        record_number,
        source_system,
        vendor_id,
        record_key
    from people
    where phone is not null and last_word is not null
),

-- Most keys are of one cluster and raise no doubt. Of the others, one row per cluster is enough:
-- its first record speaks for the rest.
disputed as (
    select
        entity,
        doubt,
        match_key,
        min(record_number) as first_number
    from keyed
    group by entity, doubt, match_key
    having min(record_key) < max(record_key)
),

firsts as (
    select
        keyed.*,
        disputed.first_number,
        min(keyed.record_number) over (
            partition by keyed.entity, keyed.doubt, keyed.match_key, keyed.record_key
        ) as first_of_cluster
    from keyed
    inner join disputed
        on
            keyed.entity = disputed.entity
            and keyed.doubt = disputed.doubt
            and keyed.match_key = disputed.match_key
),

apart as (
    select
        firsts.entity,
        firsts.doubt,
        first_records.source_system as source_system_a,
        first_records.vendor_id as id_a,
        first_records.record_key as record_key_a,
        firsts.source_system as source_system_b,
        firsts.vendor_id as id_b,
        firsts.record_key as record_key_b,
        cast(null as string) as match_rule,
        cast(null as decimal(3, 2)) as match_confidence
    from firsts
    inner join firsts as first_records
        on
            firsts.entity = first_records.entity
            and firsts.doubt = first_records.doubt
            and firsts.match_key = first_records.match_key
            and firsts.first_number = first_records.record_number
    where
        firsts.record_number = firsts.first_of_cluster
        and firsts.record_key <> first_records.record_key
        -- Within one CRM, colleagues share a switchboard.
        and (
            firsts.doubt not in ('same_phone_and_company', 'same_phone_and_name')
            or firsts.source_system <> first_records.source_system
        )
),

deals_apart as (
    select
        'opportunity' as entity,
        case
            when lookalikes.has_one_name or lookalikes.has_one_owner_and_birth
                then 'several_alike'
            else 'no_second_proof'
        end as doubt,
        deals_a.source_system as source_system_a,
        deals_a.vendor_id as id_a,
        deals_a.record_key as record_key_a,
        deals_b.source_system as source_system_b,
        deals_b.vendor_id as id_b,
        deals_b.record_key as record_key_b,
        cast(null as string) as match_rule,
        cast(null as decimal(3, 2)) as match_confidence
    from lookalikes
    inner join deals as deals_a on lookalikes.record_a = deals_a.record_number
    inner join deals as deals_b on lookalikes.record_b = deals_b.record_number
    -- Not `<>`: engines join by it first, each deal with each other one.
    where nullif(deals_a.record_key, deals_b.record_key) is not null
),

-- A link of the vendor's sync that was not followed.
links_apart as (
    select
        'account' as entity,
        'link_not_followed' as doubt,
        targets.source_system as source_system_a,
        targets.vendor_id as id_a,
        targets.record_key as record_key_a,
        accounts.source_system as source_system_b,
        accounts.vendor_id as id_b,
        accounts.record_key as record_key_b,
        cast(null as string) as match_rule,
        cast(null as decimal(3, 2)) as match_confidence
    from accounts
    inner join accounts as targets
        on
            accounts.linked_salesforce_id = targets.vendor_id
            and targets.source_system = 'salesforce'
    where accounts.record_key <> targets.record_key
),

together as (
    select
        'account' as entity,
        record_number,
        source_system,
        vendor_id,
        record_key,
        match_rule,
        match_confidence
    from accounts
    union all
    select
        'person' as entity,
        record_number,
        source_system,
        vendor_id,
        record_key,
        match_rule,
        match_confidence
    from people
    union all
    select
        'opportunity' as entity,
        record_number,
        source_system,
        vendor_id,
        record_key,
        match_rule,
        match_confidence
    from deals
),

doubtful as (
    select * from together
    where match_confidence <= 0.90
),

leaders as (
    select
        entity,
        record_key,
        min(record_number) as record_number
    from together
    where record_key in (select doubtful.record_key from doubtful)
    group by entity, record_key
),

joined as (
    select
        doubtful.entity,
        case
            when doubtful.match_rule = 'sync_link' then 'link_contradicted'
            else concat('only_', doubtful.match_rule)
        end as doubt,
        first_records.source_system as source_system_a,
        first_records.vendor_id as id_a,
        first_records.record_key as record_key_a,
        doubtful.source_system as source_system_b,
        doubtful.vendor_id as id_b,
        doubtful.record_key as record_key_b,
        doubtful.match_rule,
        doubtful.match_confidence
    from doubtful
    inner join leaders
        on doubtful.entity = leaders.entity and doubtful.record_key = leaders.record_key
    inner join together as first_records
        on
            leaders.entity = first_records.entity
            and leaders.record_number = first_records.record_number
    where doubtful.record_number <> leaders.record_number
),

doubts as (
    select * from apart
    union all
    select * from deals_apart
    union all
    select * from links_apart
    union all
    select * from joined
)

select
    md5(concat_ws(
        '|',
        doubts.entity,
        doubts.doubt,
        doubts.source_system_a,
        doubts.id_a,
        doubts.source_system_b,
        doubts.id_b
    )) as doubt_key,
    doubts.entity,
    doubts.doubt,
    doubts.record_key_a = doubts.record_key_b as is_joined,
    doubts.source_system_a,
    doubts.id_a,
    doubts.record_key_a,
    doubts.source_system_b,
    doubts.id_b,
    doubts.record_key_b,
    doubts.match_rule,
    doubts.match_confidence,
    case doubts.doubt
        when 'same_tax_id' then 'one tax number, and something else speaks against it'
        when 'same_domain' then 'one domain, and something else speaks against it'
        when 'same_name_and_country' then 'one name and country, no other proof or one against it'
        when 'same_email' then 'one address, other names or several records of one CRM'
        when 'same_phone_and_company' then 'one phone and company, other names'
        when 'same_phone_and_name' then 'one phone and name, companies or addresses differ'
        when 'no_second_proof' then 'one account, amount and close date, no second proof'
        when 'several_alike' then 'one account, amount and close date; several could be meant'
        when 'link_not_followed' then 'linked by the sync, another link or decision was stronger'
        when 'link_contradicted' then 'linked by the sync, with two domains or tax numbers'
        when 'only_name_country' then 'joined on name and country alone'
        when 'only_phone' then 'joined on phone and name alone'
        else 'joined on account, amount, close date and one more proof'
    end as evidence,
    -- The line to add to the overrides, with the reason and the role to be filled in.
    concat_ws(
        ',',
        doubts.entity,
        doubts.source_system_a,
        doubts.id_a,
        doubts.source_system_b,
        doubts.id_b,
        case when doubts.record_key_a = doubts.record_key_b then 'separate' else 'join' end,
        'REASON',
        'ROLE'
    ) as override_row
from doubts
-- Whatever somebody has decided on is no longer in doubt.
left join overrides
    on
        doubts.entity = overrides.entity
        and doubts.source_system_a = overrides.source_system_a
        and doubts.id_a = overrides.id_a
        and doubts.source_system_b = overrides.source_system_b
        and doubts.id_b = overrides.id_b
where overrides.entity is null
