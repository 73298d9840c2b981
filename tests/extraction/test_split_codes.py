"""QR codes cut into pictures that each show nothing, as phishing kits do against filters that read pictures."""

import io
from email.message import EmailMessage

import pytest
import qrcode
from PIL import Image

from submissions.extraction.extract import extract

LINK = "https://qr.example/split"


def code(border: int = 4) -> Image.Image:
    made = qrcode.QRCode(box_size=6, border=border)
    made.add_data(LINK)
    return made.make_image().convert("L")


def cut(image: Image.Image, columns: int, rows: int) -> list[Image.Image]:
    """Row by row, as the text of the mail shows them."""
    wide, high = image.width // columns, image.height // rows
    boxes = [(x * wide, y * high, (x + 1) * wide, (y + 1) * high) for y in range(rows) for x in range(columns)]
    return [image.crop(box) for box in boxes]


def mail(pictures: list[Image.Image], *, kind: str = "PNG") -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = "it@evil.example", "New sign-in"
    message.set_content("Scan the code")
    for number, picture in enumerate(pictures):
        content = io.BytesIO()
        picture.save(content, kind)
        message.add_attachment(content.getvalue(), "image", kind.lower(), disposition="inline", cid=f"<{number}@x>")
    return message.as_bytes()


def links(raw: bytes) -> list[tuple[str, tuple[str, ...]]]:
    return [(url.url, url.found_in) for url in extract(raw).urls]


@pytest.mark.parametrize(("columns", "rows"), [(2, 1), (1, 2), (3, 1), (1, 4), (2, 2)])
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF"])
def test_a_code_cut_into_pieces_is_read(columns: int, rows: int, kind: str) -> None:
    raw = mail(cut(code(), columns, rows), kind=kind)

    assert links(raw) == [(LINK, ("several pictures qr",))]


def test_no_piece_shows_it_alone() -> None:
    for piece in cut(code(), 2, 2):
        assert links(mail([piece])) == []


def test_other_pictures_around_the_pieces_do_not_hide_it() -> None:
    logo, banner = Image.new("L", (90, 40), 120), Image.new("L", (600, 80), 60)

    assert links(mail([banner, *cut(code(), 2, 1), logo])) == [(LINK, ("several pictures qr",))]


def test_a_code_that_is_whole_is_told_once() -> None:
    ((url, found_in),) = links(mail([code(), Image.new("L", (200, 30), 90)]))

    assert url == LINK
    assert "several pictures qr" not in found_in


def test_a_damaged_piece_breaks_nothing() -> None:
    lines = mail(cut(code(), 2, 1)).split(b"\n")
    last = max(number for number, line in enumerate(lines) if line.startswith(b"iVBOR"))
    del lines[last + 2 : -3]

    found = extract(b"\n".join(lines))

    assert [file.type for file in found.files] == ["image/png", "image/png"]
    assert found.urls == ()
