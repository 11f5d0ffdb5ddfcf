{# Trimmed text; empty becomes null, so that a blank field is a missing one in every CRM. #}
{% macro text_or_null(column) -%}
    nullif(trim(cast({{ column }} as string)), '')
{%- endmacro %}

{# Our key of a vendor's record. Null when there is no id, so that it never joins by accident. #}
{% macro vendor_key(entity, source_system, id) -%}
    case
        when {{ id }} is not null
            then md5(concat_ws('|', '{{ entity }}', {{ source_system }}, {{ id }}))
    end
{%- endmacro %}

{# Replaces every match, not just the first. #}
{% macro regexp_replace_all(text, pattern, replacement) -%}
    {{ adapter.dispatch('regexp_replace_all')(text, pattern, replacement) }}
{%- endmacro %}

{% macro duckdb__regexp_replace_all(text, pattern, replacement) -%}
    regexp_replace({{ text }}, '{{ pattern }}', '{{ replacement }}', 'g')
{%- endmacro %}

{% macro spark__regexp_replace_all(text, pattern, replacement) -%}
    regexp_replace({{ text }}, '{{ pattern }}', '{{ replacement }}')
{%- endmacro %}

{# An id as text. Vendors declare some ids as numbers; 42.0000000000 and 42 are the same id. #}
{% macro id_text(column) -%}
    coalesce(
        nullif(regexp_extract(cast({{ column }} as string), '^([0-9]+)[.]0+$', 1), ''),
        {{ text_or_null(column) }}
    )
{%- endmacro %}

{# The bare domain of a web address or of a domain as people type it. #}
{% macro domain_of_url(column) -%}
    nullif(
        split_part(split_part(split_part(
            {{ regexp_replace_all("lower(trim(" ~ column ~ "))", "^(https?://)?(www[.])?", "") }},
            '/', 1
        ), '?', 1), ':', 1),
        ''
    )
{%- endmacro %}

{# The domain of an e-mail address. #}
{% macro domain_of_email(column) -%}
    case
        when contains({{ column }}, '@')
            then nullif(split_part(lower(trim({{ column }})), '@', 2), '')
    end
{%- endmacro %}

{# COMPUTER_SOFTWARE and Computer Software are one industry: Computer software. #}
{% macro sentence_case(column) -%}
    nullif(
        concat(
            upper(substr(replace({{ column }}, '_', ' '), 1, 1)),
            lower(substr(replace({{ column }}, '_', ' '), 2))
        ),
        ''
    )
{%- endmacro %}

{# Products are one across CRMs by their SKU; without one, each is its own. #}
{% macro product_key(source_system, sku, id) -%}
    case
        when {{ sku }} is not null then md5(concat_ws('|', 'product', lower({{ sku }})))
        when {{ id }} is not null
            then md5(concat_ws('|', 'product', {{ source_system }}, {{ id }}))
    end
{%- endmacro %}

{# A stage is known by its pipeline too: two pipelines may use one id, or one label. #}
{% macro stage_key(source_system, pipeline_id, stage_id) -%}
    case
        when {{ pipeline_id }} is not null and {{ stage_id }} is not null
            then md5(concat_ws(
                '|', 'stage', {{ source_system }}, {{ pipeline_id }}, {{ stage_id }}
            ))
    end
{%- endmacro %}

{# In how many CRMs a record is, by its ids there. #}
{% macro crm_count(ids) -%}
    ({% for id in ids %}case when {{ id }} is not null then 1 else 0 end{{ " + " if not loop.last }}{% endfor %})
{%- endmacro %}

{# The CRM that a record is in, by its ids there; `several` when it is in more than one. #}
{% macro crm_name(ids) -%}
    case
        when {{ crm_count(ids.values()) }} > 1 then 'several'
        {%- for source_system, id in ids.items() %}
        when {{ id }} is not null then '{{ source_system }}'
        {%- endfor %}
    end
{%- endmacro %}
