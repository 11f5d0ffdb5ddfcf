"""Customers: in which segment they are, what they are worth, who has left and who may."""

from __future__ import annotations

from data_quality.expectations import between, no_rows, one_of
from data_quality.model import Suite
from data_quality.suites.marts.leaving import TODAY, leaving, sums_are_the_kpis

_EVERY_BUYER_IS_SCORED = no_rows(
    "every_buyer_is_scored",
    f"""
    select coalesce(scored.account_key, buyers.account_key) as account_key,
        scored.last_won_on, buyers.last_won_on as bought_on
    from {{batch}} as scored
    full outer join (
        select account_key, max(closed_on) as last_won_on
        from publish.pub_opportunities
        where is_won and account_key is not null and closed_on <= {TODAY}
        group by account_key
    ) as buyers on scored.account_key = buyers.account_key
    where scored.last_won_on is distinct from buyers.last_won_on
    """,
    why="a customer without a segment is in no campaign",
)
_MONTHS_HOLD_EVERY_BUYER = no_rows(
    "months_hold_every_buyer",
    """
    with first_days as (
        select first_won_on, count(*) as accounts
        from (
            select min(closed_on) as first_won_on from publish.pub_opportunities
            where is_won and account_key is not null group by account_key
        ) as buyers
        group by first_won_on
    )
    select told.month_start, told.account_count, coalesce(sum(first_days.accounts), 0) as buyers
    from (
        select month_start, max(measured_on) as measured_on, sum(account_count) as account_count
        from {batch} group by month_start
    ) as told
    left join first_days on told.measured_on >= first_days.first_won_on
    group by told.month_start, told.account_count
    having told.account_count <> coalesce(sum(first_days.accounts), 0)
    """,
    why="whoever ever bought is in one segment of each later month, the lost ones too",
)
_ENDS_AT_THE_SEGMENTS_OF_TODAY = no_rows(
    "ends_at_the_segments_of_today",
    """
    select told.account_count, today.account_count as account_count_today,
        told.purchase_amount, today.purchase_amount as purchase_amount_today
    from (
        select coalesce(sum(account_count), 0) as account_count,
            coalesce(sum(purchase_amount), 0) as purchase_amount
        from {batch} where month_start = (select max(month_start) from {batch})
    ) as told
    cross join (
        select count(*) as account_count, coalesce(sum(monetary_amount), 0) as purchase_amount
        from publish.pub_customer_rfm
    ) as today
    where told.account_count <> today.account_count
        or told.purchase_amount <> today.purchase_amount
    """,
    why="the newest month is the list of customers beside it",
)
# At midnight the run's day is the one that has just begun.
_SALES_ARE_THE_DEALS = no_rows(
    "sales_are_the_deals",
    f"""
    select told.net_sales, deals.longer, deals.shorter
    from (select coalesce(sum(net_sales), 0) as net_sales from {{batch}}) as told
    cross join (
        select coalesce(sum(amount_base), 0) as longer,
            coalesce(sum(amount_base) filter (where closed_on > {TODAY} - 364), 0) as shorter
        from publish.pub_opportunities
        where is_won and account_key is not null and closed_on <= {TODAY}
            and closed_on > {TODAY} - 365
    ) as deals
    where told.net_sales not in (deals.longer, deals.shorter)
    """,
    why="profit begins with what was sold, to the cent",
)
_CONTRIBUTION_IS_ITS_PARTS = no_rows(
    "contribution_is_its_parts",
    """
    select account_key, net_sales, contribution from {batch}
    where contribution
        is distinct from net_sales - returned_amount - cost_of_goods - campaign_spend
    """,
    why="a controller adds up the row first",
)
_CLASSES_ARE_IN_ORDER = no_rows(
    "classes_are_in_order",
    """
    select a_least, b_most, b_least, c_most
    from (
        select min(contribution) filter (where abc_class = 'A') as a_least,
            max(contribution) filter (where abc_class = 'B') as b_most,
            min(contribution) filter (where abc_class = 'B') as b_least,
            max(contribution) filter (where abc_class = 'C') as c_most,
            count(*) filter (where abc_class = 'A') as classed
        from {batch} having max(contribution) > 0
    ) as classes
    where a_least < b_most or a_least < c_most or b_least < c_most or classed = 0
    """,
    why="the best customers get the best service, so they must be the best",
)
_LEFT_AFTER_BUYING = no_rows(
    "left_after_buying",
    f"""
    select account_key, month_start, customer_since, lost_on, won_back_on
    from {{batch}}
    where lost_on <= customer_since or won_back_on <= lost_on or lost_on > {TODAY}
    """,
    why="who was never a customer cannot leave, and nobody returns before leaving",
)
_SIGNS_ARE_COUNTED = no_rows(
    "signs_are_counted",
    """
    select account_key, sign_count from {batch}
    where sign_count is distinct from cast(is_lapsing as integer)
            + cast(is_in_segment_at_risk as integer) + cast(has_complained as integer)
            + cast(is_unsatisfied as integer)
        or sign_count = 0
    """,
    why="the list is read from the most signs down",
)
_OPEN_DEALS_ARE_THE_LIST = no_rows(
    "open_deals_are_the_list",
    """
    select told.account_key, told.open_deal_count, deals.open_deal_count as listed,
        told.open_amount, deals.open_amount as listed_amount
    from {batch} as told
    left join (
        select account_key, count(*) as open_deal_count,
            coalesce(sum(amount_base), 0) as open_amount
        from publish.pub_opportunities where not is_closed group by account_key
    ) as deals on told.account_key = deals.account_key
    where told.open_deal_count <> coalesce(deals.open_deal_count, 0)
        or told.open_amount <> coalesce(deals.open_amount, 0)
    """,
    why="a customer at risk with whom somebody negotiates is another case than one without",
)
_NO_MORE_THAN_ARE_ACTIVE = no_rows(
    "no_more_than_are_active",
    """
    select told.customers, kpi.active
    from (select count(*) as customers from {batch}) as told
    cross join (
        select coalesce(max(value), 0) as active from publish.pub_kpi_values
        where kpi_id = 'active_customers' and dimension = 'total' and period_grain = 'month'
            and period_start = (
                select max(period_start) from publish.pub_kpi_values
                where kpi_id = 'active_customers' and period_grain = 'month'
            )
    ) as kpi
    where told.customers > kpi.active
    """,
    why="who is no customer any more is not at risk but gone",
)

SUITES: tuple[Suite, ...] = (
    leaving(
        "pub_customer_rfm",
        key=("account_key",),
        of="(select * from reports.fct_customer_rfm where is_latest) as latest",
        sums=("monetary_amount",),
        why="campaigns are sent to these lists",
        also=(
            _EVERY_BUYER_IS_SCORED,
            between("recency_score", 1, 5, why="five fifths"),
            between("frequency_score", 1, 5, why="five fifths"),
            between("monetary_score", 1, 5, why="five fifths"),
        ),
    ),
    leaving(
        "pub_customer_segments",
        key=("month_start", "segment", "segment_a_quarter_ago"),
        of="reports.fct_customer_segments",
        sums=("account_count", "purchase_amount"),
        why="whether campaigns moved anybody shows here",
        also=(_MONTHS_HOLD_EVERY_BUYER, _ENDS_AT_THE_SEGMENTS_OF_TODAY),
    ),
    leaving(
        "pub_customer_profitability",
        key=("account_key",),
        of="reports.fct_customer_profitability",
        sums=("net_sales", "contribution"),
        why="who gets which service is decided on it",
        also=(_SALES_ARE_THE_DEALS, _CONTRIBUTION_IS_ITS_PARTS, _CLASSES_ARE_IN_ORDER),
    ),
    leaving(
        "pub_churned_customers",
        key=("account_key", "month_start"),
        of="reports.fct_customer_churn",
        sums=("amount_two_years",),
        why="somebody calls each of them",
        also=(
            sums_are_the_kpis(
                ("count(*)", "churn_rate", "numerator"),
                grains=("month",),
                rows="(select 'month' as period_grain, month_start as period_start from {batch})",
            ),
            _LEFT_AFTER_BUYING,
            one_of(
                "reason_source",
                "lost_deal",
                "contract",
                "purchases",
                why="a reason is only worth what it was taken from",
                severity="critical",
            ),
        ),
    ),
    leaving(
        "pub_customers_at_risk",
        key=("account_key",),
        of="reports.fct_customers_at_risk",
        sums=("monetary_amount", "open_amount"),
        why="who is called this week",
        history=None,
        also=(_SIGNS_ARE_COUNTED, _OPEN_DEALS_ARE_THE_LIST, _NO_MORE_THAN_ARE_ACTIVE),
    ),
)
