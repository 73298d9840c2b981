"""Looking at a reported mail."""

import pytest
from django.test import Client

from submissions import storage
from submissions.extraction.preview import harmless, preview_of
from submissions.models import Submission
from submissions.origin import origin
from tests import rows
from tests.browser import hostile
from tests.pages.test_hostile_text import tags
from tests.pages.test_list import text

INNER = b"""From: evil@e.example\r
Subject: =?utf-8?q?inn=C3=A9r?=\r
Received: from a by b; Mon, 23 Nov 2026 08:00:00 +0000\r
Content-Type: text/html\r
\r
<p onclick=x()>Hi <a href="https://evil.example/x">click</a><img src=https://t.example/p.gif alt=logo></p>
<script>alert(1)</script>"""
MAIL = (
    b"""From: anna@corp.example\r
Subject: FW: x\r
Content-Type: multipart/mixed; boundary=x\r
\r
--x\r
Content-Type: text/plain\r
\r
please look\r
--x\r
Content-Type: message/rfc822\r
\r
%b\r
--x--\r
"""
    % INNER
)
VECTORS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><style>@import url(//x)</style></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<form action=//x><input name=a><button formaction=javascript:alert(1)>x</form>",
    "<base href=//x><meta http-equiv=refresh content='0;url=//x'><link rel=stylesheet href=//x>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe><object data=//x></object><embed src=//x>",
    "<a href=javascript:alert(1)>x</a><a href=//x ping=//y>z</a>",
    "<div style='background:url(//x)'>x</div><style>*{background:url(//x)}</style><body background=//x>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<video poster=//x><source src=//x></video><audio src=//x></audio><picture><source srcset=//x></picture>",
    "<template><script>alert(1)</script></template><xmp><script>alert(1)</script></xmp><a name=location>",
]


def kept(content: bytes = MAIL, path: str = "2") -> Submission:
    return rows.submission(
        verdict="clean", digest=storage.save(content), reported=[{"path": path, "how": "attached", "subject": "x"}]
    )


def test_the_mail_inside_is_found_by_its_number() -> None:
    inner, outer = preview_of(MAIL, "2"), preview_of(MAIL, "")

    assert inner.headers[:2] == [["From", "evil@e.example"], ["Subject", "innér"]]
    assert "click" in inner.html
    assert (outer.text, outer.html) == ("please look", "")


@pytest.mark.parametrize("vector", [*VECTORS, *hostile.VECTORS])
def test_nothing_that_runs_loads_or_leads_away_is_left(vector: str) -> None:
    found = tags(harmless(f"<p>before</p>{vector}<p>after</p>"))

    assert not {tag for tag, _ in found} & {"script", "style", "svg", "math", "form", "input", "iframe", "base", "meta"}
    allowed = {"title", "alt", "tabindex", "align", "dir"}
    assert all(set(attributes) <= allowed for _, attributes in found), found


def test_a_link_says_where_it_leads_and_leads_nowhere() -> None:
    html = harmless('<a href="https://evil.example/x">click</a>')

    assert 'title="hxxps://evil[.]example/x"' in html
    assert "href" not in html


def test_the_page_shows_text_headers_and_source(page: Client) -> None:
    mail = kept()

    assert "evil@e.example" in text(page.get(f"/submissions/{mail.pk}/mail/?tab=headers"))
    assert "onclick=x()" in text(page.get(f"/submissions/{mail.pk}/mail/?tab=source")).replace("&lt;", "<")
    assert "sandbox" in page.get(f"/submissions/{mail.pk}/mail/").content.decode()


def test_the_frame_is_powerless(page: Client) -> None:
    response = page.get(f"/submissions/{kept().pk}/mail/frame/")

    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy.replace(";", " ").split()
    assert b"<script" not in response.content
    assert b"onclick" not in response.content


def test_a_mail_whose_bytes_are_gone_is_not_found(page: Client) -> None:
    mail = rows.submission(verdict="clean", digest="0" * 64)

    assert page.get(f"/submissions/{mail.pk}/mail/").status_code == 404


@pytest.mark.parametrize("query", ["mail=99", "mail=x", "tab=nonsense", "mail=-1"])
def test_a_made_up_address_shows_the_mail(page: Client, query: str) -> None:
    assert page.get(f"/submissions/{kept().pk}/mail/?{query}").status_code == 200


def test_what_does_not_fit_together_is_said() -> None:
    facts = {"reply_to": "x@other.example", "return_path": "<y@bounce.example>", "doubled": ["from"]}

    found = origin({"from": '"boss@corp.example" <evil@e.example>', "facts": facts}, "").oddities

    assert found == [
        "Reply-To leads to other.example, not e.example",
        "Return-Path leads to bounce.example, not e.example",
        "The name shows corp.example, the address is at e.example",
        "The field from stands there more than once",
    ]


def test_results_of_our_own_server_are_told_from_claims() -> None:
    results = [
        {"by": "liar.example", "results": [{"method": "spf", "result": "pass"}]},
        {"by": "mx.corp.example", "results": [{"method": "spf", "result": "fail"}]},
    ]
    mail = {"from": "a@b.example", "facts": {"authentication_results": results}}

    assert [check.result for check in origin(mail, "mx.corp.example").checks] == ["fail", "none", "none", "none"]
    assert origin(mail, "").source == "as the mail itself claims"
    assert "not available" in origin({"facts": {"not_available": True}}, "").source
