select
    row_key as vendor_id,
    owner_email,
    team_name,
    country_code,
    -- Without a day it has always held.
    coalesce(valid_from, cast('1900-01-01' as date)) as valid_from
from {{ ref('stg_spreadsheets__owner_map') }}
where not _is_deleted
