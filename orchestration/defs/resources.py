"""The only module of the pipeline that knows the environment's variables.

A variable that is set is handed on as a reference, so its value is read when a run starts and shows
in no page; one that is not set takes its default.
"""

import dagster as dg

from orchestration.resources import Account, Alerts, Business

HUBSPOT = (
    "HUBSPOT_BASE_URL",
    "HUBSPOT_API_VERSION",
    "HUBSPOT_ACCESS_TOKEN",
    "HUBSPOT_CLIENT_ID",
    "HUBSPOT_CLIENT_SECRET",
    "HUBSPOT_REFRESH_TOKEN",
    "HUBSPOT_SEARCH_PER_SECOND",
    "HUBSPOT_CALLS_PER_TEN_SECONDS",
    "HUBSPOT_ASSOCIATIONS_PER_TEN_SECONDS",
    "HUBSPOT_DAILY_RESERVE",
)
SALESFORCE = (
    "SALESFORCE_LOGIN_URL",
    "SALESFORCE_API_VERSION",
    "SALESFORCE_CLIENT_ID",
    "SALESFORCE_CLIENT_SECRET",
    "SALESFORCE_USERNAME",
    "SALESFORCE_PRIVATE_KEY_FILE",
    "SALESFORCE_REFRESH_TOKEN",
    "SALESFORCE_BULK_FROM_ROWS",
    "SALESFORCE_CALLS_AT_ONCE",
    "SALESFORCE_DAILY_RESERVE",
)

PIPEDRIVE = (
    "PIPEDRIVE_BASE_URL",
    "PIPEDRIVE_API_TOKEN",
    "PIPEDRIVE_CLIENT_ID",
    "PIPEDRIVE_CLIENT_SECRET",
    "PIPEDRIVE_REFRESH_TOKEN",
    "PIPEDRIVE_DAILY_RESERVE",
)

SPREADSHEETS = (
    "SPREADSHEETS_FOLDER",
    "SPREADSHEETS_LOCALE",
    "SALES_HEARTBEAT_TIMEZONE",  # a target that was changed holds from the business day on
)


@dg.definitions
def resources() -> dg.Definitions:
    return dg.Definitions(
        resources={
            "business": Business(
                home=given("SALES_HEARTBEAT_HOME", "var"),
                as_of=given("SALES_HEARTBEAT_AS_OF", ""),
                timezone=given("SALES_HEARTBEAT_TIMEZONE", "UTC"),
                currency=given("SALES_HEARTBEAT_CURRENCY", "USD"),
                country=given("SALES_HEARTBEAT_COUNTRY", "US"),
                sector=given("SALES_HEARTBEAT_SECTOR", ""),
                fiscal_year_start_month=given("SALES_HEARTBEAT_FISCAL_START", "1"),
                log=given("SALES_HEARTBEAT_LOG", ""),
            ),
            "hubspot": account(HUBSPOT),
            "salesforce": account(SALESFORCE),
            "pipedrive": account(PIPEDRIVE),
            "spreadsheets": account(SPREADSHEETS),
            "alerts": Alerts(
                webhook_url=given("SALES_HEARTBEAT_WEBHOOK_URL", ""),
                mail_host=given("SALES_HEARTBEAT_MAIL_HOST", ""),
                mail_port=given("SALES_HEARTBEAT_MAIL_PORT", "25"),
                mail_from=given("SALES_HEARTBEAT_MAIL_FROM", "sales-heartbeat@localhost"),
                mail_to=given("SALES_HEARTBEAT_MAIL_TO", ""),
            ),
        },
        # A process per step would import everything again each time; dbt is a process of its own.
        executor=dg.in_process_executor,
    )


def given(name: str, default: str) -> str:
    variable = dg.EnvVar(name)
    return variable if variable.get_value() else default


def account(names: tuple[str, ...]) -> Account:
    return Account(
        settings={name: dg.EnvVar(name) for name in names if dg.EnvVar(name).get_value()}
    )
