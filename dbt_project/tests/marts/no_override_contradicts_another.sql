-- A pair that is both joined and kept apart, whichever way round it is written.
select
    joined.entity,
    joined.id_a,
    joined.id_b
from {{ ref('identity_overrides') }} as joined
inner join {{ ref('identity_overrides') }} as separated
    on
        joined.entity = separated.entity
        and (
            (
                joined.source_system_a = separated.source_system_a
                and joined.id_a = separated.id_a
                and joined.source_system_b = separated.source_system_b
                and joined.id_b = separated.id_b
            )
            or (
                joined.source_system_a = separated.source_system_b
                and joined.id_a = separated.id_b
                and joined.source_system_b = separated.source_system_a
                and joined.id_b = separated.id_a
            )
        )
where joined.decision = 'join' and separated.decision = 'separate'
