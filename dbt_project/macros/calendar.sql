{# The country whose calendar counts where an owner's own is not known: two letters, upper case. #}
{% macro business_country() -%}
    {{ adapter.dispatch('business_country')() }}
{%- endmacro %}

{% macro default__business_country() -%}
    {%- set country = (var('business_country') | string | trim | upper) -%}
    {%- if not modules.re.fullmatch('[A-Z]{2}', country) -%}
        {{ exceptions.raise_compiler_error(
            "business_country is two letters of ISO 3166, like BR, not '" ~ country ~ "'"
        ) }}
    {%- endif -%}
    '{{ country }}'
{%- endmacro %}

{# True, or the end of the build with the message: for what no later check could say as clearly. #}
{% macro true_or_fail(condition, message) -%}
    {{ adapter.dispatch('true_or_fail')(condition, message) }}
{%- endmacro %}

{% macro duckdb__true_or_fail(condition, message) -%}
    case when {{ condition }} then true else error('{{ message | replace("'", "''") }}') end
{%- endmacro %}

{% macro spark__true_or_fail(condition, message) -%}
    case
        when {{ condition }} then true
        else cast(raise_error('{{ message | replace("'", "''") }}') as boolean)
    end
{%- endmacro %}

{# Working days from one day to another, both included, out of their two rows of dim_working_day;
   0 when they are swapped by a day, and no days are counted on the way. #}
{% macro working_days_between(first_row, last_row) -%}
    ({{ last_row }}.working_days_through - {{ first_row }}.working_days_before)
{%- endmacro %}
