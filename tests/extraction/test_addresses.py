import pytest

from submissions.extraction.addresses import addresses, display_name, single_address


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("bob@b.example", "bob@b.example"),
        ("<bob@b.example>", "bob@b.example"),
        ("Bob <Bob@B.Example>", "Bob@b.example"),
        ('"Builder, Bob" <bob@b.example>', "bob@b.example"),
        ("bob@b.example (Bob)", "bob@b.example"),
        ("Bøb <bob+tag@b.example>", "bob+tag@b.example"),
        ('"alice@a.example" <bob@b.example>', "bob@b.example"),
    ],
)
def test_it_gives_the_one_address(value: str, address: str) -> None:
    assert single_address([value]) == address


@pytest.mark.parametrize(
    "value",
    [
        "alice@a.example <bob@b.example>",
        "alice@a.example, bob@b.example",
        '"a@corp", <b@evil.example>',
        "<alice@a.example> <bob@b.example>",
        "<<bob@b.example>>",
        "bob@b.example>",
        "<bob@b.example",
        "bob@b.example,",
        "team: bob@b.example;",
        "bob@b.example (alice@a.example)",
        "bob@b.example (Bob",
        '"Bob <bob@b.example>',
        "bob@b@c.example",
        "bob bob@b.example",
        "bob@",
        "@b.example",
        "bob@-b.example",
        "bob@b..example",
        "bob@[192.0.2.1]",
        "bob\x00@b.example",
        "<bob@b.example> alice",
        "Bob \\<bob@b.example>",
        "",
        "(" * 5000,
        "a@b.example" * 200,
    ],
)
def test_any_doubt_gives_no_address(value: str) -> None:
    assert single_address([value]) is None


def test_two_from_fields_give_no_address() -> None:
    assert single_address(["bob@b.example", "bob@b.example"]) is None
    assert single_address([]) is None


def test_it_lists_addresses_once_and_not_too_many() -> None:
    many = ", ".join(f"user{number}@b.example" for number in range(500))

    assert addresses('A <a@a.example>, "B, C" <b@B.example>, a@A.example, nobody') == ("a@a.example", "b@b.example")
    assert len(addresses(many)) == 100


def test_it_gives_the_name_as_people_read_it() -> None:
    assert display_name('"Builder, \\"Bob\\"" <bob@b.example>') == 'Builder, "Bob"'
    assert display_name("bob@b.example (Bob)") == "Bob"
    assert display_name("bob@b.example") == ""
