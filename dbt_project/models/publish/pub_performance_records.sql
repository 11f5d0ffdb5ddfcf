select * from {{ ref('fct_performance_records') }}
