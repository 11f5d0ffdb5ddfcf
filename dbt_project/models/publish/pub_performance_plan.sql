select * from {{ ref('fct_performance_plan') }}
