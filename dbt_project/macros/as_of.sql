{# The instant of the run as a UTC timestamp. The only way for a model to know what "now" is. #}
{% macro as_of() -%}
    {{ adapter.dispatch('as_of')() }}
{%- endmacro %}

{% macro default__as_of() -%}
    {%- set given = var('as_of', none) -%}
    {%- if given is none and execute and flags.WHICH not in ['parse', 'list', 'generate'] -%}
        {{ exceptions.raise_compiler_error(
            "as_of is missing: run with --vars '{as_of: \"2026-11-03T15:00:00Z\"}', an ISO instant."
        ) }}
    {%- endif -%}
    {%- set instant = modules.datetime.datetime.fromisoformat(given or '1970-01-01T00:00:00Z') -%}
    {%- if instant.utcoffset() is none -%}
        {{ exceptions.raise_compiler_error(
            "as_of has no zone: write it like 2026-11-03T15:00:00Z, not " ~ given
        ) }}
    {%- endif -%}
    {%- set utc = instant - instant.utcoffset() -%}
    cast('{{ utc.strftime("%Y-%m-%d %H:%M:%S.%f") }}' as timestamp)
{%- endmacro %}

{# The business day on which the run looks at the world. #}
{% macro as_of_date() -%}
    {{ to_business_date(as_of()) }}
{%- endmacro %}

{# Whether a vendor's record had been made by then. One that does not say when is taken to be there. #}
{% macro existed(created_at) -%}
    coalesce({{ created_at }} <= {{ as_of() }}, true)
{%- endmacro %}

{# Whether a row of raw was gone by then: what was deleted or merged away later still counts. #}
{% macro was_deleted() -%}
    (_is_deleted and coalesce(_deleted_at <= {{ as_of() }}, true))
{%- endmacro %}

{# What a row of raw had been merged into by then. #}
{% macro merged_into(id='_merged_into') -%}
    case when {{ was_deleted() }} then {{ id }} end
{%- endmacro %}
