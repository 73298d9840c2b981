"""The campaign against all adapters in small, and the proof that it would notice a double submission."""

from contextlib import ExitStack

import pytest

from tests.torture import sandbox_faults
from tests.torture.sandbox_faults import DOORS, PATIENT, round_of


@pytest.mark.parametrize("name", sorted(DOORS))
@pytest.mark.parametrize("fault", ["429", "cut", "cut-after", "502-after", "truncated", "html-200"])
def test_a_fault_passes_without_a_trace(name: str, fault: str) -> None:
    with ExitStack() as stack:
        door = DOORS[name](stack, PATIENT)

        assert [round_of(door, fault, at_submission=first) for first in (True, False)] == ["fine", "fine"]


@pytest.mark.parametrize("name", sorted(DOORS))
def test_without_the_search_a_lost_answer_is_submitted_twice(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox_faults, "search", lambda sandbox, sample, clock: None)
    with ExitStack() as stack:
        door = DOORS[name](stack, PATIENT)

        outcome = round_of(door, "cut-after", at_submission=True)

    # VirusTotal is asked by digest before each upload; a Joe submission whose content never followed runs nothing.
    assert outcome == ("fine" if name in ("virustotal", "joe") else "double")
