with history as (
    select * from {{ ref('stg_hubspot__property_history') }}
    where
        object_type = 'deals'
        and property in ('dealstage', 'pipeline', 'amount', 'closedate', 'hubspot_owner_id')
        -- Rows that a merge rewrote are marked.
        and not _is_deleted
)

select
    'hubspot' as source_system,
    record_id as vendor_id,
    changed_at,
    ordinal as sequence_number,
    case property
        when 'dealstage' then 'stage'
        when 'pipeline' then 'pipeline'
        when 'amount' then 'amount'
        when 'closedate' then 'close_on'
        else 'owner'
    end as field,
    case property
        when 'amount' then cast(try_cast(value as decimal(18, 2)) as string)
        when 'closedate'
            then cast({{ to_business_date(instant_of_text('value')) }} as string)
        else {{ id_text('value') }}
    end as value
from history
