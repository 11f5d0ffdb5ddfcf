with campaigns as (
    select * from {{ ref('int_crm__campaigns') }}
    where campaign_name is not null
),

ranked as (
    select
        lower(campaign_name) as campaign_name,
        campaign_key,
        row_number() over (
            partition by lower(campaign_name)
            order by source_system asc, starts_on desc nulls last, campaign_key asc
        ) as choice
    from campaigns
)

select
    campaign_name,
    campaign_key
from ranked
-- Names are not unique: HubSpot writes only the name on a record, its newest campaign is meant.
where choice = 1
