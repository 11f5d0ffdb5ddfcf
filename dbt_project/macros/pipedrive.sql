{# A custom field of Pipedrive by its label, as text. Its column is named by the 40-character code
   that this account gave it, so the code is looked up in the list of fields; null when the account
   has no such field, or nothing has arrived in it yet. #}
{% macro pipedrive_custom_field(object_type, label) -%}
    {#- Named outside of the condition, so that dbt knows the dependency when it parses. -#}
    {%- set fields = source('raw_pipedrive', 'fields') -%}
    {%- set records = source('raw_pipedrive', object_type) -%}
    {%- set found = [] -%}
    {%- if execute -%}
        {%- set codes = run_query(
            "select field_code from " ~ fields
            ~ " where object_type = '" ~ object_type ~ "' and is_custom_field and not _is_deleted"
            ~ " and lower(field_name) = '" ~ (label | lower | replace("'", "''")) ~ "'"
            ~ " order by field_code"
        ).columns[0].values() -%}
        {%- for column in adapter.get_columns_in_relation(records) if column.name in codes -%}
            {%- do found.append(adapter.quote(column.name)) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- if found -%} {{ text_or_null(found[0]) }} {%- else -%} cast(null as string) {%- endif -%}
{%- endmacro %}
