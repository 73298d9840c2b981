import base64

import pytest

from submissions.extraction import transfer
from tests.extraction.reading import TOOL, extracted, links


@pytest.mark.parametrize(
    "name",
    [
        "cte-trailing-space",
        "cte-comment",
        "cte-doubled",
        "cte-missing",
        "cte-nonsense",
        "cte-data-after-padding",
        "cte-junk",
        "uuencode-part",
        "applesingle",
    ],
)
def test_it_decodes_the_file_however_its_encoding_is_declared(name: str) -> None:
    (file,) = extracted(name).files

    assert file.content == TOOL


def test_text_that_only_claims_to_be_base64_is_read_as_text() -> None:
    assert links(extracted("cte-lie")) == ["http://one.evil.example/x"]


def test_a_base64_body_without_declaration_is_read() -> None:
    assert links(extracted("cte-body-undeclared")) == ["http://one.evil.example/x"]


def test_soft_breaks_join_lines_also_with_blanks_and_lone_carriage_returns() -> None:
    assert links(extracted("quoted-printable-breaks")) == ["http://one.evil.example/pathand"]


def test_base64_keeps_every_byte_around_padding_and_junk() -> None:
    first, second = base64.b64encode(b"first!!"), base64.b64encode(b"second")

    assert transfer.base64(b" *" + first + b"\n-" + second + b"A") == b"first!!second"


def test_plain_content_stays_as_it_is() -> None:
    content = b"nothing encoded here\r\n" * 10

    assert transfer.decode(content, [b"8bit"]).content == content
