with history as (
    select * from {{ ref('stg_hubspot__property_history') }}
    where
        object_type = 'deals'
        and property in (
            'dealstage',
            'pipeline',
            'amount',
            'closedate',
            'hubspot_owner_id',
            'hs_manual_forecast_category'
        )
        -- Rows that a merge rewrote are marked.
        and not _is_deleted
),

categories as (
    select * from {{ ref('forecast_category_map') }}
    where source_system = 'hubspot'
)

select
    'hubspot' as source_system,
    history.record_id as vendor_id,
    history.changed_at,
    history.ordinal as sequence_number,
    case history.property
        when 'dealstage' then 'stage'
        when 'pipeline' then 'pipeline'
        when 'amount' then 'amount'
        when 'closedate' then 'close_on'
        when 'hs_manual_forecast_category' then 'forecast_category'
        else 'owner'
    end as field,
    case history.property
        when 'amount' then cast(try_cast(history.value as decimal(18, 2)) as string)
        when 'closedate'
            then cast({{ to_business_date(instant_of_text('history.value')) }} as string)
        when 'hs_manual_forecast_category' then categories.forecast_category
        else {{ id_text('history.value') }}
    end as value
from history
left join categories
    on
        case when history.property = 'hs_manual_forecast_category' then history.value end
        = categories.vendor_value
