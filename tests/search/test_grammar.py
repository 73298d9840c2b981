"""From the text of the search box to a tree."""

import pytest

from submissions.search.grammar import All, Any, Not, Search, SearchFault, Term, conditions, parse

FIELDS = ("verdict", "from", "subject", "score", "url")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("invoice", Term("", "invoice")),
        ("verdict:malicious", Term("verdict", "malicious")),
        ("Verdict:malicious", Term("verdict", "malicious")),
        ("a b", All((Term("", "a"), Term("", "b")))),
        ("a OR b c", Any((Term("", "a"), All((Term("", "b"), Term("", "c")))))),
        ("a or b", All((Term("", "a"), Term("", "or"), Term("", "b")))),
        ("ORANGE", Term("", "ORANGE")),
        ("-from:x", Not(Term("from", "x"))),
        ("-(a OR b)", Not(Any((Term("", "a"), Term("", "b"))))),
        ("(a OR b) c", All((Any((Term("", "a"), Term("", "b"))), Term("", "c")))),
        ('subject:"two words"', Term("subject", "two words", quoted=True)),
        ('-"a b"', Not(Term("", "a b", quoted=True))),
        ("https://acme.example/a(b):c", Term("", "https://acme.example/a(b):c")),
        ("url:https://acme.example/", Term("url", "https://acme.example/")),
        ("score:>=60", Term("score", ">=60")),
        ("FW: x", All((Term("", "FW:"), Term("", "x")))),
        ("-", Term("", "-")),
    ],
)
def test_a_search_becomes_its_tree(text: str, tree: Search) -> None:
    assert parse(text, FIELDS) == tree


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("verdikt:x", 'Unknown field "verdikt". Did you mean "verdict"?'),
        ("zzz:x", 'Unknown field "zzz". Fields are: verdict, from, subject, score, url.'),
        ('a "b', "A quotation mark has no partner."),
        ("(a", "An opening bracket is never closed."),
        ("a)", "There is a closing bracket without an opening one."),
        ("a OR", "OR needs something on both sides."),
        ("OR a", "OR needs something on both sides."),
        ("verdict:", "verdict: needs a value right behind the colon."),
        ("(" * 20 + "a" + ")" * 20, "The brackets are nested too deeply."),
    ],
)
def test_a_search_that_is_none_is_explained(text: str, words: str) -> None:
    with pytest.raises(SearchFault) as fault:
        parse(text, FIELDS)

    assert str(fault.value) == words


def test_the_likely_correction_is_offered() -> None:
    with pytest.raises(SearchFault) as fault:
        parse("a Verdikt:malicious b", FIELDS)

    assert fault.value.better == "a verdict:malicious b"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ('a:1 "b c" -d', ["a:1", '"b c"', "-d"]),
        ("-(a OR (b c)) d", ["-(a OR (b c))", "d"]),
        ("a OR b c", ["a OR b c"]),
        (")", [")"]),
    ],
)
def test_a_search_is_taken_apart_into_its_conditions(text: str, found: list[str]) -> None:
    assert conditions(text) == found
