with catalogue as (
    select * from {{ ref('kpi_catalogue') }}
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
    version
from catalogue
