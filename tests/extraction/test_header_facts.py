from typing import Any

import pytest

from submissions.extraction import received
from tests.extraction.reading import extracted


def facts(name: str) -> dict[str, Any]:
    return dict(extracted(name).reported[0].facts)


def test_it_tells_where_answers_go_and_who_sent_the_envelope() -> None:
    found = facts("phish")

    assert found["reply_to"] == "collect@sender.example"
    assert found["return_path"] == "<bounce@sender.example>"


def test_it_lists_the_hops_from_the_oldest_with_their_delays() -> None:
    hops = facts("attached-7bit")["hops"]

    assert [(hop["from"], hop["by"], hop["delay"]) for hop in hops] == [
        ("unknown", "edge.corp.example", None),
        ("edge.corp.example", "mailbox.corp.example", 20),
    ]


def test_it_reads_authentication_results_without_a_servers_name() -> None:
    (field,) = facts("phish")["authentication_results"]

    assert field["by"] == ""
    assert {check["method"]: check["result"] for check in field["results"]} == {
        "spf": "fail",
        "dkim": "none",
        "dmarc": "fail",
        "compauth": "fail",
    }
    assert field["results"][0]["properties"] == {"smtp.mailfrom": "sender.example"}


def test_it_reads_authentication_results_with_a_servers_name() -> None:
    value = "mx.example; dkim=pass header.d=a.example header.s=s1; spf=pass smtp.mailfrom=x@a.example"

    (field,) = received.authentication_results((value,))

    assert field["by"] == "mx.example"
    assert field["results"] == [
        {"method": "dkim", "result": "pass", "properties": {"header.d": "a.example", "header.s": "s1"}},
        {"method": "spf", "result": "pass", "properties": {"smtp.mailfrom": "x@a.example"}},
    ]


def test_it_says_whether_signatures_are_present() -> None:
    assert facts("phish")["dkim"] is True
    assert facts("phish")["arc"] is False
    assert facts("header-doubled")["dkim"] is False


def test_it_names_headers_that_stand_twice() -> None:
    assert facts("header-doubled")["doubled"] == ["from", "subject"]


def test_a_date_that_is_none_gives_no_delay() -> None:
    hops = received.hops(("from b by c; nonsense", "from a by b; Tue, 24 Nov 2026 10:00:00 +0000"))

    assert [hop["delay"] for hop in hops] == [None, None]
    assert [hop["at"] for hop in hops] == ["2026-11-24T10:00:00+00:00", ""]


@pytest.mark.parametrize(
    ("date", "at"),
    [
        ("Wed, 25 Nov 2026 10:00:00 +0000", "2026-11-25T10:00:00+00:00"),
        ("5 Feb 2020 01:02:03 -0730 (PST)", "2020-02-05T01:02:03-07:30"),
        ("Wed, 25 Nov 26 10:00:00 GMT", "2026-11-25T10:00:00+00:00"),
        ("Tue, 31 Feb 2020 10:00:00 +0100", ""),
        ("Tue, 31 Mar 2020 10:00:00 +9900", ""),
        ("yesterday", ""),
    ],
)
def test_it_reads_the_moment_of_a_hop_and_leaves_out_impossible_ones(date: str, at: str) -> None:
    (hop,) = received.hops((f"from a.example by b.example; {date}",))

    assert hop["at"] == at
