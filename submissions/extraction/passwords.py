"""Likely passwords for the archives and documents of a mail, from its own words."""

import html
import re
from collections.abc import Iterator

# What analysts and mail gateways agree on when they pass malware around.
ALWAYS = ("infected",)

# The word for "password", by language groups.
WORDS: tuple[str, ...] = (
    r"pass ?words?|pass ?phrase|pass ?codes?|passwd|pwd|pass|pin(?: ?code)?|(?:access|unlock|archive|zip) (?:code|key)",
    r"passwor[dt]|passwörter|kennw[oö]rt|kennwoerter|zugangscode|zip-?passwort|wachtwoord|toegangscode",
    r"mot de passe|mdp|code d['’]acc[eè]s|contrase[nñ]a|contrasenya|clave|senha|palavra[- ]passe|c[oó]digo de acesso",
    r"parola(?: d['’]ordine)?|parolă|parol|l[oö]senord|adgangskode|kodeord|passord|salasana|lykilorð|parool",
    r"slaptažodis|slaptazodis|has[łl]o|heslo|jelsz[oó]|geslo|lozinka|zaporka|şifre(?:si)?|sifre(?:si)?|parolası",
    r"κωδικ[οό]ς(?: πρόσβασης)?|συνθηματικό|парол[ьяієюь]{0,2}|код доступа|лозинка|шифра|код за достъп|парола",
    r"סיסמ[אהת]|كلمة (?:ال)?(?:مرور|سر)|رمز عبور|گذرواژه|पासवर्ड|รหัสผ่าน|mật khẩu|mat khau|kata sandi|sandi|kata laluan",
    r"密码|密碼|口令|解压密码|解壓密碼|提取码|パスワード|暗証番号|비밀번호|암호|패스워드",
)
# What may stand between that word and the password.
LINKING: tuple[str, ...] = (
    "for to of the your this zip rar archive file document attachment attached is are was be as follows used",
    "lautet ist für fuer die das den dem datei der anlage est pour le la du de fichier es para el archivo é è per il",
    "lo del della dello das da do het voor bestand är er на для к от файла архива архиву это do pliku je pro soubor за",
    "adalah untuk là için",
)
_LINKING = "|".join(sorted((re.escape(word) for line in LINKING for word in line.split()), key=len, reverse=True))
_SIGN = r"(?:[:=：＝]+|->|→|=>|:-|是|为|為|は|が|는|은|[-–—](?=\s))"
_AFTER_WORD = re.compile(
    rf"(?<![^\W\d_])(?:{'|'.join(WORDS)})(?![a-zà-ɏа-яёα-ω])(?:\(s\))?(?:\s+(?:{_LINKING})(?=[\s:=：＝])){{0,6}}\s*(?P<sign>{_SIGN})?\s*",
    re.IGNORECASE,
)
_SAYS_IS = re.compile(r"(?:\b(?:is|ist|lautet|est|es|é|è|är|er|это|je|adalah|là)|:)\s*\Z", re.IGNORECASE)
_TOKEN = re.compile(r"\S{1,64}")
_REST_OF_LINE = re.compile(r"[^\r\n]{1,60}")
_QUOTED = re.compile(r"[\"“„«`「『]([^\s\"“”„«»`「」『』]{3,40})[\"”“»`」』]")
_LABELLED = re.compile(r"[:=：＝]\s*(\S{4,40})(?=\s|$)")
_ASCII_RUN = re.compile(r"[!-~]{3,64}")
_AT_THE_ENDS = ".,;:!?()[]{}<>\"'“”„«»‘’`「」『』、。，；！*_"

_MARKUP = re.compile(r"<[a-zA-Z/!][^<>]{0,1000}>")
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u2060\ufeff]")
_TEXT_LIMIT = 256 * 1024
_PLACES = 200


def candidates(text: str, limit: int) -> tuple[str, ...]:
    """At most `limit` likely passwords in `text` (notes, subjects and bodies joined), most likely first.

    `infected` is always among them. The text may be HTML.
    """
    readable = _INVISIBLE.sub("", html.unescape(_MARKUP.sub(" ", text[:_TEXT_LIMIT])))
    ranked: dict[str, int] = {}
    for rank, token in _all(readable):
        if rank < ranked.get(token, 99):
            ranked[token] = rank
    likely = sorted(ranked, key=lambda token: ranked[token])
    likely = [token for token in likely if token not in ALWAYS][: max(0, limit - len(ALWAYS))]
    return tuple([*likely, *ALWAYS][:limit])


def _all(text: str) -> Iterator[tuple[int, str]]:
    """Every candidate with its rank, 0 the best."""
    for number, match in enumerate(_AFTER_WORD.finditer(text)):
        if number == _PLACES:
            break
        yield from _after(text, match)
    for match in _QUOTED.finditer(text):
        yield 4, match[1]
    for match in _LABELLED.finditer(text):
        if _looks_chosen(match[1]):
            yield from ((5, form) for form in _forms(match[1]) if "://" not in form)
    for line in text.splitlines():
        word = line.strip()
        if 4 <= len(word) <= 24 and " " not in word and _looks_chosen(word):
            yield 6, word


def _after(text: str, match: re.Match[str]) -> Iterator[tuple[int, str]]:
    token = _TOKEN.match(text, match.end())
    if not token or token[0].startswith("-") or "://" in token[0]:
        return
    stated = bool(match["sign"]) or bool(_SAYS_IS.search(match[0]))
    rank = 0 if stated else 1
    if not _looks_chosen(token[0].strip(_AT_THE_ENDS)):
        rank += 1 if stated else 6
    for form in _forms(token[0]):
        yield rank, form
    rest = _REST_OF_LINE.match(text, match.end())
    if stated and rest and " " in rest[0].strip():
        yield 4, rest[0].strip()


def _forms(token: str) -> Iterator[str]:
    """The token without the punctuation around it, as it stands, and its part in ASCII."""
    bare = token.strip(_AT_THE_ENDS)
    yield from dict.fromkeys(form for form in (bare, token.rstrip(".,;"), token) if form)
    if not token.isascii():
        yield from _ASCII_RUN.findall(bare)


def _looks_chosen(token: str) -> bool:
    """Whether it has what words of a sentence lack: digits, signs inside, or capitals beyond the first letter."""
    return any(character.isdigit() for character in token) or bool(
        re.search(r"\w[^\w\s.'’,/-]|[a-zа-я][A-ZА-Я]", token)
    )
