with source as (
    select * from {{ source('raw_pipedrive', 'person_emails') }}
)

select
    {{ text_or_null('person_id') }} as person_id,
    ordinal,
    {{ text_or_null('value') }} as email,
    is_primary,
    _changed_at,
    _landed_at,
    _is_deleted,
    _deleted_at,
    _merged_into
from source
