with stages as (
    select * from {{ ref('int_salesforce__stages_conformed') }}
),

-- Records hold a stage's API name; rows written before a rename may hold the old label instead.
names as (
    select
        vendor_stage_id as stage_text,
        vendor_stage_id,
        1 as choice
    from stages
    union all
    select
        stage_name as stage_text,
        vendor_stage_id,
        2 as choice
    from stages
),

ranked as (
    select
        stage_text,
        vendor_stage_id,
        row_number() over (partition by stage_text order by choice, vendor_stage_id) as choice
    from names
)

select
    stage_text,
    vendor_stage_id
from ranked
where choice = 1
