"""Under which mail the page shows what was found."""

import pytest

from submissions.judgement import Judged
from submissions.models import Submission
from submissions.selectors.tree import grown
from tests import rows

pytestmark = pytest.mark.django_db

INLINE = {"path": "1", "how": "inline", "subject": "Your account", "facts": {"not_available": True, "within": ""}}
ATTACHED = {"path": "2", "how": "attached", "subject": "Invoice"}


def shown(submission: Submission) -> dict[str, list[str]]:
    items = [Judged(item, ()) for item in submission.items.select_related("artifact")]
    mails = grown(submission.reported, items)
    return {str(mail.facts.get("subject", "")): [node.judged.item.name for node in mail.nodes] for mail in mails}


def test_files_and_links_beside_an_inline_forward_belong_to_it_those_of_the_note_do_not() -> None:
    mail = rows.submission(reported=[INLINE])
    rows.item(mail, "https://evil.example/", found_in=["1 text/html a[href]"])
    rows.item(mail, "https://intranet.example/", found_in=["1 text/html a[href]"], notes=["reporters-own"])
    rows.item(mail, "invoice.js", path="2/invoice.js")

    assert shown(mail) == {
        "Your account": ["https://evil.example/", "invoice.js"],
        "": ["https://intranet.example/"],
    }


def test_an_attached_mail_keeps_what_is_in_it_beside_an_inline_forward() -> None:
    mail = rows.submission(reported=[ATTACHED, INLINE])
    rows.item(mail, "https://evil.example/", found_in=["2.1 text/html a[href]"])
    rows.item(mail, "https://other.example/", found_in=["1 text/html a[href]"])

    assert shown(mail) == {"Invoice": ["https://evil.example/"], "Your account": ["https://other.example/"]}
