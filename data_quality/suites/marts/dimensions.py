"""What the facts point at: a key without its row here falls out of every report that joins."""

from __future__ import annotations

from data_quality.expectations import no_rows
from data_quality.model import Expectation, Suite
from data_quality.suites.marts.leaving import leaving

_RATES_ARE_POSITIVE = no_rows(
    "rates_are_positive",
    """
    select currency_code, rate_on, rate_to_base from {batch}
    where coalesce(rate_to_base, 0) <= 0
    """,
    why="an amount that is converted with it would be nothing, or owed",
)


def _finds_the_keys_of(table: str, key: str) -> Expectation:
    query = f"""
        select distinct told.{key} from publish.{table} as told
        left join {{batch}} as dimension on told.{key} = dimension.{key}
        where told.{key} is not null and told.{key} <> 'unknown' and dimension.{key} is null
    """
    why = "a BI tool joins by this key, and what finds nothing is in no chart"
    return no_rows("finds_the_keys", query, why=why)


SUITES: tuple[Suite, ...] = (
    leaving(
        "pub_currency_rates",
        key=("currency_code", "rate_on"),
        of="core.dim_currency_rate",
        why="amounts of several currencies are added up with it",
        # A currency that nobody lists any more may be gone tomorrow.
        history=None,
        also=(_RATES_ARE_POSITIVE,),
    ),
    leaving(
        "pub_stages",
        key=("stage_key",),
        of="core.dim_stage",
        why="every report on the path of a deal names its stages",
        history=None,
        also=(_finds_the_keys_of("pub_opportunities", "stage_key"),),
    ),
    leaving(
        "pub_products",
        key=("product_key",),
        of="core.dim_product",
        why="every report on what was sold names its products",
        history=None,
        also=(_finds_the_keys_of("pub_product_sales", "product_key"),),
    ),
    leaving(
        "pub_teams",
        key=("team_key",),
        of="core.dim_team",
        why="targets and results are compared by team",
        history=None,
        also=(_finds_the_keys_of("pub_team_performance", "team_key"),),
    ),
)
