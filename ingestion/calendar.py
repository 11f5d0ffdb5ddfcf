"""Public holidays by country, as the seed that working days are counted with.

They come from the library `holidays`, not from a CRM; the seed is in the repository so that a build
asks nobody and an old build keeps its days when the library learns better.
"""

from __future__ import annotations

import csv
import io

import holidays

COUNTRIES = (
    *("AR", "BR", "CA", "CL", "CO", "DE", "EC", "ES"),
    *("FR", "GB", "IT", "MX", "PE", "PT", "US", "UY"),
)
HEADER = ("country_code", "holiday_on", "holiday_name")
# The library follows the machine's language otherwise; every country here has English names.
LANGUAGE = "en_US"


def holidays_csv(first_year: int, last_year: int) -> str:
    """The public holidays of whole countries; those of a state, a province or a city are left out.

    A holiday that is moved off a weekend stands on both days, as the law of the country has it.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    years = range(first_year, last_year + 1)
    for country in COUNTRIES:
        named = holidays.country_holidays(country, years=years, language=LANGUAGE)
        # A rule may also give a day of a neighbouring year: a New Year's Day moved into December.
        days = sorted((day, name) for day, name in named.items() if day.year in years)
        writer.writerows((country, day.isoformat(), name) for day, name in days)
    return text.getvalue()
