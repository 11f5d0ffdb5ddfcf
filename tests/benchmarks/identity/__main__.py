"""How long it takes to find out who is who: `python -m tests.benchmarks.identity`.

Invents records of three CRMs as the conformed models give them, then runs the identity models as dbt
compiles them, one after another, and prints the seconds and rows of each.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

PROJECT = Path(__file__).parents[3] / "dbt_project"
MODELS = (
    "int_crm__account_records",
    "int_crm__account_links",
    "int_crm__account_tax_matches",
    "int_crm__account_domain_matches",
    "int_crm__account_ids",
    "int_crm__person_records",
    "int_crm__person_links",
    "int_crm__person_email_matches",
    "int_crm__person_ids",
)
SEEDS = (
    "country_map",
    "free_mail_domains",
    "identity_overrides",
    "identity_sources",
    "shared_mailboxes",
)
# CRM, how many of ten companies (and their people) it has.
CRMS = (("salesforce", 6), ("hubspot", 8), ("pipedrive", 2))


def main() -> int:
    parser = argparse.ArgumentParser(prog="make benchmark-identity", description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000, help="records of people")
    parser.add_argument("--companies", type=int, default=300_000, help="records of companies")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--memory", default="8GB")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="identity-") as folder:
        _run(Path(folder), chosen)
    return 0


def _run(folder: Path, chosen: argparse.Namespace) -> None:
    compiled = _compiled(folder)
    with duckdb.connect() as connection:
        connection.execute(f"set threads = {chosen.threads}")
        connection.execute(f"set memory_limit = '{chosen.memory}'")
        connection.execute(f"set temp_directory = '{folder / 'spill'}'")
        connection.execute(f"attach '{folder / 'bench.duckdb'}' as warehouse")
        connection.execute("create schema warehouse.intermediate")
        connection.execute("create schema warehouse.seeds")
        for seed in SEEDS:
            path = PROJECT / "seeds" / "crm" / f"{seed}.csv"
            types = "" if seed == "identity_sources" else ", all_varchar = true"
            connection.execute(
                f"create table warehouse.seeds.{seed} as from read_csv('{path}', header = true{types})"
            )
        shares = sum(share for _, share in CRMS)
        _companies(connection, chosen.companies * 10 // shares)
        _people(connection, chosen.people * 10 // shares, chosen.companies * 10 // shares)
        whole = 0.0
        for name in MODELS:
            started = time.monotonic()
            connection.execute(f"create table warehouse.intermediate.{name} as {compiled[name]}")
            seconds = time.monotonic() - started
            whole += seconds
            rows = connection.execute(
                f"select count(*) from warehouse.intermediate.{name}"
            ).fetchall()[0][0]
            print(f"{name:<36}{rows:>12,} rows{seconds:>9.1f} s")
        print(f"{'all':<36}{'':>17}{whole:>9.1f} s")
        for entity in ("account", "person"):
            for rule, rows in connection.execute(
                f"select match_rule, count(*) from warehouse.intermediate.int_crm__{entity}_ids"
                " group by match_rule order by match_rule nulls last"
            ).fetchall():
                print(f"  {entity:<10}{rule or 'by none':<24}{rows:>12,}")


def _compiled(folder: Path) -> dict[str, str]:
    done = subprocess.run(
        [
            *(sys.executable, "-m", "dbt.cli.main", "compile", "--select", *MODELS),
            *("--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)),
            *("--target-path", str(folder / "target"), "--log-path", str(folder / "logs")),
            *("--vars", '{"as_of": "2026-11-03T15:00:00Z"}'),
        ],
        env={**os.environ, "SALES_HEARTBEAT_WAREHOUSE": str(folder / "warehouse.duckdb")},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(done.stdout)
    return {path.stem: path.read_text() for path in (folder / "target").rglob("compiled/**/*.sql")}


def _companies(connection: duckdb.DuckDBPyConnection, true_companies: int) -> None:
    """A third of the links by the sync, then tax numbers, domains and names; names repeat."""
    for position, (crm, share) in enumerate(CRMS):
        connection.execute(
            f"""
            create table warehouse.intermediate.int_{crm}__accounts_conformed as
            select
                '{crm}' as source_system,
                '{crm[0]}' || i as vendor_id,
                cast(null as varchar) as merged_into_id,
                i % 97 = {position} as is_deleted,
                case when '{crm}' = 'hubspot' and i % 3 = 0 then 's' || i end
                    as linked_salesforce_id,
                'Empresa ' || (i // 2) || case when {position} = 1 then ' Ltda.' else ' S.A.' end
                    as account_name,
                case when i % 5 < 3 then 'firma' || i || '.example' end as domain,
                case when i % 4 = 1 then 'ABC' || lpad(cast(i as varchar), 9, '0') end as tax_id,
                case when i % 2 = 0 then 'BR' else 'MX' end as country_code,
                cast('2024-01-01' as timestamp) + to_seconds(cast(i as bigint)) as created_at
            from range({true_companies}) as numbers (i)
            where (i * 7 + {position} * 3) % 10 < {share}
            """
        )


def _people(connection: duckdb.DuckDBPyConnection, true_people: int, true_companies: int) -> None:
    for position, (crm, share) in enumerate(CRMS):
        connection.execute(
            f"""
            create table warehouse.intermediate.int_{crm}__people_conformed as
            select
                '{crm}' as source_system,
                'contact' as record_type,
                '{crm[0]}' || i as vendor_id,
                cast(null as varchar) as merged_into_id,
                i % 89 = {position} as is_deleted,
                cast(null as varchar) as converted_to_id,
                case when '{crm}' = 'hubspot' and i % 3 = 0 then 's' || i end as linked_contact_id,
                cast(null as varchar) as linked_lead_id,
                '{crm[0]}' || (i % {true_companies}) as vendor_account_id,
                'Ana' || (i % 50) || ' Silva' || (i % 700) as full_name,
                case when i % 5 < 4 then 'p' || i || '@firma' || (i % 1000) || '.example' end as email,
                case when i % 3 > 0 then '+55 11 9' || lpad(cast(i % 9000000 as varchar), 8, '0') end
                    as phone,
                'BR' as country_code,
                cast('2024-01-01' as timestamp) + to_seconds(cast(i as bigint)) as created_at
            from range({true_people}) as numbers (i)
            where (i * 7 + {position} * 3) % 10 < {share}
            """
        )


if __name__ == "__main__":
    sys.exit(main())
