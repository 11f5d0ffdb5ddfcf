"""Records of several CRMs are known for one as well as was promised, in a finished run."""

from __future__ import annotations

import duckdb
import pytest

from orchestration.identity import LEAST_PRECISION, LEAST_RECALL, is_good, main, measure
from sandbox.company.double_cases import DOUBLE_CASES
from sandbox.company.identities import Identity, identities
from tests.e2e.playground import Playground

pytestmark = pytest.mark.xdist_group("finished")


def test_companies_and_people_are_known_in_every_crm(finished: Playground) -> None:
    scores = measure(finished.published, identities(finished.store))
    assert scores["account"].right > len(DOUBLE_CASES)
    for entity in ("account", "person"):
        assert scores[entity].precision >= LEAST_PRECISION, scores[entity].wrong
        assert scores[entity].recall >= LEAST_RECALL, scores[entity].missed
    assert scores["opportunity"].wrong == []
    assert scores["opportunity"].missed == []
    used = {rule for score in scores.values() for rule, _ in score.rules}
    assert used == {
        *("sync_link", "tax_id", "domain", "name_country", "email", "phone"),
        "account_amount_close",
    }


def test_the_command_says_so(finished: Playground, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--published", str(finished.published), "--store", str(finished.store)]
    assert main([*arguments, "--pairs"]) == 0
    out = capsys.readouterr().out
    assert "name_country" in out
    assert "missed: hubspot" in out


def test_a_wrong_join_would_be_seen(finished: Playground) -> None:
    truth = list(identities(finished.store))
    torn = [
        Identity(each.entity, each.source_system, each.vendor_id, -number)
        if each.entity == "account" and each.source_system == "hubspot"
        else each
        for number, each in enumerate(truth, 1)
    ]
    scores = measure(finished.published, torn)
    assert not is_good(scores)
    assert scores["account"].precision < 0.5


def test_lookalikes_are_reported_without_personal_data(finished: Playground) -> None:
    with duckdb.connect(finished.published, read_only=True) as connection:
        doubts = {
            row[0]
            for row in connection.execute("select doubt from pub_doubtful_matches").fetchall()
        }
        texts = connection.execute(
            "select evidence || override_row from pub_doubtful_matches"
        ).fetchall()
    assert doubts >= {
        *("same_name_and_country", "same_domain", "same_email", "same_phone_and_company"),
        *("no_second_proof", "link_contradicted", "only_name_country", "only_phone"),
    }
    assert not [text for (text,) in texts if "@" in text]
