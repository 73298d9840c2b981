from itertools import permutations

import pytest

from submissions.verdicts import ORDER, Verdict, combine

V = Verdict


@pytest.mark.parametrize("pair", list(permutations(ORDER, 2)))
def test_the_worst_item_decides(pair: tuple[Verdict, Verdict]) -> None:
    assert combine(pair) == min(pair, key=ORDER.index)


def test_nothing_judged_is_never_clean() -> None:
    assert combine([]) == V.UNKNOWN


@pytest.mark.parametrize("verdict", list(Verdict))
def test_an_incomplete_mail_is_never_clean(verdict: Verdict) -> None:
    assert combine([verdict], incomplete=True) != V.CLEAN


def test_only_clean_items_make_a_clean_mail() -> None:
    assert combine([V.CLEAN, V.CLEAN]) == V.CLEAN
    assert combine([V.CLEAN, V.FAILED]) == V.FAILED
    assert combine([V.CLEAN, V.UNKNOWN]) == V.UNKNOWN
