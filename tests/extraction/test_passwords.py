"""Passwords for archives are found in the words of the mail."""

import pytest

from submissions.extraction.passwords import candidates


@pytest.mark.parametrize(
    ("text", "password"),
    [
        ("Please open it. The password is: Secret123. Regards", "Secret123"),
        ("Das Passwort lautet: abc!9x", "abc!9x"),
        ("Kennwort für die Datei: Rechnung2026", "Rechnung2026"),
        ("mot de passe : tiger2024", "tiger2024"),
        ("la contraseña del archivo es 4455", "4455"),
        ("senha: 0912", "0912"),
        ("pwd=xx11", "xx11"),
        ("wachtwoord: Zomer!22", "Zomer!22"),
        ("hasło do pliku: 7f7f", "7f7f"),
        ("пароль от архива - 777", "777"),
        ("解压密码是a1b2，请查收", "a1b2"),
        ("密码:999000", "999000"),
        ("パスワードは「abc789」です", "abc789"),
        ("비밀번호: q1w2e3", "q1w2e3"),
        ("Mật khẩu: hoasen99", "hoasen99"),
        ("Password for the attached zip file:\n\n  Winter-24\n", "Winter-24"),
        ('Use the code "JK-7788" to open the invoice', "JK-7788"),
        ("<p>Password: <b>Tr0ub4dor&amp;3</b></p>", "Tr0ub4dor&3"),
        ("PIN 4411", "4411"),
        ("Password: P@ss!", "P@ss!"),
        ("Password: two words", "two words"),
        ("Hello,\n\nBlue7Fish\n\nBye", "Blue7Fish"),
    ],
)
def test_it_finds_the_password_of_a_sentence(text: str, password: str) -> None:
    assert password in candidates(text, 20)[:4]


def test_a_stated_password_comes_before_a_quoted_word() -> None:
    text = 'Open the "invoice" with password: k9k9'

    assert candidates(text, 20)[0] == "k9k9"


def test_the_usual_password_for_malware_is_always_tried() -> None:
    assert candidates("", 20) == ("infected",)
    assert candidates(" ".join(f"password: word{number}" for number in range(50)), 20)[-1] == "infected"


def test_there_are_never_more_than_the_limit() -> None:
    text = "\n".join(f"password: word{number}" for number in range(50))

    assert len(candidates(text, 5)) == 5
