"""Files and pages that an HTML document carries in itself."""

import base64

import pytest

from submissions.extraction.smuggling import smuggled

ZIP = b"PK\x03\x04" + b"\x14\x00\x00\x00\x08\x00" + b"payload of the archive" * 4
ZIP_64 = base64.b64encode(ZIP).decode()
PAGE = b'<html><body><form action="http://evil.example/post"></form></body></html>'
PAGE_64 = base64.b64encode(PAGE).decode()
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 30

SAVES = "var u=URL.createObjectURL(b);var a=document.createElement('a');a.href=u;a.download='invoice.zip';a.click();"

FILE_BUILDERS = {
    "atob and Blob": f"var d=atob('{ZIP_64}');var b=new Blob([d]);{SAVES}",
    "a variable": f'var d="{ZIP_64}";var c=atob(d);var b=new Blob([c]);{SAVES}',
    "pieces": f'var d="{ZIP_64[:50]}";d+="{ZIP_64[50:]}";var b=new Blob([f(d)]);{SAVES}',
    "strings put together": f"var d='{ZIP_64[:50]}'+\n'{ZIP_64[50:]}';var b=new Blob([f(d)]);{SAVES}",
    "a byte array": f"var b=new Blob([new Uint8Array({list(ZIP)})]);{SAVES}",
    "hexadecimal": f"var b=new Blob([f('{ZIP.hex()}')]);{SAVES}",
    "a data: URI": f"var b=new Blob(['data:application/zip;base64,{ZIP_64}']);{SAVES}",
    "backwards": f"var d='{ZIP_64[::-1]}'.split('').reverse().join('');var b=new Blob([f(d)]);{SAVES}",
}


@pytest.mark.parametrize("how", FILE_BUILDERS)
def test_it_extracts_the_file_that_a_script_builds(how: str) -> None:
    inside = smuggled(f"<html><script>{FILE_BUILDERS[how]}</script></html>")

    assert [(member.name, member.content) for member in inside.members] == [("invoice.zip", ZIP)]
    assert inside.notes == ("html-smuggling",)


PAGE_BUILDERS = {
    "atob": f"<script>document.write(atob('{PAGE_64}'))</script>",
    "unescape": f"<script>document.write(unescape('{''.join(f'%{byte:02x}' for byte in PAGE)}'))</script>",
    "decodeURIComponent": "<script>document.write(decodeURIComponent('"
    + "".join(f"%{b:02X}" for b in PAGE)
    + "'))</script>",
    "fromCharCode": f"<script>document.write(String.fromCharCode({','.join(map(str, PAGE))}))</script>",
    "an event": f"<svg onload=\"document.write(atob('{PAGE_64}'))\">",
    "a link": f"<a href=\"javascript:document.write(atob('{PAGE_64}'))\">x</a>",
    "a link in capitals, a letter spelled out": f"<a href=\"JavaSc&#114;ipt:document.write(atob('{PAGE_64}'))\">x</a>",
    "a comment for Outlook": f"<!--[if mso]><SCRIPT>document.write(atob('{PAGE_64}'))</SCRIPT><![endif]-->",
    "a script of SVG": f"<svg><SCRIPT type='text/ecmascript'>document.write(atob('{PAGE_64}'))</SCRIPT></svg>",
    "a data: frame": f'<iframe src="data:text/html;base64,{PAGE_64}"></iframe>',
    "a data: link in capitals": f'<a href="DATA:text/html;charset=utf-8;base64,{PAGE_64}">x</a>',
    "a data: refresh": f'<meta http-equiv="refresh" content="0;url=data:text/html;base64,{PAGE_64}">',
}


@pytest.mark.parametrize("how", PAGE_BUILDERS)
def test_it_extracts_the_page_that_is_written_and_its_links(how: str) -> None:
    inside = smuggled(PAGE_BUILDERS[how])

    assert PAGE in [member.content for member in inside.members]
    assert "http://evil.example/post" in [link.url for link in inside.links]
    assert inside.notes == ("html-smuggling",)


def test_a_page_in_a_page_is_searched_too() -> None:
    outer = base64.b64encode(f'<iframe src="data:text/html;base64,{PAGE_64}">'.encode()).decode()

    inside = smuggled(f"<script>document.write(atob('{outer}'))</script>")

    assert "http://evil.example/post" in [link.url for link in inside.links]


def test_pages_in_pages_end_somewhere_and_say_so() -> None:
    page = "<p>innermost"
    for _ in range(7):
        page = f'<iframe src="data:text/html;base64,{base64.b64encode(page.encode()).decode()}">'

    assert [problem.code for problem in smuggled(page).problems] == ["limit-depth"]


def test_a_download_is_named_as_its_link_names_it() -> None:
    inside = smuggled(f'<a download="bill.zip" href="data:application/octet-stream;base64,{ZIP_64}">x</a>')

    assert [(member.name, member.notes) for member in inside.members] == [("bill.zip", ("data-uri", "html-smuggling"))]


def test_a_picture_is_a_file_but_no_smuggling() -> None:
    inside = smuggled(f'<img src="data:image/png;base64,{base64.b64encode(PNG).decode()}">')

    assert [(member.name, member.content, member.notes) for member in inside.members] == [
        ("data-1.png", PNG, ("data-uri",))
    ]
    assert inside.notes == ()


@pytest.mark.parametrize(
    "html",
    [
        "",
        "<p>Our data: everything</p>",
        "<script>var x = 'hello'; document.write('<b>hello</b>');</script>",
        "<script>atob('not base64!')</script>",
    ],
)
def test_plain_documents_smuggle_nothing(html: str) -> None:
    inside = smuggled(html)

    assert (inside.members, inside.notes, inside.problems) == ((), (), ())


def test_more_payloads_than_are_looked_at_are_reported() -> None:
    html = "".join(
        f'<img src="data:image/png;base64,{base64.b64encode(str(n).encode() * 9).decode()}">' for n in range(120)
    )

    inside = smuggled(html)

    assert len(inside.members) == 100
    assert [problem.code for problem in inside.problems] == ["limit-files"]


@pytest.mark.parametrize("head", ["data:", "d&#97;ta:", "dat&#x61;&colon;", "DATA:"])
def test_a_data_uri_is_found_however_its_scheme_is_spelled(head: str) -> None:
    inside = smuggled(f'<a href="{head}application/zip;base64,{ZIP_64}">open</a>')

    assert [member.content for member in inside.members] == [ZIP]
