"""Every rule fits what it is made for, and does not fit what only looks like it."""

import pytest

from submissions.sandbox.base import Sample
from submissions.sandbox.static.engine import judge
from submissions.sandbox.static.rules import INCOMPLETE, RULES
from submissions.sandbox.static.settings import Settings
from tests.sandbox.static import cases_of_documents, cases_of_files, cases_of_links
from tests.sandbox.static.samples import rules

CASES = {**cases_of_documents.CASES, **cases_of_files.CASES, **cases_of_links.CASES}
SETTINGS = Settings(own_domains=("corp-intranet.example",))
ALSO = (*cases_of_documents.ALSO, *cases_of_files.ALSO, *cases_of_links.ALSO)


@pytest.mark.parametrize(("rule", "sample"), [(rule, case[0]) for rule, case in CASES.items()], ids=CASES)
def test_a_rule_fits_what_it_is_made_for(rule: str, sample: Sample) -> None:
    assert rule in rules(judge(sample, SETTINGS))


@pytest.mark.parametrize(("rule", "sample"), [(rule, case[1]) for rule, case in CASES.items()], ids=CASES)
def test_a_rule_does_not_fit_what_only_looks_like_it(rule: str, sample: Sample) -> None:
    assert rule not in rules(judge(sample, SETTINGS))


@pytest.mark.parametrize(("rule", "sample"), ALSO, ids=[rule for rule, _ in ALSO])
def test_a_rule_fits_the_other_forms_of_the_same(rule: str, sample: Sample) -> None:
    assert rule in rules(judge(sample, SETTINGS))


def test_every_rule_has_its_test() -> None:
    assert set(CASES) == set(RULES) - {"yara-rules-broken"}


def test_words_are_for_people() -> None:
    for rule in RULES.values():
        assert rule.words[0].isupper()
        assert not rule.words.endswith(".")
        assert 0 <= rule.points <= 100
        assert "safe" not in rule.words.lower().split()


def test_what_was_not_seen_weighs_nothing_and_is_never_clean() -> None:
    assert {rule.id for rule in RULES.values() if rule.incomplete} == {rule_id for rule_id, _ in INCOMPLETE}
    assert all(RULES[rule_id].points == 0 for rule_id, _ in INCOMPLETE)
