{# How records become one. A state has a row per record: `record_number`, the `cluster_number` it is
   in (the lowest number of its records: the one that speaks), and the rule that brought it there.
   Each rule is one pass from a state to the next; a model reads like

       with previous as (...), records as (...), separations as (...), pairs as (...),
       {{ identity_joining('domain', 0.95) }}
       select * from joined

   `records` has record_number, source_system, vendor_id, is_deleted, live_bit (the CRM's bit; 0 of a
   deleted record), mark_a and mark_b: what one company has one of, its domain and its tax number. #}

{# Pairs of records with one key. Each CRM must be of one mind about the key: where two of its
   clusters have it, that CRM has no say. #}
{% macro identity_pairs(keys) -%}
    select
        sides_a.record_number as record_a,
        sides_b.record_number as record_b
    from (
        select
            match_key,
            source_system,
            min(record_number) as record_number
        from {{ keys }}
        group by match_key, source_system
        having min(cluster_number) = max(cluster_number)
    ) as sides_a
    inner join (
        select
            match_key,
            source_system,
            min(record_number) as record_number
        from {{ keys }}
        group by match_key, source_system
        having min(cluster_number) = max(cluster_number)
    ) as sides_b
        on
            sides_a.match_key = sides_b.match_key
            and sides_a.record_number < sides_b.record_number
{%- endmacro %}

{# The pairs of records of an entity that somebody has decided on. #}
{% macro identity_decisions(entity, decision) -%}
    select
        records_a.record_number as record_a,
        records_b.record_number as record_b
    from {{ ref('identity_overrides') }} as overrides
    inner join records as records_a
        on
            overrides.source_system_a = records_a.source_system
            and overrides.id_a = records_a.vendor_id
    inner join records as records_b
        on
            overrides.source_system_b = records_b.source_system
            and overrides.id_b = records_b.vendor_id
    where overrides.entity = '{{ entity }}' and overrides.decision = '{{ decision }}'
{%- endmacro %}

{# Two clusters hold different values of what there can be only one of. #}
{% macro marks_differ(one, other) -%}
    coalesce(
        least({{ one }}.first_mark_a, {{ other }}.first_mark_a)
        <> greatest({{ one }}.last_mark_a, {{ other }}.last_mark_a),
        false
    )
    or coalesce(
        least({{ one }}.first_mark_b, {{ other }}.first_mark_b)
        <> greatest({{ one }}.last_mark_b, {{ other }}.last_mark_b),
        false
    )
{%- endmacro %}

{# What each cluster of `previous` holds, and which ones a decision keeps apart. #}
{% macro _identity_clusters() -%}
clusters as (
    select
        previous.cluster_number,
        bit_or(records.live_bit) as live_bits,
        min(records.mark_a) as first_mark_a,
        max(records.mark_a) as last_mark_a,
        min(records.mark_b) as first_mark_b,
        max(records.mark_b) as last_mark_b,
        coalesce(bool_or(previous.match_rule = 'override'), false) as is_decided
    from previous
    inner join records on previous.record_number = records.record_number
    group by previous.cluster_number
),

apart as (
    select distinct
        least(state_a.cluster_number, state_b.cluster_number) as anchor,
        greatest(state_a.cluster_number, state_b.cluster_number) as member
    from separations
    inner join previous as state_a on separations.record_a = state_a.record_number
    inner join previous as state_b on separations.record_b = state_b.record_number
),

edges as (
    select distinct
        least(state_a.cluster_number, state_b.cluster_number) as anchor,
        greatest(state_a.cluster_number, state_b.cluster_number) as member
    from pairs
    inner join previous as state_a on pairs.record_a = state_a.record_number
    inner join previous as state_b on pairs.record_b = state_b.record_number
    where state_a.cluster_number <> state_b.cluster_number
)
{%- endmacro %}

{# Whether one of the candidates before holds another value. Who has a value differs from any other
   one; who has none, only from one that differs within itself. #}
{% macro _mark_differed(mark) -%}
    case
        when first_{{ mark }} is null
            then coalesce(max(case when first_{{ mark }} <> last_{{ mark }} then 1 end) over before, 0) = 1
        else
            least(first_{{ mark }}, min(first_{{ mark }}) over before)
            <> greatest(last_{{ mark }}, max(last_{{ mark }}) over before)
    end
{%- endmacro %}

{# The candidates that one before them for the same anchor (by `place`) speaks against: by a mark, a
   decision or an `objection`. It cannot explode: all before are looked at as one, and records are
   paired only where somebody decided on the pair. #}
{% macro _identity_beaten(place, objection) -%}
compared as (
    select
        member,
        count(*) over before > 0 and (
            {{ objection }}
            or {{ _mark_differed('mark_a') }}
            or {{ _mark_differed('mark_b') }}
        ) as is_beaten
    from candidates
    window before as (
        partition by anchor order by {{ place }} rows between unbounded preceding and 1 preceding
    )
),

beaten as (
    select member from compared
    where is_beaten
    union
    -- The anchors are compared after the join: as its key they would pair each with each.
    select
        case
            when one.anchor = other.anchor and one.{{ place }} > other.{{ place }} then one.member
            when one.anchor = other.anchor and one.{{ place }} < other.{{ place }} then other.member
        end as member
    from apart
    inner join candidates as one on apart.anchor = one.member
    inner join candidates as other on apart.member = other.member
)
{%- endmacro %}

{# The next state: clusters join the lowest one that they share a key with, if nothing speaks
   against it. What speaks against it: two live records of one CRM, two domains, two tax numbers,
   a decision, or keys that lead to two clusters which are not one themselves. #}
{% macro identity_joining(rule, confidence) -%}
{{ _identity_clusters() }},

allowed as (
    select
        edges.anchor,
        edges.member
    from edges
    inner join clusters as anchors on edges.anchor = anchors.cluster_number
    inner join clusters as members on edges.member = members.cluster_number
    left join apart on edges.anchor = apart.anchor and edges.member = apart.member
    where
        apart.member is null
        and (anchors.live_bits & members.live_bits) = 0
        and not ({{ marks_differ('anchors', 'members') }})
),

lowest as (
    select
        member,
        min(anchor) as anchor
    from allowed
    group by member
),

-- Another cluster with a claim is none when it goes the same way itself.
torn as (
    select distinct allowed.member
    from allowed
    inner join lowest on allowed.member = lowest.member
    left join lowest as others on allowed.anchor = others.member
    where
        allowed.anchor <> lowest.anchor
        and (others.anchor is null or others.anchor <> lowest.anchor)
),

candidates as (
    select
        lowest.anchor,
        lowest.member,
        clusters.live_bits,
        clusters.first_mark_a,
        clusters.last_mark_a,
        clusters.first_mark_b,
        clusters.last_mark_b
    from lowest
    inner join clusters on lowest.member = clusters.cluster_number
    left join torn on lowest.member = torn.member
    left join lowest as moving on lowest.anchor = moving.member
    where torn.member is null and moving.member is null
),

-- Of two that cannot both join, the one that speaks first does.
{{ _identity_beaten('member', '(live_bits & bit_or(live_bits) over before) <> 0') }},

joined as (
    select
        previous.record_number,
        coalesce(accepted.anchor, previous.cluster_number) as cluster_number,
        case
            when accepted.anchor is null then previous.match_rule
            else coalesce(previous.match_rule, '{{ rule }}')
        end as match_rule,
        case
            when accepted.anchor is null then previous.match_confidence
            else coalesce(previous.match_confidence, cast({{ confidence }} as decimal(3, 2)))
        end as match_confidence
    from previous
    left join (
        select
            candidates.anchor,
            candidates.member
        from candidates
        left join beaten on candidates.member = beaten.member
        where beaten.member is null
    ) as accepted on previous.cluster_number = accepted.member
)
{%- endmacro %}

{# The state after the people's own decisions. Three steps reach every record of a chain of four. #}
{% macro identity_deciding() -%}
neighbours as (
    select
        roots_a.cluster_number as one,
        roots_b.cluster_number as other
    from decisions
    inner join roots as roots_a on decisions.record_a = roots_a.record_number
    inner join roots as roots_b on decisions.record_b = roots_b.record_number
    inner join records as records_a on decisions.record_a = records_a.record_number
    inner join records as records_b on decisions.record_b = records_b.record_number
    -- The deletion of a copy takes nothing away: a live record and a deleted one stay two.
    where records_a.is_deleted = records_b.is_deleted
),

linked as (
    select
        one,
        other
    from neighbours
    union
    select
        other as one,
        one as other
    from neighbours
    union
    select
        one,
        one as other
    from neighbours
    union
    select
        other as one,
        other
    from neighbours
),

first_step as (
    select
        one,
        min(other) as reached
    from linked
    group by one
),

second_step as (
    select
        linked.one,
        min(first_step.reached) as reached
    from linked
    inner join first_step on linked.other = first_step.one
    group by linked.one
),

third_step as (
    select
        linked.one,
        min(second_step.reached) as reached
    from linked
    inner join second_step on linked.other = second_step.one
    group by linked.one
),

previous as (
    select
        roots.record_number,
        coalesce(third_step.reached, roots.cluster_number) as cluster_number,
        case when third_step.reached < roots.cluster_number then 'override' end as match_rule,
        case when third_step.reached < roots.cluster_number then cast(1 as decimal(3, 2)) end
            as match_confidence
    from roots
    left join third_step on roots.cluster_number = third_step.one
)
{%- endmacro %}

{# The state after the links that the vendors' own sync wrote: `pairs` of the record that is pointed
   at and the one that points. The vendor may have linked several records to one; it is believed,
   also where domains differ (the report shows it), but only about the first of them: what follows
   must not bring a second domain or tax number. #}
{% macro identity_linking() -%}
{{ _identity_clusters() }},

links as (
    select
        edges.anchor,
        edges.member,
        members.first_mark_a,
        members.last_mark_a,
        members.first_mark_b,
        members.last_mark_b,
        {{ marks_differ('anchors', 'members') }} as is_contradicted
    from edges
    inner join clusters as anchors on edges.anchor = anchors.cluster_number
    inner join clusters as members on edges.member = members.cluster_number
    left join apart on edges.anchor = apart.anchor and edges.member = apart.member
    where
        apart.member is null
        and (
            not (anchors.is_decided or members.is_decided)
            or (
                (anchors.live_bits & members.live_bits) = 0
                and not ({{ marks_differ('anchors', 'members') }})
            )
        )
),

ranked as (
    select
        links.*,
        row_number() over (
            partition by links.anchor order by links.is_contradicted asc, links.member asc
        ) as place,
        row_number() over (partition by links.member order by links.anchor asc) as choice
    from links
),

candidates as (
    select ranked.*
    from ranked
    left join links as moving on ranked.anchor = moving.member
    where ranked.choice = 1 and moving.member is null
),

{{ _identity_beaten('place', 'is_contradicted') }},

joined as (
    select
        previous.record_number,
        coalesce(accepted.anchor, previous.cluster_number) as cluster_number,
        case
            when accepted.anchor is null then previous.match_rule
            else coalesce(previous.match_rule, 'sync_link')
        end as match_rule,
        case
            when accepted.anchor is null then previous.match_confidence
            else coalesce(
                previous.match_confidence,
                cast(case when accepted.is_contradicted then 0.80 else 0.99 end as decimal(3, 2))
            )
        end as match_confidence
    from previous
    left join (
        select
            candidates.anchor,
            candidates.member,
            candidates.is_contradicted
        from candidates
        left join beaten on candidates.member = beaten.member
        where beaten.member is null
    ) as accepted on previous.cluster_number = accepted.member
)
{%- endmacro %}

{# From records with their clusters to keys. What points at a merged-away record means the one that
   took it in, however often that one was merged itself; a circle ends after twenty steps. Several
   copies in one CRM, and of one `kind` there, are numbered: the oldest speaks for them.
   CTEs before it: `records` and `joined`; the main query must say `with recursive`. #}
{% macro identity_following(entity, kind=none) -%}
numbered as (
    select
        joined.record_number,
        joined.cluster_number,
        joined.match_rule,
        joined.match_confidence,
        records.source_system,
        records.vendor_id,
        records.merged_into_id,
        row_number() over (
            partition by joined.cluster_number, records.source_system
            {%- if kind %}, records.{{ kind }}{% endif %}
            order by joined.record_number asc
        ) as copy_number
    from joined
    inner join records on joined.record_number = records.record_number
),

keyed as (
    select
        numbered.*,
        numbered.cluster_number = numbered.record_number as is_leading,
        {{ vendor_key(entity, 'leaders.source_system', 'leaders.vendor_id') }} as record_key
    from numbered
    inner join records as leaders on numbered.cluster_number = leaders.record_number
),

followed as (
    select
        losers.record_number,
        winners.source_system,
        winners.merged_into_id,
        winners.record_key,
        1 as step
    from keyed as losers
    inner join keyed as winners
        on
            losers.merged_into_id = winners.vendor_id
            and losers.source_system = winners.source_system
    union all
    select
        followed.record_number,
        winners.source_system,
        winners.merged_into_id,
        winners.record_key,
        followed.step + 1 as step
    from followed
    inner join keyed as winners
        on
            followed.merged_into_id = winners.vendor_id
            and followed.source_system = winners.source_system
    where followed.step < 20
),

ends as (
    select
        record_number,
        max_by(record_key, step) as record_key
    from followed
    group by record_number
)
{%- endmacro %}
