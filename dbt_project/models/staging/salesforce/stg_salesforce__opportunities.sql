with source as (
    select * from {{ source('raw_salesforce', 'opportunities') }}
)

select
    {{ text_or_null('Id') }} as opportunity_id,
    {{ text_or_null('Name') }} as opportunity_name,
    {{ text_or_null('AccountId') }} as account_id,
    {{ to_decimal('Amount', 2) }} as amount,
    {{ text_or_null('StageName') }} as stage_name,
    try_cast(CloseDate as date) as close_on,
    try_cast(Probability as decimal(38, 10)) as probability_percent,
    {{ text_or_null('ForecastCategory') }} as forecast_category,
    try_cast(IsClosed as boolean) as is_closed,
    try_cast(IsWon as boolean) as is_won,
    {{ text_or_null('OwnerId') }} as owner_id,
    {{ text_or_null('Type') }} as opportunity_type,
    {{ text_or_null('LeadSource') }} as lead_source,
    {{ text_or_null('CampaignId') }} as campaign_id,
    {{ text_or_null('ContactId') }} as contact_id,
    {{ text_or_null('NextStep') }} as next_step,
    {{ text_or_null('CurrencyIsoCode') }} as currency_code,
    {{ text_or_null('Loss_Reason__c') }} as loss_reason,
    {{ text_or_null('Coupon_Code__c') }} as coupon_code,
    try_cast(CreatedDate as timestamp) as created_at,
    _changed_at,
    _landed_at,
    {{ was_deleted() }} as _is_deleted,
    _deleted_at,
    {{ merged_into() }} as _merged_into
from source
where {{ existed('try_cast(CreatedDate as timestamp)') }}
