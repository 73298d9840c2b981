"""Pictures of signatures, which come with every mail of one reporter."""

import hashlib

import pytest

from submissions import items, policy
from submissions.extraction.types import ExtractedMail, File
from submissions.models import Item
from tests import rows

pytestmark = pytest.mark.django_db
LOGO = b"the logo"


def picture(*notes: str, size: int = 9000, kind: str = "image/png") -> File:
    digest = hashlib.sha256(LOGO).hexdigest()
    return File(name="logo.png", size=size, sha256=digest, type=kind, path="1.2/logo.png", notes=("inline", *notes))


def stored(file: File, reporter: str = "anna@corp.example") -> Item:
    mail = rows.submission(reporter=reporter)
    items.store(mail, ExtractedMail(files=(file,)), policy.plan_for(mail.mailbox))
    return mail.items.get()


def is_decoration(item: Item) -> bool:
    return item.skipped == Item.Skipped.DECORATION


def test_a_picture_of_three_earlier_mails_of_the_reporter_is_decoration() -> None:
    assert [is_decoration(stored(picture("reporters-own"))) for _ in range(5)] == [False, False, False, True, True]
    assert not is_decoration(stored(picture(), "ben@corp.example"))


@pytest.mark.parametrize(
    "file",
    [picture("code"), picture("two-types"), picture(size=80_000), picture(kind="image/svg+xml")],
    ids=["with a code", "of an odd type", "large", "with room for a script"],
)
def test_a_picture_that_may_carry_something_is_never_decoration(file: File) -> None:
    assert not any(is_decoration(stored(file)) for _ in range(5))


def test_a_picture_that_was_found_bad_is_never_decoration() -> None:
    rows.analysis(stored(picture()).artifact, "malicious")

    assert not any(is_decoration(stored(picture())) for _ in range(5))


def test_mails_of_nobody_remember_nothing() -> None:
    assert not any(is_decoration(stored(picture(), reporter="")) for _ in range(5))
