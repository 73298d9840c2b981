"""Codes in pictures, tracking pixels, pixel bombs."""

import io
import resource
import struct
import zlib

import pytest
import qrcode
import zxingcpp
from PIL import Image, ImageOps

from submissions.extraction.types import Limits
from tests.extraction.opening import codes, opened, urls


def code(text: str, box: int = 6) -> Image.Image:
    return qrcode.make(text, box_size=box).get_image().convert("RGB")


def saved(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF", "AVIF", "JPEG2000"])
def test_it_reads_a_code_in_every_usual_format(kind: str) -> None:
    inside = opened(saved(code("https://qr.example/login"), kind))

    assert [(link.url, link.place) for link in inside.links] == [("https://qr.example/login", "qr")]
    assert inside.notes == ("code",)


@pytest.mark.parametrize("angle", [90, 180, 270, 33])
def test_it_reads_a_turned_code(angle: int) -> None:
    turned = code("https://qr.example/turned").rotate(angle, expand=True, fillcolor="white")

    assert urls(opened(saved(turned))) == ["https://qr.example/turned"]


def test_it_reads_an_inverted_code() -> None:
    assert urls(opened(saved(ImageOps.invert(code("https://qr.example/dark"))))) == ["https://qr.example/dark"]


def test_it_reads_a_code_on_a_transparent_ground() -> None:
    shape = code("https://qr.example/clear").convert("L")
    clear = Image.new("RGBA", shape.size, (0, 0, 0, 0))
    clear.paste((0, 0, 0, 255), mask=ImageOps.invert(shape))

    assert urls(opened(saved(clear))) == ["https://qr.example/clear"]


def test_it_reads_a_code_of_one_pixel_per_module() -> None:
    assert urls(opened(saved(code("https://qr.example/tiny", box=1)))) == ["https://qr.example/tiny"]


def test_it_reads_several_codes_in_one_picture() -> None:
    both = Image.new("RGB", (800, 400), "white")
    both.paste(code("https://one.example/"), (0, 0))
    both.paste(code("https://two.example/"), (400, 0))

    assert set(urls(opened(saved(both)))) == {"https://one.example/", "https://two.example/"}


def test_it_reads_a_code_in_a_later_frame() -> None:
    plain = Image.new("RGB", code("https://late.example/").size, "white")
    animated = saved(plain, "GIF", save_all=True, append_images=[code("https://late.example/")])

    assert urls(opened(animated)) == ["https://late.example/"]


def test_it_reads_a_small_code_in_a_large_picture() -> None:
    large = Image.new("RGB", (4000, 3000), "white")
    large.paste(code("https://corner.example/", box=3), (3700, 2800))

    assert urls(opened(saved(large))) == ["https://corner.example/"]


@pytest.mark.parametrize("kind", ["Aztec", "DataMatrix", "PDF417", "Code128"])
def test_it_reads_other_codes_that_can_hold_a_link(kind: str) -> None:
    made = zxingcpp.create_barcode("https://other.example/", getattr(zxingcpp.BarcodeFormat, kind))
    view = memoryview(made.to_image(scale=4))
    image = Image.frombytes("L", (view.shape[1], view.shape[0]), bytes(view))

    assert urls(opened(saved(ImageOps.expand(image, 40, 255)))) == ["https://other.example/"]


def test_a_link_inside_a_contact_is_found_and_other_texts_are_passed_on() -> None:
    inside = opened(saved(code("BEGIN:VCARD\nURL:https://contact.example/me\nEND:VCARD")))

    assert urls(inside) == ["https://contact.example/me"]
    assert "VCARD" in inside.text


def test_a_code_without_a_link_is_only_text() -> None:
    inside = opened(saved(code("WIFI:T:WPA;S:guests;P:secret;;")))

    assert inside.links == ()
    assert inside.text == "WIFI:T:WPA;S:guests;P:secret;;"


@pytest.mark.parametrize("size", [(1, 1), (600, 1), (2, 2)])
def test_a_picture_that_nobody_sees_is_decoration(size: tuple[int, int]) -> None:
    assert opened(saved(Image.new("RGB", size), "GIF")).notes == ("decoration",)


def test_a_pixel_bomb_is_refused_before_it_is_decoded() -> None:
    header = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + b"IHDR" + header + struct.pack(">I", zlib.crc32(b"IHDR" + header))
    data = zlib.compress(bytes(1000))
    body = struct.pack(">I", len(data)) + b"IDAT" + data + struct.pack(">I", zlib.crc32(b"IDAT" + data))

    assert codes(opened(b"\x89PNG\r\n\x1a\n" + chunk + body)) == ["limit-pixels"]


def test_a_frame_larger_than_its_animation_takes_no_memory() -> None:
    screen = struct.pack("<6sHHBBB", b"GIF89a", 16, 16, 0, 0, 0)
    shown_and_cleared = b"!\xf9\x04" + bytes([2 << 2, 0, 0, 0, 0])
    frame = struct.pack("<cHHHHB", b",", 0, 0, 30_000, 30_000, 0) + b"\x02\x02\x44\x01\x00;"
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    assert codes(opened(screen + shown_and_cleared + frame)) == ["limit-pixels"]
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200 * 1024


def test_what_the_first_frames_show_stays_when_a_later_one_breaks() -> None:
    content = io.BytesIO()
    later = Image.effect_noise((200, 200), 90)
    code("https://qr.example/first").save(content, "GIF", save_all=True, append_images=[later])

    inside = opened(content.getvalue()[:-9000])

    assert urls(inside) == ["https://qr.example/first"]
    assert codes(inside) == ["broken"]


def test_the_limit_of_pixels_is_the_setting() -> None:
    assert codes(opened(saved(Image.new("L", (100, 100))), limits=Limits(image_pixels=9_999))) == ["limit-pixels"]


def test_a_picture_that_breaks_off_is_a_problem() -> None:
    content = saved(code("https://qr.example/"))

    assert codes(opened(content[: len(content) // 2])) == ["broken"]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF"])
def test_a_picture_that_breaks_off_below_its_code_is_read_all_the_same(kind: str) -> None:
    drawn = code("https://qr.example/cut")
    page = Image.effect_noise((drawn.width, drawn.height * 2), 60)
    page.paste(drawn, (0, 0))
    content = saved(page.convert("L"), kind)

    inside = opened(content[: len(content) * 4 // 5])

    assert urls(inside) == ["https://qr.example/cut"]
    assert codes(inside) == ["broken"]


@pytest.mark.parametrize("brand", [b"mif1", b"msf1"])
def test_an_avif_that_calls_itself_heif_first_is_read(brand: bytes) -> None:
    avif = bytearray(saved(code("https://qr.example/brand"), "AVIF"))
    assert b"avif" in avif[16 : int.from_bytes(avif[:4])]
    avif[8:12] = brand

    assert urls(opened(bytes(avif))) == ["https://qr.example/brand"]


@pytest.mark.parametrize(
    "beginning",
    [
        b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
        b"\x01\0\0\0" + bytes(36) + b" EMF",
        b"\xd7\xcd\xc6\x9a",
        b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic",
        b"\0\0\0\x18ftypmsf1\0\0\0\0hevcmsf1",
        b"\0\0\0\x18ftyphevc\0\0\0\0hevcmsf1",
        b"\0\0\0\x0cJXL \r\n\x87\n",
        b"\xff\x0a",
    ],
)
def test_a_picture_that_nothing_here_can_read_is_a_problem(beginning: bytes) -> None:
    assert codes(opened(beginning + bytes(100))) == ["unsupported"]


def test_the_shortest_bars_are_read_without_a_margin() -> None:
    view = memoryview(zxingcpp.create_barcode("A", zxingcpp.BarcodeFormat.Code128).to_image(scale=1))
    picture = Image.frombytes("L", (view.shape[1], view.shape[0]), bytes(view))
    shortest = picture.crop(ImageOps.invert(picture).getbbox())

    assert shortest.width == 46
    assert opened(saved(shortest)).text == "A"
