"""What was sold, to whom, at which discount, and why deals were won and lost."""

from __future__ import annotations

from data_quality.expectations import no_rows
from data_quality.model import Expectation, Suite
from data_quality.suites.marts.leaving import MANY, leaving, sums_are_the_kpis

# Every line of a won deal has one month, one quarter and one year.
_HOLDS_EVERY_LINE_SOLD = no_rows(
    "holds_every_line_sold",
    """
    select report.period_grain, report.net_amount, lines.net_amount as lines_net_amount,
        report.units, lines.units as lines_units, report.records, lines.records as lines
    from (
        select grains.period_grain, coalesce(sum(told.net_amount), 0) as net_amount,
            coalesce(sum(told.units), 0) as units, coalesce(sum(told.line_count), 0) as records
        from (select unnest(['month', 'quarter', 'year']) as period_grain) as grains
        left join {batch} as told on grains.period_grain = told.period_grain
        group by grains.period_grain
    ) as report
    cross join (
        select coalesce(sum(net_amount_base), 0) as net_amount,
            coalesce(sum(quantity), 0) as units, count(*) as records
        from core.fct_opportunity_lines where is_won and closed_on is not null
    ) as lines
    where report.net_amount <> lines.net_amount or report.units <> lines.units
        or report.records <> lines.records
    """,
    why="a line that falls out of the report was sold all the same",
)
_DISCOUNTS_ARE_PLAUSIBLE = no_rows(
    "discounts_are_plausible",
    """
    select period_start, product_key, account_key, list_amount, discount_amount, discount_rate
    from {batch}
    where period_grain = 'year' and list_amount > 0
        and (discount_rate > 0.95 or discount_rate < -1)
    """,
    why="given away, or sold at twice the list price: a price book or an amount is wrong",
    severity="warning",
)


def _adds_up_to_the_sale_report(*sums: str) -> Expectation:
    told = ", ".join(f"coalesce(sum({name}), 0) as {name}" for name in sums)
    shown = ", ".join(f"told.{name}, report.{name} as report_{name}" for name in sums)
    differs = " or ".join(f"coalesce(told.{n}, 0) <> coalesce(report.{n}, 0)" for n in sums)
    query = f"""
        select coalesce(told.period_grain, report.period_grain) as period_grain,
            coalesce(told.period_start, report.period_start) as period_start, {shown}
        from (
            select period_grain, period_start, {told} from {{batch}} group by all
        ) as told
        full outer join (
            select period_grain, period_start, {told} from publish.pub_sale_report group by all
        ) as report
            on told.period_grain = report.period_grain and told.period_start = report.period_start
        where {differs}
    """
    why = "the sums below two reports of one sale are compared first"
    return no_rows("adds_up_to_the_sale_report", query, why=why)


_NO_MORE_THAN_WAS_WON = no_rows(
    "no_more_than_was_won",
    """
    select told.period_grain, told.period_start, told.customer_count, told.deal_count, kpi.value
    from {batch} as told
    left join publish.pub_kpi_values as kpi
        on kpi.kpi_id = 'deals_won' and kpi.dimension = 'total'
        and told.period_grain = kpi.period_grain and told.period_start = kpi.period_start
    where told.deal_count > coalesce(kpi.value, 0) or told.customer_count > told.deal_count
    """,
    why="lines belong to deals that were won, and each customer bought with one at least",
)
_BEST_SELLERS_COME_FIRST = no_rows(
    "best_sellers_come_first",
    """
    select period_grain, period_start, min(amount_rank) as first_rank,
        max(amount_rank) as last_rank, count(amount_rank) as ranked
    from {batch}
    group by period_grain, period_start
    having min(amount_rank) <> 1 or max(amount_rank) > count(amount_rank)
        or min(units_rank) <> 1 or max(units_rank) > count(units_rank)
        or max(case when amount_rank = 1 then net_amount end)
            < max(case when amount_rank > 1 then net_amount end)
        or count(*) filter (where is_best_seller)
            <> count(*) filter (where amount_rank = 1)
    """,
    why="a list of best sellers that begins with another product",
)
_SHARES_MAKE_A_WHOLE = no_rows(
    "shares_make_a_whole",
    """
    select period_grain, period_start, sum(amount_share) as shares
    from {batch}
    group by period_grain, period_start
    having abs(sum(amount_share) - 1) > 0.0001
    """,
    why="the slices of one pie",
)
_SAME_THE_OTHER_WAY_ROUND = no_rows(
    "same_the_other_way_round",
    """
    select period_grain, period_start, min(product_key_a) as product_key,
        min(deals_with_both) as fewest, max(deals_with_both) as most
    from {batch}
    group by period_grain, period_start, least(product_key_a, product_key_b),
        greatest(product_key_a, product_key_b)
    having count(*) <> 2 or min(deals_with_both) <> max(deals_with_both)
        or max(deals_with_both) > min(least(deals_with_a, deals_with_b))
    """,
    why="whoever buys bread with butter buys butter with bread",
)
_IS_THE_ATTACH_RATE = no_rows(
    "is_the_attach_rate",
    """
    select kpi.period_grain, kpi.period_start, kpi.dimension_key,
        told.deals_with_both, kpi.numerator, told.deals_with_a, kpi.denominator
    from publish.pub_kpi_values as kpi
    left join {batch} as told
        on kpi.period_grain = told.period_grain and kpi.period_start = told.period_start
        and kpi.dimension_key = concat(told.product_key_a, '|', told.product_key_b)
    where kpi.kpi_id = 'attach_rate'
        and (
            told.deals_with_both is distinct from kpi.numerator
            or told.deals_with_a is distinct from kpi.denominator
        )
    """,
    why="one number has one value, wherever it is read",
)
_NO_MORE_THAN_THE_PRODUCT_SOLD = no_rows(
    "no_more_than_the_product_sold",
    """
    select told.period_grain, told.period_start, told.product_key, told.won_count,
        sold.line_count
    from (
        select period_grain, period_start, product_key, sum(won_count) as won_count
        from {batch} group by period_grain, period_start, product_key
    ) as told
    left join publish.pub_product_sales as sold
        on told.period_grain = sold.period_grain and told.period_start = sold.period_start
        and told.product_key = sold.product_key
    where told.won_count > coalesce(sold.line_count, 0)
    """,
    why="a deal that is at two levels of price at once makes both rates wrong",
)
_WINS_AND_LOSSES = (
    ("sum(won_count)", "deals_won"),
    ("sum(won_amount)", "sales_amount"),
    ("sum(lost_count)", "deals_lost"),
    ("sum(lost_amount)", "lost_amount"),
)
_LOSSES_HAVE_REASONS = no_rows(
    "losses_have_reasons",
    f"""
    select losses, unknown
    from (
        select sum(deal_count) as losses,
            sum(case when reason = 'unknown' then deal_count else 0 end) as unknown
        from {{batch}} where outcome = 'lost' and period_grain = 'year'
    ) as counted
    where losses >= {MANY} and unknown > 0.5 * losses
    """,
    why="nothing can be learnt from losses that nobody explains",
    severity="warning",
)

SUITES: tuple[Suite, ...] = (
    leaving(
        "pub_sale_report",
        key=("period_grain", "period_start", "product_key", "account_key", "discount_kind"),
        of="reports.fct_sale_report",
        sums=("net_amount", "units"),
        why="finance holds it against the invoices",
        also=(
            _HOLDS_EVERY_LINE_SOLD,
            sums_are_the_kpis(
                ("sum(list_amount)", "discount_rate", "denominator"),
                ("sum(discount_amount)", "discount_rate", "numerator"),
                ("sum(lines_without_list_price)", "lines_without_list_price"),
            ),
            _DISCOUNTS_ARE_PLAUSIBLE,
        ),
    ),
    leaving(
        "pub_sales_summary",
        key=("period_grain", "period_start"),
        of="reports.fct_sales_summary",
        sums=("net_amount",),
        why="the cover of the sale report",
        also=(
            _adds_up_to_the_sale_report("net_amount", "list_amount", "discount_amount", "units"),
            sums_are_the_kpis(
                ("sum(won_count)", "deals_won"), ("sum(sales_amount)", "sales_amount")
            ),
            _NO_MORE_THAN_WAS_WON,
        ),
    ),
    leaving(
        "pub_product_sales",
        key=("period_grain", "period_start", "product_key"),
        of="reports.fct_product_sales",
        sums=("net_amount", "returned_amount"),
        why="what is made and bought next hangs on it",
        also=(
            _adds_up_to_the_sale_report("net_amount", "discount_amount", "units", "line_count"),
            _BEST_SELLERS_COME_FIRST,
            _SHARES_MAKE_A_WHOLE,
        ),
    ),
    leaving(
        "pub_customer_purchases",
        key=("period_grain", "period_start", "account_key"),
        of="reports.fct_customer_purchases",
        sums=("net_amount",),
        why="a rep reads it before calling the customer",
        also=(_adds_up_to_the_sale_report("net_amount", "discount_amount", "units"),),
    ),
    leaving(
        "pub_product_pairs",
        key=("period_grain", "period_start", "product_key_a", "product_key_b"),
        of="core.fct_product_pairs",
        sums=("deals_with_both",),
        why="offers are bundled by it",
        also=(_SAME_THE_OTHER_WAY_ROUND, _IS_THE_ATTACH_RATE),
    ),
    leaving(
        "pub_discount_effect",
        key=("period_grain", "period_start", "deal_type", "discount_band"),
        of="reports.fct_discount_effect",
        sums=("won_amount", "lost_amount"),
        why="who may grant which discount is decided on it",
        also=(sums_are_the_kpis(*_WINS_AND_LOSSES, grains=("quarter", "year")),),
    ),
    leaving(
        "pub_price_effect",
        key=("period_grain", "period_start", "product_key", "price_level"),
        of="reports.fct_price_effect",
        sums=("won_amount", "lost_amount"),
        why="prices are raised or not because of it",
        also=(_NO_MORE_THAN_THE_PRODUCT_SOLD,),
    ),
    leaving(
        "pub_closing_reasons",
        key=(
            "period_grain",
            "period_start",
            "outcome",
            "reason",
            "stage_key",
            "owner_key",
            "deal_type",
        ),
        of="reports.fct_closing_reasons",
        sums=("amount",),
        why="it is read aloud in the review of the quarter",
        also=(
            sums_are_the_kpis(
                ("sum(case when outcome = 'won' then deal_count end)", "deals_won"),
                ("sum(case when outcome = 'won' then amount end)", "sales_amount"),
                ("sum(case when outcome = 'lost' then deal_count end)", "deals_lost"),
                ("sum(case when outcome = 'lost' then amount end)", "lost_amount"),
            ),
            _LOSSES_HAVE_REASONS,
        ),
    ),
)
