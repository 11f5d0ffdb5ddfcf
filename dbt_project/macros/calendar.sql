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

{# The first day that the calendar may hold: what is dated earlier was mistyped. #}
{% macro calendar_first_day() -%}
    {{ adapter.dispatch('calendar_first_day')() }}
{%- endmacro %}

{% macro default__calendar_first_day() -%}
    {%- set day = var('calendar_first_day') | string -%}
    {%- if not modules.re.fullmatch('[12][0-9]{3}-[01][0-9]-[0-3][0-9]', day) -%}
        {{ exceptions.raise_compiler_error(
            "calendar_first_day is a day like 1990-01-01, not '" ~ day ~ "'"
        ) }}
    {%- endif -%}
    cast('{{ day }}' as date)
{%- endmacro %}

{# Its last one: the end of the year after the run's. #}
{% macro calendar_last_day() -%}
    make_date(cast(extract(year from {{ as_of_date() }}) as integer) + 1, 12, 31)
{%- endmacro %}

{% macro is_in_calendar(day) -%}
    ({{ day }} >= {{ calendar_first_day() }} and {{ day }} <= {{ calendar_last_day() }})
{%- endmacro %}

{# All that happens on a day of its own, by one rule: the calendar begins with the first of them, and
   one that is dated outside of what it may hold falls in no period and is in excluded_records.
   `on` is its day, `at` its instant; `amount` is null where it has none. #}
{% macro dated_facts() -%}
    {%- set counted = 'exclusion_reason is null' -%}
    {%- set of_counted_accounts -%}
        account_key in (
            select account_key from {{ ref('int_crm__accounts') }} where {{ counted }}
        )
    {%- endset -%}
    {{ return([
        {
            'entity': 'opportunity', 'relation': ref('int_crm__opportunities'),
            'key': 'opportunity_key', 'on': 'created_on', 'where': counted, 'amount': 'amount',
        },
        {
            'entity': 'opportunity', 'relation': ref('int_crm__opportunities'),
            'key': 'opportunity_key', 'on': 'closed_on', 'where': counted ~ ' and is_closed',
            'amount': 'amount',
        },
        {
            'entity': 'person', 'relation': ref('int_crm__people'), 'key': 'person_key',
            'at': 'lead_at', 'where': counted,
        },
        {
            'entity': 'activity', 'relation': ref('int_crm__activities'), 'key': 'activity_key',
            'at': 'completed_at', 'where': counted,
        },
        {
            'entity': 'survey', 'relation': ref('int_crm__surveys'), 'key': 'survey_key',
            'at': 'answered_at', 'where': counted,
        },
        {
            'entity': 'ticket', 'relation': ref('int_crm__tickets'), 'key': 'ticket_key',
            'at': 'opened_at', 'where': counted,
        },
        {
            'entity': 'contract', 'relation': ref('int_crm__contracts'), 'key': 'contract_key',
            'on': 'starts_on', 'where': counted,
        },
        {
            'entity': 'order', 'relation': ref('int_crm__orders'), 'key': 'order_key',
            'on': 'ordered_on', 'where': of_counted_accounts, 'amount': 'amount',
        },
        {
            'entity': 'return', 'relation': ref('int_crm__returns'), 'key': 'return_key',
            'on': 'returned_on', 'where': 'order_key is not null', 'amount': 'returned_amount',
        },
        {
            'entity': 'campaign', 'relation': ref('int_crm__campaigns'), 'key': 'campaign_key',
            'on': 'starts_on', 'where': 'spend_amount is not null', 'amount': 'spend_amount',
        },
        {
            'entity': 'campaign_spend', 'relation': ref('int_crm__campaign_spend'),
            'key': "concat_ws(' ', campaign_name, cast(spent_on as string))", 'on': 'spent_on',
            'where': 'true', 'amount': 'spend_amount',
        },
        {
            'entity': 'web_sessions', 'relation': ref('int_crm__web_sessions'),
            'key': "concat_ws(' ', lead_source, cast(session_on as string))", 'on': 'session_on',
            'where': 'true',
        },
        {
            'entity': 'surveys_sent', 'relation': ref('int_crm__surveys_sent'),
            'key': "concat_ws(' ', survey_name, cast(sent_on as string))", 'on': 'sent_on',
            'where': 'true',
        },
        {
            'entity': 'target', 'relation': ref('int_crm__targets'), 'key': 'target_key',
            'on': 'period_start', 'where': 'scope_key is not null', 'amount': 'target_value',
        },
    ]) }}
{%- endmacro %}

{# The days between which an `on` lies that the calendar may hold; the instants for an `at`, which
   are compared as they are: to turn each of millions into its day takes long. #}
{% macro fact_is_in_calendar(fact) -%}
    {%- if fact.on -%}
        {{ is_in_calendar(fact.on) }}
    {%- else -%}
        (
            {{ fact.at }} >= {{ business_day_start(calendar_first_day()) }}
            and {{ fact.at }} < {{ business_day_start(add_days(calendar_last_day(), 1)) }}
        )
    {%- endif -%}
{%- endmacro %}
