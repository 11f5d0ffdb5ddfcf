"""Whether the numbers may be trusted: sources, rows set aside, records that may be one."""

from __future__ import annotations

from data_quality.expectations import no_rows, one_of
from data_quality.model import Suite
from data_quality.suites.marts.leaving import MANY, leaving

_GAPS_ARE_DIFFERENCES = no_rows(
    "gaps_are_differences",
    """
    select vendor_row_count, raw_row_count, row_gap from {batch}
    where row_gap is distinct from raw_row_count - vendor_row_count
        or value_gap is distinct from raw_value - vendor_value
        or (is_reconciled is null) <> (vendor_row_count is null and vendor_value is null)
    """,
    why="who asks whether all is there looks at the gap, and at nothing else",
)
# A record that changes while it is counted is no fault of anybody.
_SOURCES_AGREE = no_rows(
    "sources_agree",
    """
    select vendor_row_count, raw_row_count, row_gap, value_gap from {batch}
    where vendor_row_count is not null and not is_reconciled
    """,
    why="the CRM's own count is another than ours",
    severity="warning",
)
_SAYS_WHY = no_rows(
    "says_why",
    """
    select quarantine_key, sheet_row from {batch}
    where coalesce(trim(reason), '') = '' or coalesce(trim(file_name), '') = ''
    """,
    why="a row that is set aside without a reason is never mended",
)
_ADDRESSES_ARE_MASKED = no_rows(
    "addresses_are_masked",
    "select quarantine_key, sheet_row from {batch} where found_value like '%_@_%.__%'",
    why="addresses stay in the warehouse; what stood in a wrong cell is no exception",
)
_JOINED_IS_ONE_RECORD = no_rows(
    "joined_is_one_record",
    """
    select doubt_key, match_confidence from {batch}
    where is_joined <> (record_key_a = record_key_b)
        or source_system_a = source_system_b and id_a = id_b
        or is_joined and (match_rule is null or match_confidence is null)
        or match_confidence <= 0 or match_confidence > 1
    """,
    why="the row that undoes a match must be the one for this match",
)
_MATCHES_ARE_SURE = no_rows(
    "matches_are_sure",
    f"""
    select doubts.joined, accounts.joined as all_joined
    from (
        select count(distinct record_key_a) as joined from {{batch}}
        where is_joined and entity = 'account'
    ) as doubts
    cross join (
        select count(*) as joined from publish.pub_accounts where source_system = 'several'
    ) as accounts
    where doubts.joined >= {MANY} and doubts.joined > 0.5 * accounts.joined
    """,
    why="most companies were joined on thin proof: somebody should look before they are believed",
    severity="warning",
)

SUITES: tuple[Suite, ...] = (
    leaving(
        "pub_data_states",
        key=("source_system", "entity"),
        of="core.fct_data_states",
        why="it says until when the numbers are known",
        also=(_GAPS_ARE_DIFFERENCES, _SOURCES_AGREE),
    ),
    # Somebody mends the sheet, somebody decides on the pair: both lists are best when empty.
    leaving(
        "pub_quarantined_rows",
        key=("quarantine_key",),
        of="core.fct_quarantined_rows",
        why="whoever keeps the sheet mends it from this list",
        history=None,
        also=(_SAYS_WHY, _ADDRESSES_ARE_MASKED),
    ),
    leaving(
        "pub_doubtful_matches",
        key=("doubt_key",),
        of="core.fct_doubtful_matches",
        why="two companies as one, or one as two, make every ranking wrong",
        history=None,
        also=(
            one_of(
                "entity",
                "account",
                "person",
                "opportunity",
                why="each kind has its own rules",
                severity="critical",
            ),
            _JOINED_IS_ONE_RECORD,
            _MATCHES_ARE_SURE,
        ),
    ),
)
