"""A warehouse as large as asked for: the raw rows of an invented company, many times over.

Each copy has ids, domains and addresses of its own and the same reps, pipelines, products and
rates, so that accounts, people and histories relate as they do in the original.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path

import duckdb

# Columns that name a record of a customer. Tables that are not here are the organisation's, and
# Pipedrive's ids are numbers: these stay as they are.
HUBSPOT: Mapping[str, tuple[str, ...]] = {
    "companies": ("id", "salesforceaccountid"),
    "contacts": ("id", "salesforcecontactid", "salesforceleadid"),
    "deals": ("id", "hs_salesforceopportunityid"),
    "associations": ("from_id", "to_id"),
    "property_history": ("record_id",),
    **dict.fromkeys(
        (
            "line_items",
            "quotes",
            "tickets",
            "calls",
            "emails",
            "meetings",
            "tasks",
            "notes",
            "leads",
            "feedback_submissions",
        ),
        ("id",),
    ),
}
SALESFORCE: Mapping[str, tuple[str, ...]] = {
    "accounts": ("Id", "ParentId", "MasterRecordId"),
    "contacts": ("Id", "AccountId", "MasterRecordId", "ReportsToId"),
    "leads": (
        "Id",
        "ConvertedAccountId",
        "ConvertedContactId",
        "ConvertedOpportunityId",
        "MasterRecordId",
    ),
    "opportunities": ("Id", "AccountId", "ContactId"),
    "opportunity_history": ("Id", "OpportunityId"),
    "opportunity_field_history": ("Id", "OpportunityId"),
    "opportunity_line_items": ("Id", "OpportunityId"),
    "opportunity_contact_roles": ("Id", "OpportunityId", "ContactId"),
    "tasks": ("Id", "WhoId", "WhatId", "AccountId"),
    "events": ("Id", "WhoId", "WhatId", "AccountId"),
    "cases": ("Id", "AccountId", "ContactId", "MasterRecordId"),
    "campaign_members": ("Id", "LeadId", "ContactId"),
    "contracts": ("Id", "AccountId"),
    "orders": ("Id", "AccountId", "OpportunityId", "ContractId", "OriginalOrderId"),
    "order_items": ("Id", "OrderId"),
}
# What else tells one customer from another, and how a copy writes it.
WORDS: Mapping[str, str] = {
    "domain": "'k' || copy || '-' || {0}",
    "website": "regexp_replace({0}, '^(https?://)?(www[.])?', '\\1k' || copy || '-')",
    "email": "replace({0}, '@', '.k' || copy || '@')",
    "name": "{0} || ' ' || copy",
    "phone": "{0} || copy",
    "tax_id": "{0} || copy",
    "tax_id__c": "{0} || copy",
}
WORDY = {
    ("raw_hubspot", "companies"),
    ("raw_hubspot", "contacts"),
    ("raw_salesforce", "accounts"),
    ("raw_salesforce", "contacts"),
    ("raw_salesforce", "leads"),
}


def multiply(base: Path, target: Path, copies: int) -> None:
    """Write `target`, with every customer of `base` `copies` times."""
    target.unlink(missing_ok=True)
    with duckdb.connect(target, config={"preserve_insertion_order": False}) as connection:
        connection.execute("set memory_limit = '6GB'")
        connection.execute(f"attach '{base}' as base (read_only)")
        for schema, table in _tables(connection):
            connection.execute(f"create schema if not exists {schema}")
            links = {"raw_hubspot": HUBSPOT, "raw_salesforce": SALESFORCE}.get(schema, {})
            source = f"base.{schema}.{table}"
            if table not in links:
                connection.execute(f"create table {schema}.{table} as from {source}")
                continue
            names = [
                row[0]
                for row in connection.execute(
                    f"select column_name from (describe {source})"
                ).fetchall()
            ]
            columns = ", ".join(_columns(names, links[table], (schema, table) in WORDY))
            connection.execute(
                f"create table {schema}.{table} as "
                f"select {columns} from {source} cross join range({copies}) as copies (copy)"
            )
        connection.execute("detach base")


def _tables(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    return connection.execute(
        """
        select schema_name, table_name from duckdb_tables()
        where database_name = 'base' and (schema_name like 'raw_%' or schema_name = '_ingestion')
        order by 1, 2
        """
    ).fetchall()


def _columns(names: list[str], links: tuple[str, ...], is_wordy: bool) -> Iterator[str]:
    for name in names:
        quoted = f'"{name}"'
        if name in (*links, "_merged_into"):
            copied = f"{quoted} || 'k' || copy"
        elif is_wordy and name.lower() in WORDS:
            copied = WORDS[name.lower()].format(quoted)
        else:
            yield quoted
            continue
        yield f"case when copy = 0 then {quoted} else {copied} end as {quoted}"


def change(target: Path, share: float) -> int:
    """A share of the deals moves as in a day: new amounts with their history, and new activities.

    The columns that a load keeps for itself say so, as they do after a real one. Returns the number
    of deals.
    """
    with duckdb.connect(target) as connection:
        connection.execute("set memory_limit = '6GB'")
        every = max(round(1 / share), 1)
        connection.execute(
            f"""
            create temp table chosen as
            select id, amount + 1 as amount from raw_hubspot.deals
            where hash(id) % {every} = 0 and amount is not null
            """
        )
        newest, landed = connection.execute(
            "select max(hs_lastmodifieddate), max(_landed_at) from raw_hubspot.deals"
        ).fetchall()[0]
        landed += timedelta(hours=1)
        now = f"timestamp '{newest}'"
        loaded = {
            "_changed_at": now,
            "_landed_at": f"timestamp '{landed}'",
            "_load_id": f"'{landed:%Y%m%dT%H%M%S%fZ}'",
        }
        given = ", ".join(f"{column} = {value}" for column, value in loaded.items())
        written = ", ".join(f"{value} as {column}" for column, value in loaded.items())
        connection.execute(
            f"""
            update raw_hubspot.deals as deals
            set amount = chosen.amount, hs_lastmodifieddate = {now}, "updatedAt" = {now}, {given}
            from chosen where deals.id = chosen.id
            """
        )
        connection.execute(
            f"""
            insert into raw_hubspot.property_history
            select history.* replace (
                {now} as timestamp, ordinal + 1 as ordinal, cast(amount as varchar) as value, {written}
            )
            from raw_hubspot.property_history as history
            inner join chosen on history.record_id = chosen.id
            where property = 'amount' and object_type = 'deals'
            qualify row_number() over (partition by record_id order by ordinal desc) = 1
            """
        )
        for table in ("calls", "emails", "meetings", "tasks", "notes"):
            connection.execute(
                f"""
                insert into raw_hubspot.{table}
                select * replace (
                    id || 'n' as id, {now} as hs_timestamp, {now} as hs_createdate,
                    {now} as hs_lastmodifieddate, {now} as "updatedAt", {written}
                )
                from raw_hubspot.{table} where hash(id) % {every} = 0
                """
            )
            connection.execute(
                f"""
                insert into raw_hubspot.associations
                select * replace (from_id || 'n' as from_id, {written})
                from raw_hubspot.associations
                where from_type = '{table}' and hash(from_id) % {every} = 0
                """
            )
        row = connection.execute("select count(*) from chosen").fetchone()
        connection.execute("checkpoint")
    if row is None:
        raise RuntimeError("a count gave no row")
    return int(row[0])
