"""Do the published wins add up to what the CRMs hold? Asked across the layers, past the models.

One per cent is allowed for the rules that only the models know, such as a deal in two CRMs whose
sides disagree.
"""

from __future__ import annotations

from data_quality.expectations import no_rows
from data_quality.model import Expectation
from data_quality.suites.marts.leaving import LOOKS_BACK

# A deal in several CRMs is counted once, with the values of Salesforce, else of HubSpot: the others
# are those that the model names as copies beside them.
_RAW_WINS = """
    select cast(Amount as decimal(38, 2)) as amount
    from raw_salesforce.opportunities where IsWon and not _is_deleted
    union all
    select cast(amount as decimal(38, 2)) as amount
    from raw_hubspot.deals
    where hs_is_closed_won and not _is_deleted
        and id not in (
            select hubspot_deal_id from intermediate.int_crm__opportunities
            where hubspot_deal_id is not null and salesforce_opportunity_id is not null
        )
    union all
    select cast(value as decimal(38, 2)) as amount
    from raw_pipedrive.deals
    where status = 'won' and not _is_deleted
        and cast(id as varchar) not in (
            select pipedrive_deal_id from intermediate.int_crm__opportunities
            where pipedrive_deal_id is not null
                and coalesce(salesforce_opportunity_id, hubspot_deal_id) is not null
        )
"""
_MODEL_WINS = """
    select amount, exclusion_reason
    from intermediate.int_crm__opportunities
    where is_won and exclusion_reason is distinct from 'deleted'
        and exclusion_reason is distinct from 'merged'
"""

EXPECTATIONS: tuple[Expectation, ...] = (
    no_rows(
        "won_amounts_add_up_to_the_crms",
        f"""
        select model.wins as model_wins, raw.wins as raw_wins,
            model.amount as model_amount, raw.amount as raw_amount
        from (
            select count(*) as wins, coalesce(sum(amount), 0) as amount from ({_MODEL_WINS}) as won
        ) as model
        cross join (
            select count(*) as wins, coalesce(sum(amount), 0) as amount from ({_RAW_WINS}) as won
        ) as raw
        where exists (select 1 from {{batch}}) and (
            abs(model.wins - raw.wins) > 0.01 * raw.wins
            or abs(model.amount - raw.amount) > 0.01 * abs(raw.amount)
        )
        """,
        why="a join that loses or doubles deals shows here, before conversion hides it",
        unless=LOOKS_BACK,
    ),
    no_rows(
        "published_wins_add_up_to_the_model",
        f"""
        select published.wins as published_wins, model.wins as model_wins
        from (
            select coalesce(sum(value), 0) as wins from {{batch}}
            where kpi_id = 'deals_won' and dimension = 'total' and period_grain = 'year'
        ) as published
        cross join (
            select count(*) as wins from ({_MODEL_WINS}) as won where exclusion_reason is null
        ) as model
        where abs(published.wins - model.wins) > 0.01 * model.wins
        """,
        why="every win falls into one year of the table that is published",
    ),
)
