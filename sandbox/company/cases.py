"""The awkward cases, each in a life of its own, at every scale. Numbers of lives = positions here.

What each one is and what breaks if it is got wrong stands in the table of sandbox/README.md. New
cases go to the end of the list, so that the numbers of the others stay.
"""

from __future__ import annotations

from collections.abc import Callable

from sandbox.company import cases_deals, cases_later, cases_people
from sandbox.company.story import Story

CASES: tuple[Callable[[Story], None], ...] = (
    cases_deals.merged_deal,
    cases_deals.deleted_deal,
    cases_deals.deleted_opportunity,
    cases_deals.deleted_in_both,
    cases_deals.restored_deal,
    cases_deals.reopened_loss,
    cases_deals.reopened_win,
    cases_deals.reopened_and_open,
    cases_deals.skipped_stages,
    cases_deals.repeated_stage,
    cases_deals.shared_stage_label,
    cases_deals.renamed_stage,
    cases_deals.deleted_stage,
    cases_deals.owner_change_mid_quarter,
    cases_deals.owner_change_after_close,
    cases_deals.deactivated_owner,
    cases_deals.null_amount,
    cases_deals.zero_amount,
    cases_deals.negative_amount,
    cases_deals.close_date_pushed_month,
    cases_deals.close_date_pushed_quarter,
    cases_deals.past_close_date,
    cases_deals.created_2330_last_day,
    cases_deals.closed_2330_last_day,
    cases_deals.win_without_lead,
    cases_deals.win_without_contact,
    cases_deals.probability_null,
    cases_deals.formula_moves,
    cases_deals.association_later,
    cases_deals.duplicate_loss,
    cases_deals.won_on_first_day,
    cases_deals.created_late_in_the_pipeline,
    cases_people.merged_person,
    cases_people.merged_company,
    cases_people.deleted_lead,
    cases_people.internal_company,
    cases_people.both_linked_by_sync,
    cases_people.both_known_by_domain,
    cases_people.converted_lead,
    cases_people.lead_after_win,
    cases_people.euro_account,
    cases_people.awkward_text,
    cases_people.lookalike_contacts,
    cases_people.reopened_ticket,
    cases_people.survey_twice,
    cases_people.contract_ended_early,
    cases_people.returned_order,
    cases_people.deleted_activity,
    cases_later.tomorrow_created,
    cases_later.tomorrow_changed,
    cases_later.tomorrow_won,
    cases_later.tomorrow_lost,
    cases_later.tomorrow_deleted,
    cases_later.tomorrow_merged,
    cases_later.tomorrow_restored,
    cases_later.tomorrow_linked,
    cases_people.merged_in_salesforce,
)

# Cases that are the organisation's, or the calendar's, and so have no life.
ORGANISATION_CASES = (
    "target_changed_mid_month",
    "quota_raised_next_week",
    "target_deleted",
    "rep_without_target",
    "empty_month",
)


def number_of(code: str) -> int:
    """The number of the life that holds a case."""
    return [case.__name__ for case in CASES].index(code)
