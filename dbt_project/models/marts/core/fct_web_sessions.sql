with sessions as (
    select * from {{ ref('int_crm__web_sessions') }}
)

select
    session_on,
    coalesce(lead_source, 'unknown') as lead_source,
    cast(sum(session_count) as bigint) as session_count
from sessions
where session_on <= {{ as_of_date() }}
group by 1, 2
