import pytest

from submissions.extraction import legacy
from tests.extraction.reading import TOOL, extracted, links


@pytest.mark.parametrize("name", ["uuencode-in-body", "yenc", "binhex"])
def test_it_takes_the_file_out_of_the_text(name: str) -> None:
    (file,) = extracted(name).files

    assert (file.name, file.content) == ("tool.exe", TOOL)
    assert "in-text" in file.notes


def test_the_text_around_an_encoded_file_is_read() -> None:
    assert links(extracted("uuencode-in-body")) == ["http://one.evil.example/", "http://two.evil.example/"]


def test_a_uuencoded_line_with_junk_at_its_end_is_read() -> None:
    (block,) = legacy.uuencoded(b"begin 644 a\n#86)Cjunk\n`\nend\n")

    assert block.content == b"abc"


def test_words_that_only_begin_like_uuencode_are_left_alone() -> None:
    assert legacy.blocks(b"begin the day\nwith a smile\nend\n") == []


def test_an_apple_double_header_alone_holds_no_file() -> None:
    header = (
        bytes.fromhex("0005160700020000") + bytes(16) + b"\x00\x01" + bytes.fromhex("000000020000002600000002") + b"xx"
    )

    assert legacy.apple_data_fork(header) is None


def test_a_run_length_bomb_is_not_expanded() -> None:
    bomb = b"(This file must be converted with BinHex 4.0)\n:" + b"(r" * 1_000_000 + b":"

    assert all(len(block.content) < 64 * 1024 * 1024 for block in legacy.binhex(bomb))


@pytest.mark.parametrize("mark", [b"> ", b">", b"> > ", b"    ", b"\t"])
def test_a_uuencoded_file_is_read_in_a_quotation(mark: bytes) -> None:
    lines = [b"begin 644 a", b"#86)C", b"`", b"end", b"and so on"]
    (block,) = legacy.uuencoded(b"So it said:\r\n" + b"".join(mark + line + b"\r\n" for line in lines))

    assert (block.name, block.content) == (b"a", b"abc")
