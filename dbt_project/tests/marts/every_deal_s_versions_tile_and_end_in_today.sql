-- A deal's versions begin with the deal, follow one another without gap or overlap, and the last
-- one holds what the deal holds today.
with versions as (
    select * from {{ ref('fct_opportunity_versions') }}
),

opportunities as (
    select * from {{ ref('fct_opportunities') }}
),

placed as (
    select
        *,
        lag(valid_to) over (partition by opportunity_key order by valid_from) as previous_valid_to,
        row_number() over (partition by opportunity_key order by valid_from) as version_number
    from versions
)

select
    opportunities.opportunity_key,
    placed.valid_from
from opportunities
left join placed on opportunities.opportunity_key = placed.opportunity_key
where
    placed.opportunity_key is null
    or (placed.version_number = 1 and placed.valid_from is distinct from opportunities.created_at)
    or (placed.version_number > 1 and placed.previous_valid_to is distinct from placed.valid_from)
    or (
        placed.valid_to is null
        and (
            placed.stage_key is distinct from opportunities.stage_key
            or placed.amount is distinct from opportunities.amount
            or placed.owner_key is distinct from opportunities.owner_key
            or placed.forecast_category is distinct from opportunities.forecast_category
        )
    )
