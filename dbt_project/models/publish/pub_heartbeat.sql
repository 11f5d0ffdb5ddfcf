select * from {{ ref('fct_heartbeat') }}
