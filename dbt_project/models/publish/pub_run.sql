-- What a reader has to know about all the other tables, so that nobody need guess it.
select
    {{ as_of() }} as as_of,
    {{ as_of_date() }} as as_of_on,
    '{{ var("business_timezone") }}' as business_timezone,
    '{{ var("reporting_currency") }}' as reporting_currency,
    '{{ var("business_country") | upper }}' as business_country,
    cast({{ var("fiscal_year_start_month") }} as bigint) as fiscal_year_start_month
