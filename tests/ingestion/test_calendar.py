"""Public holidays by country: what the library says, and the seed that was written from it."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from ingestion.__main__ import main
from ingestion.calendar import COUNTRIES, holidays_csv

SEED = Path(__file__).parents[2] / "dbt_project" / "seeds" / "calendar" / "holidays.csv"


@pytest.fixture(scope="module")
def named() -> dict[tuple[str, str], str]:
    rows = csv.DictReader(holidays_csv(2024, 2027).splitlines())
    return {(row["country_code"], row["holiday_on"]): row["holiday_name"] for row in rows}


def test_the_seed_is_what_the_command_prints(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["holidays", "--first", "2015", "--last", "2035"]) == 0
    assert capsys.readouterr().out == SEED.read_text(encoding="utf-8")


def test_it_writes_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "holidays.csv"
    assert main(["holidays", "--first", "2026", "--last", "2026", "--out", str(path)]) == 0
    assert capsys.readouterr().out == ""
    assert path.read_text(encoding="utf-8") == holidays_csv(2026, 2026)


@pytest.mark.parametrize(
    ("country", "day", "name"),
    [
        ("BR", "2026-11-02", "All Souls' Day"),
        ("BR", "2026-09-07", "Independence Day"),
        ("MX", "2026-03-16", "Benito Juárez's birthday"),
        ("US", "2026-11-26", "Thanksgiving Day"),
        ("US", "2026-07-03", "Independence Day (observed)"),  # the 4th is a Saturday
        ("GB", "2026-12-28", "Boxing Day (observed)"),
        ("PT", "2026-04-25", "Freedom Day"),
        ("ES", "2026-10-12", "National Day"),
    ],
)
def test_known_days_are_off(
    named: dict[tuple[str, str], str], country: str, day: str, name: str
) -> None:
    assert named[country, day] == name


@pytest.mark.parametrize(
    ("country", "day"),
    [
        ("US", "2026-11-02"),
        ("DE", "2026-01-06"),  # Epiphany, in three states
        ("ES", "2026-03-19"),  # Saint Joseph, in some communities
        ("GB", "2026-04-06"),  # Easter Monday, not in Scotland
        ("BR", "2026-02-17"),  # Carnival is no public holiday of the whole country
    ],
)
def test_days_off_in_a_part_of_the_country_only_are_left_out(
    named: dict[tuple[str, str], str], country: str, day: str
) -> None:
    assert (country, day) not in named


def test_every_country_has_every_year() -> None:
    rows = list(csv.DictReader(SEED.read_text(encoding="utf-8").splitlines()))
    found = {(row["country_code"], date.fromisoformat(row["holiday_on"]).year) for row in rows}
    assert found == {(country, year) for country in COUNTRIES for year in range(2015, 2036)}


def test_swapped_years_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["holidays", "--first", "2027", "--last", "2026"]) == 2
    assert "--last must not lie before --first" in capsys.readouterr().err
