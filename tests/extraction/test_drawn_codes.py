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


BLACK, WHITE = '<i style="background:#000"></i>', '<i style="background:#fff"></i>'
STYLE = "<style>.px{width:4px}.k{height:4px;background-color:#111} .w{background:#fff}</style>"


def boxes(dark: str, light: str, *, before: str = "", after: str = "") -> str:
    return "".join(before + "".join(dark if is_dark else light for is_dark in row) + after for row in modules())


@pytest.mark.parametrize(
    "page",
    [
        "<div>" + boxes(BLACK, WHITE, before='<div style="height:4px">', after="</div>") + "</div>",
        "<p>Scan</p><div>" + boxes(BLACK, WHITE, after="<br>") + "</div>",
        '<div style="width:132px"><div>' + boxes(BLACK, WHITE) + "</div></div>",
        STYLE + "<body>" + boxes('<b class="px k"></b>', '<b class="px w"></b>', before="<div>", after="</div>"),
        STYLE + "<table>" + boxes('<td class="px k">', "<td>", before="<tr>") + "</table>",
    ],
    ids=["rows", "breaks", "flowing", "classes", "classes of cells"],
)
def test_a_code_of_coloured_boxes_is_read(page: str) -> None:
    assert drawn_codes(page, html=True) == (LINK,)


def test_a_code_of_cells_that_reach_over_rows_and_columns_is_read() -> None:
    rows = modules()
    page, taken = "<table>", set[tuple[int, int]]()
    for y, row in enumerate(rows):
        page += "<tr>"
        for x, is_dark in enumerate(row):
            if (x, y) in taken:
                continue
            high = 2 if y + 1 < len(rows) and rows[y + 1][x] == is_dark else 1
            taken.add((x, y + high - 1))
            page += f"<td rowspan={high} bgcolor={'black' if is_dark else 'white'}></td>"
        page += "</tr>"

    assert drawn_codes(page + "</table>", html=True) == (LINK,)


def test_the_link_of_a_drawn_code_is_a_link_of_the_mail() -> None:
    body = table('bgcolor="black"', 'bgcolor="white"')
    mail = extract(b"From: a@b.example\nContent-Type: text/html\n\n" + body.encode())

    (url,) = [url for url in mail.urls if url.url == LINK]
    assert [place.rpartition(" ")[2] for place in url.found_in] == ["qr"]


def test_a_table_of_figures_is_no_code() -> None:
    assert drawn_codes(table("", ""), html=True) == ()
