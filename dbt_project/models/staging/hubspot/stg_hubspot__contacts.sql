with source as (
    select * from {{ source('raw_hubspot', 'contacts') }}
)

select
    {{ text_or_null('id') }} as contact_id,
    {{ text_or_null('email') }} as email,
    {{ text_or_null('firstname') }} as first_name,
    {{ text_or_null('lastname') }} as last_name,
    {{ text_or_null('phone') }} as phone,
    {{ text_or_null('country') }} as country,
    {{ text_or_null('jobtitle') }} as job_title,
    {{ id_text('hubspot_owner_id') }} as owner_id,
    try_cast(createdate as timestamp) as created_at,
    {{ text_or_null('hs_analytics_source') }} as analytics_source,
    {{ text_or_null('hs_analytics_source_data_2') }} as analytics_source_detail,
    {{ id_text('associatedcompanyid') }} as associated_company_id,
    try_cast(hs_v2_date_entered_lead as timestamp) as entered_lead_at,
    try_cast(hs_v2_date_entered_marketingqualifiedlead as timestamp)
        as entered_marketing_qualified_at,
    try_cast(hs_v2_date_entered_salesqualifiedlead as timestamp) as entered_sales_qualified_at,
    {{ text_or_null('salesforcecontactid') }} as salesforce_contact_id,
    {{ text_or_null('salesforceleadid') }} as salesforce_lead_id,
    _changed_at,
    _landed_at,
    {{ was_deleted() }} as _is_deleted,
    _deleted_at,
    {{ merged_into() }} as _merged_into
from source
where {{ existed('try_cast(createdate as timestamp)') }}
