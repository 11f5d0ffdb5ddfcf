with catalogue as (
    select * from {{ ref('dim_kpi') }}
)

select
    kpi_id,
    family,
    label_en,
    label_es,
    label_pt,
    unit,
    better,
    is_bounded,
    is_additive,
    is_stock,
    definition,
    cast(version as bigint) as version
from catalogue
