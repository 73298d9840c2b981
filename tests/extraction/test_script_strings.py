"""What the strings of a script say."""

import pytest

from submissions.extraction.script_strings import script_strings


@pytest.mark.parametrize(
    "script",
    [
        'x = "http://a.example/"',
        "x = 'http:\\/\\/a.example\\/'",
        'x = "\\x68\\u0074tp:\\u{2f}/a.example/"',
        "x = \"ht\" + 'tp://' + `a.example/`",
        'x = ("ht" + ("tp://" + "a.example/"))',
        'var a = "http://", b = "a.example/"; location = a + b',
        'a = "http:"; a += "//a.example/"',
        'var p = ["ht", "tp://a.exa", "mple/"]; location = p.join("")',
        'x = ["/elpmaxe", ".a//:ptth"].join("").split("").reverse().join("")',
        'x = atob("aHR0cDovL2EuZXhhbXBsZS8=")',
        'x = unescape("http%3A%2F%2Fa%2Eexample%u002F")',
        "x = String.fromCharCode(104,116,116,112,58,47,47,97,46,101,120,97,109,112,108,101,47)",
        'x = [..."/elpmaxe.a//:ptth"].reverse().join("")',
        'x = "hQttp:QQ//a.exQample/".replace(/Q/g, "")',
        'x = "h##ttp://a.exam##ple/".replaceAll("##", "")',
        'const host = "a.example"; x = `http://${host}/`',
        'var p = ["a.example/", "http://"]; x = p[1] + p[0]',
        'x = window["atob"]("aHR0cDovL2EuZXhhbXBsZS8=")',
        'x /* "quoted" */ = "http://a.example/" // "',
    ],
)
def test_it_reads_what_a_script_puts_together(script: str) -> None:
    assert "http://a.example/" in script_strings(script)


def test_what_is_not_known_is_left_out() -> None:
    assert script_strings('f("a" + x + "b")') == ["a", "b"]


def test_a_division_is_no_pattern() -> None:
    assert script_strings('f(4 / 2, "a/b"); g("c")') == ["a/b", "c"]


def test_bytes_are_characters() -> None:
    assert script_strings("new Uint8Array([0x50, 75, 3, 4])") == ["P", "K", "\x03", "\x04", "PK\x03\x04"][-1:]
