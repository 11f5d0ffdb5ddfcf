"""What Salesforce agreed to send."""

from __future__ import annotations

from data_quality.expectations import between, no_rows, one_of
from data_quality.model import Suite
from data_quality.suites.raw.arrival import Account, arrival

SALESFORCE = Account("salesforce", core=("accounts", "contacts", "opportunities"))

_ID = ("Id",)
_VOCABULARY = "an unknown word falls out of the reports that group by it"

_WON_IS_CLOSED = no_rows(
    "won_is_closed",
    "select Id from {batch} where IsWon and not IsClosed",
    why="Salesforce sets both from the stage: one without the other means broken columns",
)

_ENDS_WITH_TODAYS = no_rows(
    "ends_with_todays",
    """
    select quotas.Id, quotas._load_id, last.load_id as version
    from raw_salesforce.forecasting_quotas as quotas
    left join (
        select Id, max(_load_id) as load_id from {batch} group by Id
    ) as last on quotas.Id = last.Id
    where quotas._load_id is distinct from last.load_id
    """,
    why="targets are made of the versions: a quota without its newest one is asked of nobody",
)

SUITES: tuple[Suite, ...] = (
    arrival(SALESFORCE, "organizations", key=_ID, fields=("TimeZoneSidKey",)),
    arrival(SALESFORCE, "users", key=_ID, fields=("Name", "Email"), required="critical"),
    arrival(SALESFORCE, "user_roles", key=_ID, fields=("Name",)),
    arrival(SALESFORCE, "accounts", key=_ID, fields=("Name", "OwnerId"), required="warning"),
    arrival(SALESFORCE, "contacts", key=_ID, fields=("Email", "AccountId"), required="warning"),
    arrival(SALESFORCE, "leads", key=_ID, fields=("Email", "IsConverted", "ConvertedDate")),
    arrival(
        SALESFORCE,
        "opportunities",
        key=_ID,
        fields=("Amount", "StageName", "CloseDate", "IsClosed", "IsWon", "OwnerId"),
        required="warning",
        also=(
            _WON_IS_CLOSED,
            between("Probability", 0, 100, why="per cent, as Salesforce counts it"),
            one_of(
                "ForecastCategory",
                "Omitted",
                "Pipeline",
                "BestCase",
                "MostLikely",
                "Forecast",
                "Closed",
                why=_VOCABULARY,
            ),
        ),
    ),
    arrival(
        SALESFORCE,
        "opportunity_history",
        key=_ID,
        fields=("OpportunityId", "StageName", "CreatedDate"),
    ),
    arrival(
        SALESFORCE,
        "opportunity_field_history",
        key=_ID,
        fields=("OpportunityId", "Field", "OldValue", "NewValue", "CreatedDate"),
    ),
    arrival(
        SALESFORCE,
        "opportunity_line_items",
        key=_ID,
        fields=("OpportunityId", "Quantity", "UnitPrice"),
    ),
    arrival(SALESFORCE, "opportunity_contact_roles", key=_ID, fields=("ContactId", "IsPrimary")),
    arrival(SALESFORCE, "products", key=_ID, fields=("Name", "StockKeepingUnit")),
    arrival(SALESFORCE, "pricebook_entries", key=_ID, fields=("Product2Id", "UnitPrice")),
    arrival(
        SALESFORCE,
        "opportunity_stages",
        key=_ID,
        fields=("MasterLabel", "ApiName", "SortOrder", "IsClosed", "IsWon"),
        required="critical",
        also=(_WON_IS_CLOSED,),
    ),
    arrival(SALESFORCE, "tasks", key=_ID, fields=("Status", "IsClosed", "ActivityDate")),
    arrival(SALESFORCE, "events", key=_ID, fields=("StartDateTime", "EndDateTime")),
    arrival(SALESFORCE, "cases", key=_ID, fields=("IsClosed", "ClosedDate")),
    arrival(SALESFORCE, "campaigns", key=_ID, fields=("Name", "Type")),
    arrival(SALESFORCE, "campaign_members", key=_ID, fields=("CampaignId",)),
    arrival(SALESFORCE, "forecasting_quotas", key=_ID, fields=("QuotaAmount", "QuotaOwnerId")),
    arrival(
        SALESFORCE,
        "forecasting_quotas_versions",
        key=("Id", "_valid_from"),
        fields=("QuotaAmount", "CurrencyIsoCode"),
        entity="forecasting_quotas",
        also=(_ENDS_WITH_TODAYS,),
    ),
    arrival(SALESFORCE, "periods", key=_ID, fields=("Type", "StartDate", "EndDate")),
    arrival(
        SALESFORCE,
        "currency_types",
        key=_ID,
        fields=("IsoCode", "ConversionRate"),
        also=(
            no_rows(
                "rates_are_positive",
                "select Id from {batch} where ConversionRate <= 0",
                why="amounts are divided by it",
            ),
        ),
    ),
    arrival(
        SALESFORCE,
        "dated_conversion_rates",
        key=_ID,
        fields=("IsoCode", "StartDate", "ConversionRate"),
        also=(
            no_rows(
                "rates_are_positive",
                "select Id from {batch} where ConversionRate <= 0",
                why="amounts are divided by it",
            ),
        ),
    ),
    arrival(SALESFORCE, "contracts", key=_ID, fields=("AccountId", "StartDate", "EndDate")),
    arrival(SALESFORCE, "orders", key=_ID, fields=("AccountId", "EffectiveDate")),
    arrival(SALESFORCE, "order_items", key=_ID, fields=("OrderId", "Quantity")),
)
