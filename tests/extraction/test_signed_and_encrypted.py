import pytest

from submissions.extraction import decoration, smime
from tests.extraction.reading import TOOL, extracted, links, raw


@pytest.mark.parametrize("name", ["smime-signed", "smime-signed-streamed"])
def test_it_reads_what_was_signed(name: str) -> None:
    mail = extracted(name)

    assert links(mail) == ["http://one.evil.example/x"]
    assert [(file.path, file.content) for file in mail.files] == [("1.2/tool.exe", TOOL)]
    assert mail.problems == ()


def test_a_detached_signature_is_marked_and_what_only_says_so_is_not() -> None:
    notes = {file.name: file.notes for file in extracted("smime-detached").files}

    assert "signature" in notes["smime.p7s"]
    assert "signature" not in notes["update.p7s"]


def test_a_pgp_signature_is_marked() -> None:
    mail = extracted("pgp-signed")

    assert [file.notes for file in mail.files] == [("signature",)]
    assert links(mail) == ["http://one.evil.example/x"]


def test_a_pgp_signature_with_something_after_it_is_a_file_like_any() -> None:
    signature = b"-----BEGIN PGP SIGNATURE-----\n\niQ\n-----END PGP SIGNATURE-----\n"

    assert decoration.is_signature(signature, "application/pgp-signature")
    assert not decoration.is_signature(signature + b"more", "application/pgp-signature")


@pytest.mark.parametrize("name", ["smime-encrypted", "pgp-encrypted"])
def test_what_is_encrypted_is_said_and_never_complete(name: str) -> None:
    mail = extracted(name)

    assert [(problem.code, problem.incomplete) for problem in mail.problems] == [("encrypted", True)]
    assert len(mail.files) == 1


def test_bytes_that_are_no_cms_are_refused_in_no_time() -> None:
    for content in (b"", b"0", b"0\x80" * 100_000, b"\x30\x84\xff\xff\xff\xff", raw("phish")):
        with pytest.raises(smime.NotCms):
            smime.read(content)
