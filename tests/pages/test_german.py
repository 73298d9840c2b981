"""Every word of the pages has its German one, and the compiled catalogue is that of the text."""

import ast
import gettext
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import Model
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from mailmonitor import oauth
from notifications.models import Notification
from submissions import sentences, words
from submissions.models import Mailbox
from submissions.presets import PRESETS
from submissions.search.grammar import SearchFault
from submissions.search.meaning import condition
from submissions.selectors.listing import TABS
from submissions.selectors.status import cards
from submissions.views import preview
from tests import rows

ROOT = Path(__file__).parents[2]
GERMAN = ROOT / "locale/de/LC_MESSAGES/django.po"
CALLS = {"Refused": 1, "gettext": 1, "gettext_lazy": 1, "_": 1, "ngettext": 2, "ngettext_lazy": 2}
HELPED = ("address", "processed_folder", "reporter_domains")
TOLD = ("Failed", "Not sure", "Not answered", "Not yet", "Sent", "Receipt sent", "Being sent", "Unreadable")
STATES = ("WARNING", "ERROR", "DISABLED")

UNTRANSLATED = {"Mail", "Monitor", "English", "Deutsch", "JSON", "MISP", "STIX", "nbsp"}


def in_calls(source: str) -> Iterator[str]:
    """The texts that stand in calls of gettext and its kin."""
    for node in ast.walk(ast.parse(source)):
        name = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
        for argument in node.args[: CALLS.get(name, 0)] if isinstance(node, ast.Call) else ():
            said = (argument.body, argument.orelse) if isinstance(argument, ast.IfExp) else (argument,)
            yield from (str(one.value) for one in said if isinstance(one, ast.Constant))


def in_template(text: str) -> Iterator[str]:
    """The same of a template; `{% icon %}` and `{% verdict %}` translate their label themselves."""
    for one in re.finditer(r"""{% trans (["'])(.*?)\1 %}|\b_\("(.*?)"\)|{% (?:icon|verdict) \S+ "([^"]+)" %}""", text):
        yield one[2] or one[3] or one[4]
    for block in re.findall(r"{% blocktrans.*?%}(.*?){% endblocktrans %}", text, re.S):
        yield from re.sub(r"{{ (\w+) }}", r"%(\1)s", block).split("{% plural %}")


def spoken() -> set[str]:
    """Every text that a page may ask the catalogue for."""
    found = {text for path in (ROOT / "submissions").rglob("*.py") for text in in_calls(path.read_text())}
    for template in (ROOT / "templates").rglob("*.html"):
        found |= set(in_template(template.read_text()))
    found |= {text for preset in PRESETS for text in (preset.title, preset.hint, *preset.steps)}
    found |= {*sentences.SENTENCES, *(str(Mailbox._meta.get_field(name).help_text) for name in HELPED)}
    models: list[type[Model]] = [*apps.get_app_config("submissions").get_models(), Notification]
    for field in (field for model in models for field in model._meta.fields if field.choices):
        found |= {str(label) for _, label in field.choices or ()}
    for told in (words.VERDICTS, words.NOTES, words.PROBLEMS, words.HOW, words.EVENTS, preview.TABS):
        found |= set(told.values())
    verdicts = {word.lower() for word in words.VERDICTS.values()}
    return found | {name for name, _ in TABS.values()} | verdicts | {*TOLD, *STATES}


def written() -> dict[str, str]:
    """The entries of the catalogue's text; a plural form under its own English words."""
    found = {}
    for entry in GERMAN.read_text().split("\n\n")[1:]:
        fields = dict(re.findall(r'^(msg\w+(?:\[\d\])?) (".*")$', entry, re.M))
        texts = {name: ast.literal_eval(text) for name, text in fields.items()}
        found[texts["msgid"]] = texts.get("msgstr", texts.get("msgstr[0]", ""))
        if "msgid_plural" in texts:
            found[texts["msgid_plural"]] = texts["msgstr[1]"]
    return found


def test_every_word_of_the_pages_has_a_german_one_and_none_is_left_over() -> None:
    german = written()

    assert sorted(spoken() - set(german)) == []
    assert sorted(set(german) - spoken()) == []
    assert all(german.values())


def unspoken(text: str) -> Iterator[str]:
    """The words of a template that it does not ask the catalogue for, between tags and in what is read aloud."""
    text = re.sub(r"{% blocktrans.*?{% endblocktrans %}", "", text, flags=re.S)
    text = re.sub(r"<(style\b|dt>|span class=\"mono\").*?</\w+>", "", text, flags=re.S)
    text = re.sub(r"{[%{#].*?[%}#]}", "", text, flags=re.S)
    read_aloud = re.findall(r'\b(?:aria-label|title|alt)="([^"]*)"', text)
    shown = re.sub(r"<[^>]*>", " ", text)
    yield from re.findall(r"[^\W\d]{4,}", " ".join((shown, *read_aloud)))


def test_no_template_speaks_past_the_catalogue() -> None:
    found = {word for path in (ROOT / "templates").rglob("*.html") for word in unspoken(path.read_text())}

    assert found - UNTRANSLATED == set()


def test_values_stand_in_both_languages() -> None:
    for english, german in written().items():
        for values in (r"%\(\w+\)s", r"\{\w*\}", r"%d", r"</?\w+"):
            assert sorted(re.findall(values, english)) == sorted(re.findall(values, german)), english


def test_the_compiled_catalogue_is_that_of_the_text() -> None:
    with GERMAN.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)

    for english, german in written().items():
        assert (
            german in (compiled.gettext(english), compiled.ngettext(english, "", 1)) or "%" in english or "{" in english
        )


@pytest.mark.django_db
def test_a_browser_that_asks_for_german_is_answered_in_german(client: Client) -> None:
    german = client.get("/login/", headers={"accept-language": "de-CH,de;q=0.9,en;q=0.5"}).content.decode()
    french = client.get("/login/", headers={"accept-language": "fr"}).content.decode()

    assert '<html lang="de"' in german
    assert "Anmelden" in german
    assert '<html lang="en"' in french
    assert "Log in" in french


@pytest.mark.parametrize("fix", [fix for _, fix in oauth.FIXES])
def test_what_to_do_about_a_sign_in_is_said_in_german(fix: str) -> None:
    with override("de"):
        assert sentences.in_readers_language(fix) == written()[fix] != fix


@pytest.mark.parametrize(
    "search",
    [
        "verdict:malicius", "verdict:x", "verdict:,", "score:x", "reported:x", "sha256:12", "from:", "campaign:x",
        "froom:x", "zzz:x", "a*b*c*d*e*f*g", "a\0", "a)", "(a", "(" * 20 + "a" + ")" * 20, '"a', "a OR",
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_search_is_said_in_german(search: str) -> None:
    with pytest.raises(SearchFault) as raised:
        condition(search)
    with override("de"):
        assert sentences.in_readers_language(str(raised.value)) != str(raised.value)


@pytest.mark.django_db
def test_the_tester_and_the_status_page_name_kinds_and_states_in_german(page: Client) -> None:
    page.cookies["django_language"] = "de"

    assert "Dieser Host und seine Subdomains" in page.get("/whitelist/").content.decode()
    seen = page.get("/status/").content.decode()
    for said in ("Datenbank", "Abgeschaltet", "EMAIL_URL ist nicht gesetzt"):
        assert said in seen, said


def test_why_a_webhook_was_switched_off_is_said_in_german_with_its_reply() -> None:
    with override("de"):
        said = sentences.in_readers_language("switched off after 8 failures: siem.example: refused with HTTP 500")

    assert said == "nach 8 Fehlschlägen abgeschaltet: siem.example: refused with HTTP 500"


@pytest.mark.django_db
def test_the_parts_of_the_status_page_are_told_in_german() -> None:
    mailbox = rows.mailbox("Berlin", last_success_at=timezone.now())
    rows.mailbox("Bern", state="disabled", due_at=None)
    rows.mailbox("Basel")
    with override("de"):
        said = sentences.in_readers_language
        told = {card.name: [said(card.detail), said(card.fix)] for card in cards()}

    assert told["Worker"] == [
        "kein Lebenszeichen",
        "Den Worker starten: celery -A mailmonitor worker. Inzwischen geht keine Mail verloren.",
    ]
    assert told["Mailbox Berlin"][0] == f"{mailbox.folder} auf {mailbox.host} wird gelesen, es liegt nichts mehr darin"
    assert told["Mailbox Bern"] == ["in der Verwaltung abgeschaltet", ""]
    assert told["Mailbox Basel"][0] == "noch nicht gelesen"
    assert told["Mails"][0] == "0 warten auf ihr Ergebnis"
    assert told["Answers"][0] == "0 warten, 0 in 24 Stunden gesendet"
