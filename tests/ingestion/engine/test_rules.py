"""The TOML file of field rules: what it may say, and what is told of one that says something else."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingestion.engine.errors import FatalError
from ingestion.engine.rules import FILE, KEY, EntityRules, Rules, decision, read
from ingestion.run import SOURCES

SECRET = "a key of some length"


def _read(tmp_path: Path, text: str, *, source: str = "hubspot", key: str = SECRET) -> Rules:
    file = tmp_path / "fields.toml"
    file.write_text(text, encoding="utf-8")
    return read({FILE: str(file), KEY: key}, SOURCES[source], SOURCES)


def test_without_a_file_nothing_is_active() -> None:
    rules = read({}, SOURCES["hubspot"], SOURCES)
    assert not rules.of("contacts").is_active


def test_the_file_is_read_per_source_and_entity(tmp_path: Path) -> None:
    text = (
        '[hubspot]\npersonal = "hash"\n[hubspot.contacts]\nexclude = ["JobTitle"]\n'
        'keep = ["company"]\n[salesforce.leads]\ninclude = ["Email"]\nhash = ["Email"]\n'
    )
    rules = _read(tmp_path, text)
    assert rules.of("contacts") == EntityRules(
        "hash", exclude=frozenset({"jobtitle"}), keep=frozenset({"company"})
    )
    assert rules.of("deals") == EntityRules("hash")
    salesforce = _read(tmp_path, text, source="salesforce")
    assert salesforce.of("leads").include == frozenset({"email"})
    assert not salesforce.of("contacts").is_active


def test_a_table_of_an_account_s_own_object_is_taken(tmp_path: Path) -> None:
    rules = _read(tmp_path, '[hubspot.custom_machine]\nexclude = ["serial"]\n')
    assert rules.of("custom_machine").is_active


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[hubspot]\npersonal = "hash\n', "line 2"),
        ("[hubspot]\npersonal = 1\n", "personal must be"),
        ('[hubspt]\npersonal = "keep"\n', "no source hubspt"),
        ('hubspot = "keep"\n', "must be a table"),
        ('[hubspot.contact]\nexclude = ["email"]\n', "no such entity; hubspot has account_info"),
        ('[hubspot]\ncontacts = ["email"]\n', "must be a table with include"),
        ('[hubspot.contacts]\nexclud = ["email"]\n', "exclud is no rule"),
        ('[hubspot.contacts]\nexclude = "email"\n', "exclude must be a list"),
        ("[hubspot.contacts]\nexclude = [1]\n", "exclude must be a list"),
        ('[hubspot.contacts]\nexclude = ["id"]\n', "exclude names id"),
        ('[salesforce.leads]\nhash = ["SystemModstamp"]\n', "hash names systemmodstamp"),
        (
            '[hubspot.contacts]\nhash = ["email"]\nexclude = ["Email"]\n',
            "email stands in hash and in exclude",
        ),
        (
            '[hubspot.contacts]\ninclude = ["email"]\nexclude = ["email"]\n',
            "email stands in exclude and in include",
        ),
        # Another source's part is checked as well: its pull would fail at night.
        ('[salesforce.lead]\nexclude = ["Email"]\n', "[salesforce.lead]: no such entity"),
    ],
)
def test_a_mistake_is_told_in_a_sentence(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(FatalError) as raised:
        _read(tmp_path, text)
    assert said in str(raised.value)
    assert str(raised.value).startswith(FILE)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(FatalError, match="cannot be read: No such file"):
        read({FILE: str(tmp_path / "none.toml")}, SOURCES["hubspot"], SOURCES)


@pytest.mark.parametrize("key", ["", "short"])
@pytest.mark.parametrize(
    "text", ['[hubspot]\npersonal = "hash"\n', '[hubspot.contacts]\nhash = ["email"]\n']
)
def test_hashes_need_a_key(tmp_path: Path, text: str, key: str) -> None:
    with pytest.raises(FatalError, match=KEY) as raised:
        _read(tmp_path, text, key=key)
    assert not key or key not in str(raised.value)
    assert _read(tmp_path, text.replace('"hash"', '"drop"').replace("hash =", "exclude ="), key="")


@pytest.mark.parametrize(
    ("rules", "is_personal", "expected"),
    [
        (EntityRules(), True, "keep"),
        (EntityRules("drop"), True, "drop"),
        (EntityRules("drop"), False, "keep"),
        (EntityRules("hash"), True, "hash"),
        (EntityRules("hash", keep=frozenset({"x"})), True, "keep"),
        (EntityRules("hash", include=frozenset({"x"})), True, "hash"),
        (EntityRules(include=frozenset({"y"})), False, "drop"),
        (EntityRules(include=frozenset({"y"}), hash=frozenset({"x"})), False, "hash"),
        (EntityRules("hash", exclude=frozenset({"x"})), True, "drop"),
        (EntityRules("drop", hash=frozenset({"x"})), True, "hash"),
    ],
)
def test_the_first_rule_that_holds_decides(
    rules: EntityRules, is_personal: bool, expected: str
) -> None:
    assert decision(rules, "X", is_personal=is_personal) == expected
