"""QR codes that mails draw with characters or cells, so that no filter sees a picture."""

import pytest
import qrcode

from submissions.extraction.drawn_codes import drawn_codes
from submissions.extraction.extract import extract

LINK = "https://qr.example/drawn"


def modules() -> list[list[bool]]:
    code = qrcode.QRCode(border=2)
    code.add_data(LINK)
    code.make()
    return [list(map(bool, row)) for row in code.get_matrix()]


def double_blocks() -> str:
    return "\n".join("".join("██" if dark else "  " for dark in row) for row in modules())


def single_blocks() -> str:
    return "\n".join("".join("█" if dark else " " for dark in row) for row in modules())


def half_blocks(*, inverted: bool = False) -> str:
    rows = [[dark != inverted for dark in row] for row in modules()]
    rows += [[inverted] * len(rows[0])] if len(rows) % 2 else []
    characters = {(True, True): "█", (True, False): "▀", (False, True): "▄", (False, False): " "}
    pairs = zip(rows[::2], rows[1::2], strict=True)
    return "\n".join("".join(characters[pair] for pair in zip(*both, strict=True)) for both in pairs)


def table(dark: str, light: str) -> str:
    rows = ("".join(f"<td {dark if is_dark else light}></td>" for is_dark in row) for row in modules())
    return "<p>Scan:</p><table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>"


@pytest.mark.parametrize(
    "text",
    [double_blocks(), single_blocks(), half_blocks(), half_blocks(inverted=True)],
    ids=["double", "single", "half", "inverted"],
)
def test_a_code_of_block_characters_is_read(text: str) -> None:
    assert drawn_codes(f"Please scan:\n\n{text}\n\nThank you", html=False) == (LINK,)


@pytest.mark.parametrize(
    "page",
    [
        f"<p>Scan</p><pre>{half_blocks()}</pre>",
        "<div>" + double_blocks().replace(" ", "&nbsp;").replace("\n", "<br>\n") + "</div>",
        "<div>"
        + half_blocks().replace(" ", "&#160;").replace("█", "&#9608;").replace("\n", "</div>\n<div>")
        + "</div>",
    ],
    ids=["pre", "br", "entities"],
)
def test_a_code_of_block_characters_in_a_page_is_read(page: str) -> None:
    assert drawn_codes(page, html=True) == (LINK,)


@pytest.mark.parametrize(
    ("dark", "light"),
    [
        ('bgcolor="#000000"', 'bgcolor="#ffffff"'),
        ('style="width:4px;background-color: black"', 'style="width:4px"'),
        ('style="background:#1a237e"', 'style="background:rgb(240, 240, 240)"'),
    ],
)
def test_a_code_of_table_cells_is_read(dark: str, light: str) -> None:
    assert drawn_codes(table(dark, light), html=True) == (LINK,)


def test_the_link_of_a_drawn_code_is_a_link_of_the_mail() -> None:
    body = table('bgcolor="black"', 'bgcolor="white"')
    mail = extract(b"From: a@b.example\nContent-Type: text/html\n\n" + body.encode())

    (url,) = [url for url in mail.urls if url.url == LINK]
    assert [place.rpartition(" ")[2] for place in url.found_in] == ["qr"]


def test_a_table_of_figures_is_no_code() -> None:
    assert drawn_codes(table("", ""), html=True) == ()
