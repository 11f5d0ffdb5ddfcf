{# What the analyses <family>_behind_a_number share. They are compiled once and asked many times, with
   no dbt: `make behind` puts what is asked for in the place of the words in angle brackets, and so
   can whoever pastes the compiled text into a SQL client. #}

{# The number that is asked for: one KPI in one period and dimension, for one key or for `every`. #}
{% macro asked_number() -%}
    select
        kpi_values.kpi_id,
        kpi_values.dimension,
        kpi_values.dimension_key,
        periods.*
    from {{ ref('fct_kpi_values') }} as kpi_values
    inner join {{ ref('dim_period') }} as periods
        on
            kpi_values.period_grain = periods.period_grain
            and kpi_values.period_start = periods.period_start
    where
        kpi_values.kpi_id = '<kpi_id>'
        and kpi_values.period_grain = '<period_grain>'
        and kpi_values.period_start = cast('<period_start>' as date)
        and kpi_values.dimension = '<dimension>'
        and '<dimension_key>' in (kpi_values.dimension_key, 'every')
{%- endmacro %}

{# The key of a record in the dimension that was asked for. #}
{% macro asked_key(columns) -%}
    case asked.dimension
        when 'total' then 'total'
        {%- for dimension, column in columns.items() %}
        when '{{ dimension }}' then coalesce({{ column }}, 'unknown')
        {%- endfor %}
    end
{%- endmacro %}

{# The records of the period that no KPI of the family counts, beside the total alone: a record that
   is left out may have lost what would place it. One without a day stands in every period. #}
{% macro left_out_rows(family, entity, relation, key, happened_on, where='true') -%}
    select
        asked.kpi_id,
        asked.dimension,
        asked.dimension_key,
        '{{ entity }}' as record_kind,
        excluded.record_key,
        {{ happened_on }} as happened_on,
        cast(null as integer) as numerator,
        cast(null as integer) as denominator,
        excluded.reason
    from asked
    inner join {{ ref(relation) }} as records
        on
            {{ happened_on }} is null
            or (asked.period_start <= {{ happened_on }} and asked.period_end > {{ happened_on }})
    inner join {{ ref('excluded_records') }} as excluded
        on records.{{ key }} = excluded.record_key and excluded.entity = '{{ entity }}'
    where
        asked.dimension = 'total'
        and concat(',', excluded.kpi_families, ',') like '%,{{ family }},%'
        and {{ where }}
{%- endmacro %}

{# The end of each query: the rows of its parts in one set of columns, deals and accounts by name. #}
{% macro rows_behind(relations) -%}
    select
        behind.kpi_id,
        behind.dimension,
        behind.dimension_key,
        behind.record_kind,
        behind.record_key,
        coalesce(deals.opportunity_name, accounts.account_name) as record_name,
        deals.hubspot_deal_id,
        deals.salesforce_opportunity_id,
        deals.pipedrive_deal_id,
        behind.happened_on,
        behind.numerator,
        behind.denominator,
        behind.reason
    from (
        {%- for relation in relations %}
        select
            kpi_id,
            dimension,
            dimension_key,
            record_kind,
            record_key,
            happened_on,
            cast(numerator as decimal(38, 10)) as numerator,
            cast(denominator as decimal(38, 10)) as denominator,
            cast(reason as string) as reason
        from {{ relation }}
        {%- if not loop.last %}
        union all
        {%- endif %}
        {%- endfor %}
    ) as behind
    left join {{ ref('int_crm__opportunities') }} as deals
        on behind.record_kind = 'opportunity' and behind.record_key = deals.opportunity_key
    left join {{ ref('dim_account') }} as accounts
        on behind.record_kind = 'account' and behind.record_key = accounts.account_key
    order by
        behind.dimension_key asc nulls last,
        behind.reason asc nulls first,
        behind.happened_on asc nulls last,
        behind.record_kind asc nulls last,
        behind.record_key asc nulls last
{%- endmacro %}
