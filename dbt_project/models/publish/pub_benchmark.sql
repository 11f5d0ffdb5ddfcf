select * from {{ ref('fct_benchmark') }}
