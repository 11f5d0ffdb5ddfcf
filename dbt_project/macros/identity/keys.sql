{# Text as it sounds: lower case, no accents, no punctuation, one space between words. A point or an
   apostrophe vanishes (S.A. is sa), any other mark parts two words. #}
{% macro plain_text(column) -%}
    nullif(trim({{ regexp_replace_all(
        "translate(lower(" ~ column ~ "), "
        ~ "'áàâãäåéèêëíìîïóòôõöúùûüñçýÿ-–,;:/&()\"_+*|!?.''’', "
        ~ "'aaaaaaeeeeiiiiooooouuuuncyy" ~ " " * 16 ~ "')",
        " +", " "
    ) }}), '')
{%- endmacro %}

{# The name of a company without its legal form, as plain text. One or two letters say nothing. #}
{% macro company_name_key(column) -%}
    case
        when length({{ _company_name(column) }}) > 2 then {{ _company_name(column) }}
    end
{%- endmacro %}

{% macro _company_name(column) -%}
    {{ regexp_replace_all(
        plain_text(column),
        "((^| )(sapi de cv|sab de cv|sa de cv|s de rl de cv|s de rl|s a|sa|sl|slu|sas|sc|srl|spa|lda"
        ~ "|ltda|eireli|epp|mei|me|gmbh|ag|kg|bv|nv|ab|oy|inc|incorporated|llc|llp|ltd|limited"
        ~ "|corp|corporation|company|co|plc))+$",
        ""
    ) }}
{%- endmacro %}

{# A tax number as it is compared: capitals and digits only. #}
{% macro tax_id_text(column) -%}
    {{ regexp_replace_all("upper(" ~ column ~ ")", "[^A-Z0-9Ñ&]", "") }}
{%- endmacro %}

{# The same without the country that stands before a VAT number. #}
{% macro without_country(text) -%}
    coalesce(
        nullif(regexp_extract({{ text }}, '^(ES|PT)([A-Z0-9]{9})$', 2), ''),
        nullif(regexp_extract({{ text }}, '^BR([A-Z0-9]{14})$', 1), ''),
        nullif(regexp_extract({{ text }}, '^MX([A-Z0-9Ñ&]{12,13})$', 1), ''),
        {{ text }}
    )
{%- endmacro %}

{# The tax number of a company with its kind, out of `without_country`: CNPJ and NIF by their check
   digits, CIF, RFC and the nine digits of an EIN or a Portuguese NIPC by their shape. Null for
   anything else, and for the numbers that stand for nobody in particular. #}
{% macro tax_id_key(text, country) -%}
    case
        when {{ text }} in ('XAXX010101000', 'XEXX010101000') then null
        when {{ text }} = repeat(substr({{ text }}, 1, 1), length({{ text }})) then null
        when
            regexp_extract({{ text }}, '^[A-Z0-9]{12}[0-9]{2}$', 0) = {{ text }}
            and length({{ text }}) = 14
            then case
                when
                    {{ _cnpj_digit(text, [5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]) }}
                    = ascii(substr({{ text }}, 13, 1)) - 48
                    and {{ _cnpj_digit(text, [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]) }}
                    = ascii(substr({{ text }}, 14, 1)) - 48
                    then concat('CNPJ ', {{ text }})
            end
        when
            length({{ text }}) in (12, 13)
            and regexp_extract({{ text }}, '^[A-ZÑ&]{3,4}[0-9]{6}[A-Z0-9]{3}$', 0) = {{ text }}
            then concat('RFC ', {{ text }})
        when
            length({{ text }}) = 9
            and regexp_extract({{ text }}, '^[0-9]{8}[A-Z]$', 0) = {{ text }}
            then case
                when
                    substr(
                        'TRWAGMYFPDXBNJZSQVHLCKE',
                        cast(try_cast(substr({{ text }}, 1, 8) as integer) % 23 + 1 as integer),
                        1
                    ) = substr({{ text }}, 9, 1)
                    then concat('NIF ', {{ text }})
            end
        when
            length({{ text }}) = 9
            and regexp_extract({{ text }}, '^[A-HJNP-SUVW][0-9]{7}[0-9A-J]$', 0) = {{ text }}
            then concat('NIF ', {{ text }})
        when
            length({{ text }}) = 9
            and regexp_extract({{ text }}, '^[0-9]{9}$', 0) = {{ text }}
            and {{ country }} is not null
            then concat_ws(' ', {{ country }}, {{ text }})
    end
{%- endmacro %}

{# A check digit of a CNPJ; since 2026 the first twelve places may be letters too. #}
{% macro _cnpj_digit(text, weights) -%}
    case
        when ({{ _weighted(text, weights) }}) % 11 < 2 then 0
        else 11 - ({{ _weighted(text, weights) }}) % 11
    end
{%- endmacro %}

{% macro _weighted(text, weights) -%}
    {%- for weight in weights -%}
        {{ weight }} * (ascii(substr({{ text }}, {{ loop.index }}, 1)) - 48)
        {%- if not loop.last %} + {% endif -%}
    {%- endfor -%}
{%- endmacro %}

{# The digits of a phone number, with the plus that says it is international; without extension. #}
{% macro phone_text(column) -%}
    {{ regexp_replace_all(
        regexp_replace_all(
            regexp_replace_all("lower(trim(" ~ column ~ "))", "(ext|ramal|x|#).*$", ""),
            "[^0-9+]", ""
        ),
        "^00", "+"
    ) }}
{%- endmacro %}

{# The number of E.164 without its plus, out of `phone_text` and the country in which it was typed.
   Null when nobody can tell the country, or the length is none that the country has. #}
{% macro phone_key(text, country) -%}
    case
        when regexp_extract({{ text }}, '^[+]521[0-9]{10}$', 0) <> ''
            then concat('52', substr({{ text }}, 5))
        when regexp_extract({{ text }}, '^[+][1-9][0-9]{7,14}$', 0) <> ''
            then substr({{ text }}, 2)
        when {{ country }} = 'BR' and regexp_extract({{ text }}, '^0?[1-9][0-9]{9,10}$', 0) <> ''
            then concat('55', regexp_extract({{ text }}, '^0?([1-9][0-9]{9,10})$', 1))
        when {{ country }} = 'BR' and regexp_extract({{ text }}, '^55[1-9][0-9]{9,10}$', 0) <> ''
            then {{ text }}
        when {{ country }} = 'MX' and regexp_extract({{ text }}, '^(521?)?[1-9][0-9]{9}$', 0) <> ''
            then concat('52', regexp_extract({{ text }}, '([1-9][0-9]{9})$', 1))
        when
            {{ country }} in ('US', 'CA')
            and regexp_extract({{ text }}, '^1?[2-9][0-9]{9}$', 0) <> ''
            then concat('1', regexp_extract({{ text }}, '([2-9][0-9]{9})$', 1))
        when {{ country }} = 'ES' and regexp_extract({{ text }}, '^(34)?[6-9][0-9]{8}$', 0) <> ''
            then concat('34', regexp_extract({{ text }}, '([6-9][0-9]{8})$', 1))
        when {{ country }} = 'PT' and regexp_extract({{ text }}, '^(351)?[2-9][0-9]{8}$', 0) <> ''
            then concat('351', regexp_extract({{ text }}, '([2-9][0-9]{8})$', 1))
    end
{%- endmacro %}

{# A field that this customer made in a CRM, as text; null as long as none has arrived. #}
{% macro custom_field(crm, table, column) -%}
    {#- Named outside of the condition, so that dbt knows the dependency when it parses. -#}
    {%- set records = source(crm, table) -%}
    {%- set found = [] -%}
    {%- if execute -%}
        {%- for each in adapter.get_columns_in_relation(records)
            if each.name | lower == column | lower -%}
            {%- do found.append(adapter.quote(each.name)) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- if found -%} {{ text_or_null(found[0]) }} {%- else -%} cast(null as string) {%- endif -%}
{%- endmacro %}
