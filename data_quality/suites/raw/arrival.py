"""What is expected of every raw table, whatever the vendor: the shape that the CRM modules fill in."""

from __future__ import annotations

from dataclasses import dataclass, replace

from data_quality.expectations import columns, no_rows, not_null, row_count, unique
from data_quality.model import Expectation, Severity, Suite

OWN_COLUMNS = ("_changed_at", "_landed_at", "_load_id", "_is_deleted")


@dataclass(frozen=True)
class Account:
    """One CRM: its name in `_ingestion.loads`, and the tables that an account in use has rows in."""

    source: str
    core: tuple[str, ...]
    owner: str = "crm-operations"

    def relation(self, table: str) -> str:
        return f"raw_{self.source}.{table}"


def arrival(
    account: Account,
    table: str,
    *,
    key: tuple[str, ...] = ("id",),
    fields: tuple[str, ...] = (),
    required: Severity | None = None,
    entity: str | None = None,
    linked: bool = False,
    also: tuple[Expectation, ...] = (),
) -> Suite:
    """The suite of one raw table; `entity` is the one it arrives with, when not its own.

    `linked` says that links or histories arrive with it, on pages that its manifests count too.
    A table of an account that is not configured passes unasked.
    """
    relation = account.relation(table)
    expectations = [
        columns(*key, *fields, *OWN_COLUMNS, why="staging reads these columns by name"),
        *(not_null(column, why="a row without its key can never be updated") for column in key),
        unique(*key, why="raw holds one row per key; a second one is counted twice everywhere"),
        _plausible_stamps(account),
    ]
    if entity is None:
        expectations.append(_holds_what_landed(account, table, linked=linked))
    if required is not None:
        rows = row_count(
            1,
            why="every account in use has some; none means that access or the load went wrong",
            unless=_excuse(account, entity or table),
        )
        expectations.append(replace(rows, severity=required))
    return Suite(
        relation=relation,
        owner=account.owner,
        why=f"what {account.source} agreed to send as {table}",
        expectations=(*expectations, *also),
        unless=_not_configured(account, relation),
        key=key,
    )


def _plausible_stamps(account: Account) -> Expectation:
    # What a vendor delivers with every account says that it changed at the epoch, to the second; an
    # instant shortly after it is a number in the wrong unit.
    # The vendor's clock ends the window; a day of grace, as no clock of a server is off by more.
    query = f"""
        select _load_id, _changed_at from {{batch}}
        where _changed_at < timestamp '1999-01-01' and _changed_at <> timestamp '1970-01-01'
            or _changed_at > greatest(_landed_at, (
                select max(window_end) from _ingestion.loads where source = '{account.source}'
            )) + interval 1 day
    """
    why = "the next pull starts from these instants: one from the future would skip changes"
    return no_rows("changed_at_is_plausible", query, why=why)


def _holds_what_landed(account: Account, table: str, *, linked: bool) -> Expectation:
    # A page that the vendor sends twice lands twice and is one set of rows: hence the tolerance.
    least = "least(landed.rows, 1)" if linked else "0.9 * landed.rows"
    query = f"""
        select landed.rows as landed, held.rows as held
        from (
            select coalesce(max(rows), 0) as rows from _ingestion.loads
            where source = '{account.source}' and entity = '{table}' and status = 'loaded'
                and mode in ('full', 'whole')
        ) as landed
        cross join (select count(*) as rows from {{batch}}) as held
        where held.rows < {least}
    """
    why = "raw holds every record of the manifests, so never fewer than the largest load brought"
    return no_rows("holds_what_landed", query, why=why)


def _not_configured(account: Account, relation: str) -> str:
    # Only what was loaded is booked: an account without any load has never answered.
    return f"""
        select 'not configured'
        where not exists (select 1 from _ingestion.loads where source = '{account.source}')
            and not exists (select 1 from {relation})
    """


def _excuse(account: Account, entity: str) -> str:
    """Why no row of the entity is no fault: it was never given, or the account is unused."""
    nothing = " and ".join(
        f"not exists (select 1 from {account.relation(table)})" for table in account.core
    )
    return f"""
        select case
            when not exists (
                select 1 from _ingestion.loads
                where source = '{account.source}' and entity = '{entity}'
            ) then 'skipped: the vendor gives no access'
            when {nothing} then 'the account is unused'
        end
    """
