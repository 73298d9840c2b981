"""Whatever the bytes, opening a file ends, raises nothing and keeps its limits."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from submissions.extraction.file_types import detect
from submissions.extraction.inside import OPENERS, look_inside
from submissions.extraction.types import Inside, Limits
from tests.extraction import test_msg, test_rtf, test_shortcuts, test_tnef
from tests.extraction.compound_file import compound_file
from tests.extraction.reading import corpora
from tests.extraction.test_archives import packed_as, tarred
from tests.extraction.test_office import document, native, relationship
from tests.extraction.test_old_office import encrypted
from tests.extraction.test_pdf import encrypted_pdf, link, pdf, picture
from tests.extraction.test_pictures import code, saved
from tests.extraction.test_zip_members import aes_zipped, zipped

LIMITS = Limits(archive_bytes=1_000_000, file_bytes=200_000, archive_entries=50, pdf_pages=3, image_pixels=2_000_000)
FILES = {"a.txt": b"hello" * 50, "b/c.exe": b"MZ" + bytes(300)}

SAMPLES: dict[str, bytes] = {
    "zip": zipped(FILES),
    "aes zip": aes_zipped(FILES, "infected"),
    "7z": packed_as("7zip", FILES),
    "cpio": packed_as("cpio_newc", FILES),
    "tar": tarred(FILES),
    "packed tar": packed_as("ustar", FILES, "gzip"),
    "pdf": pdf(link(b"https://a.example/"), picture("https://qr.example/")),
    "locked pdf": encrypted_pdf(b"infected", b"https://a.example/"),
    "docx": document({"word/document.xml": "<w:p>x</w:p>", **relationship("hyperlink", "https://a.example/")}),
    "doc": compound_file({"WordDocument": b"https://a.example/", "\x01Ole10Native": native(b"a.js", b"x")}),
    # Ten rounds of hashing instead of 100,000: the damage is the point, not the key.
    "locked docx": encrypted({"word/document.xml": "<w:p>x</w:p>"}, "infected").replace(b'"100000"', b'"000010"'),
    "rtf": test_rtf.object_group(test_rtf.ole1(b"Package", native(b"run.js", b"run()")[4:])),
    "wrapped html": test_rtf.WRAPPED,
    "msg": compound_file(
        test_msg.message(
            {test_msg.SUBJECT: test_msg.wide("x")},
            test_msg.file("a", b"x"),
            test_msg.embedded(test_msg.message({test_msg.SUBJECT: test_msg.wide("y")}, header=24)),
        )
    ),
    "tnef": test_tnef.tnef(test_tnef.attribute(1, 0x18004, b"inner\x00"), test_tnef.file(b"run.js", b"run()")),
    "one": test_shortcuts.ONENOTE + test_shortcuts.blob(b"MZ program") + b"https://note.example/",
    "lnk": test_shortcuts.shell_link(0xFF, bytes(40) + test_shortcuts.counted("https://evil.example/a.hta")),
    "url": b"[InternetShortcut]\r\nURL=https://a.example/x\r\n",
    **{kind: saved(code("https://qr.example/"), kind) for kind in ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF")},
}


def look(content: bytes, file_type: str) -> None:
    inside = look_inside(content, file_type, "name", limits=LIMITS, passwords=("wrong", "infected"))

    assert sum(len(member.content) for member in inside.members) <= LIMITS.archive_bytes + LIMITS.file_bytes
    assert len(inside.members) <= LIMITS.archive_entries + 100
    assert all(len(member.content) <= LIMITS.file_bytes for member in inside.members)


def mutated(content: bytes, random: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(random.choice((1, 1, 3, 12))):
        place = random.randrange(len(changed) + 1)
        match random.randrange(5):
            case 0:
                changed[place : place + 1] = random.randbytes(1)
            case 1:
                changed[place : place + 4] = random.choice((b"\xff" * 4, bytes(4), b"\xff\xff\xff\x7f"))
            case 2:
                del changed[place : place + random.randrange(1, 60)]
            case 3:
                changed[place:place] = changed[place : place + random.randrange(1, 60)]
            case _:
                del changed[max(place, len(changed) // 3) :]
    return bytes(changed)


@pytest.mark.parametrize("kind", SAMPLES)
@settings(max_examples=40, deadline=None)
@given(st.randoms(use_true_random=False))
def test_no_damage_to_a_known_kind_makes_it_fail(kind: str, random: random.Random) -> None:
    original = SAMPLES[kind]
    content = mutated(original, random)

    look(content, detect(content))
    look(content, detect(original))


@pytest.mark.parametrize("file_type", OPENERS)
@settings(max_examples=10, deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_called_by_any_type_make_it_fail(file_type: str, content: bytes) -> None:
    look(content, file_type)


def test_a_type_that_nobody_opens_holds_nothing() -> None:
    assert look_inside(b"x", "text/plain", "a.txt", limits=LIMITS, passwords=()).members == ()


def test_every_sample_is_opened_without_a_problem_while_undamaged() -> None:
    troubled = [kind for kind, content in SAMPLES.items() if _look_with_defaults(content).problems]

    assert troubled == ["locked docx"]


def test_every_file_of_the_corpora_is_opened() -> None:
    for path in corpora():
        inside = _look_with_defaults(path.read_bytes(), path.name)

        assert all(isinstance(member.content, bytes) for member in inside.members), path.name


def _look_with_defaults(content: bytes, name: str = "") -> Inside:
    return look_inside(content, detect(content, name), name, limits=Limits(), passwords=("infected", "password"))
