import pytest

from submissions.extraction import names
from tests.extraction.reading import extracted


@pytest.mark.parametrize(
    ("mail", "name"),
    [
        ("name-rfc2231", "€ rates and more.js"),
        ("name-rfc2047", "Rechnung März.js"),
        ("name-raw-8bit", "Rechnung März.js"),
    ],
)
def test_it_decodes_file_names(mail: str, name: str) -> None:
    assert extracted(mail).files[0].name == name


def test_of_several_names_the_riskiest_decides_and_all_are_kept() -> None:
    (file,) = extracted("name-two").files

    assert file.name == "holiday.exe"
    assert file.names == ("holiday.txt", "holiday.exe", "holiday.jpg")
    assert "two-names" in file.notes


def test_a_turned_name_is_shown_straight_and_flagged() -> None:
    (file,) = extracted("name-bidi").files

    assert file.name == "invoice_xcod.exe"
    assert file.names == ("invoice_\u202excod.exe",)
    assert "name-bidi" in file.notes


def test_a_path_in_a_name_leads_nowhere() -> None:
    (file,) = extracted("name-path").files

    assert file.name == "evil.sh"
    assert file.path == "2/evil.sh"
    assert {"name-path", "name-trailing"} <= set(file.notes)


def test_a_name_of_a_device_is_flagged() -> None:
    assert "name-device" in extracted("name-device").files[0].notes


def test_a_double_extension_is_flagged() -> None:
    (file,) = extracted("name-double-extension").files

    assert file.name.endswith(".exe")
    assert "double-extension" in file.notes


@pytest.mark.parametrize("name", ["", " ", ".", "..", "/", "\u200b", "\x00", "///...", "\\\\host\\share\\"])
def test_what_is_no_name_becomes_the_made_up_one(name: str) -> None:
    assert names.choose([name], "unnamed.bin").shown == "unnamed.bin"


def test_a_long_name_keeps_its_extension() -> None:
    shown = names.choose(["a" * 1000 + ".exe"], "").shown

    assert len(shown) == 255
    assert shown.endswith("a.exe")
