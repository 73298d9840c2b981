"""Ten languages ship complete: each text says what the English one says, with the same placeholders."""

from itertools import product
from typing import Any

import pytest

from notifications import outbox
from notifications.choice import Signs, choose
from notifications.kinds import KINDS, sample
from notifications.models import LanguageRule, Template
from notifications.placeholders import used, validate
from notifications.rendering import render_text
from notifications.texts import default
from notifications.words import LANGUAGES, translated, vocabulary
from tests.notifications.letters import letter

TEN = ("ar", "de", "en", "es", "fr", "it", "ja", "nl", "pl", "pt")
OTHERS = [language for language in TEN if language != "en"]


def test_ten_languages_ship() -> None:
    assert LANGUAGES == TEN
    assert all(vocabulary(language).keys() == vocabulary("en").keys() for language in TEN)


@pytest.mark.parametrize(("language", "kind"), list(product(OTHERS, KINDS)))
def test_a_text_has_the_shape_of_the_english_one(language: str, kind: str) -> None:
    text, english = default(kind, language), default(kind, "en")

    assert text is not None
    assert english is not None
    assert validate(kind, text.subject, "subject") == validate(kind, text.body_text, "text") == []
    assert used(text.body_text) == used(english.body_text)
    assert used(text.subject) == used(english.subject)
    assert text.body_text.count("\n") == english.body_text.count("\n")
    same = set(text.body_text.splitlines()) & set(english.body_text.splitlines())
    kind_of_item = "Type: {{artifact_type}}{{#if reused}} ({{reused}}){{/if}}"
    blocks = {"{{#if doctor_command}}", "{{/if}}"}
    assert same <= {"", "{{organisation}}", "{{instance_name}}", "{{artifact_table}}", kind_of_item} | blocks


@pytest.mark.parametrize("language", OTHERS)
def test_the_words_between_are_translated_too(language: str) -> None:
    text = default("summary_malicious", language)
    assert text is not None

    mail = render_text("summary_malicious", text, {**sample("summary_malicious"), "contact": "your security team"})

    for english in ("Malicious", "No clear result", "(file, score", "your security team", "It is", "whitelist"):
        assert english not in mail.text + mail.html
    assert f'lang="{language}"' in mail.html


def test_arabic_runs_from_right_to_left() -> None:
    text = default("summary_clean", "ar")
    assert text is not None

    html = render_text("summary_clean", text, sample("summary_clean")).html

    assert '<html lang="ar" dir="rtl">' in html
    assert "border-right: 6px" in html


@pytest.mark.parametrize(
    ("value", "german"),
    [
        ("Malicious", "Schädlich"),
        ("7 minutes", "7 Minuten"),
        ("a few minutes", "wenige Minuten"),
        ("result of 22 Nov 2026, reused", "Ergebnis vom 22. November 2026, wiederverwendet"),
        ("The mail is larger than 25 MB.", "Die Mail ist größer als 25 MB."),
        ("XLS.Downloader", "XLS.Downloader"),
        ("Your security team", "Ihr Sicherheitsteam"),
    ],
)
def test_values_of_ours_are_translated_and_others_left(value: str, german: str) -> None:
    assert translated("de", value) == german


@pytest.mark.parametrize(
    ("signs", "language"),
    [
        (Signs(), "en"),
        (Signs(reporter="ja", rule="de", content_language="fr"), "ja"),
        (Signs(rule="de", content_language="fr"), "de"),
        (Signs(content_language="fr-CA, en"), "fr"),
        (Signs(content_language="tlh, pt-BR"), "pt"),
        (Signs(content_language="tlh"), "en"),
        (Signs(text="Guten Tag, ich habe diese Mail erhalten und weiß nicht, ob sie für uns ist. Bitte prüfen."), "de"),
        (Signs(text="Bonjour, je vous envoie ce message que nous avons reçu. Merci pour votre aide."), "fr"),
        (Signs(text="Buongiorno, questo messaggio non è per noi. Grazie per una verifica della mail."), "it"),
        (Signs(text="Hola, este mensaje no se ve bien. Gracias por su ayuda con la revisión."), "es"),
        (Signs(text="Olá, não sei se a mensagem é para você. Obrigado por uma análise do anexo."), "pt"),
        (Signs(text="Beste, dit is een mail die ik niet vertrouw. Graag een analyse van de bijlage bij deze."), "nl"),
        (Signs(text="Dzień dobry, czy to jest bezpieczne? Proszę o sprawdzenie, dziękuję za pomoc."), "pl"),
        (Signs(text="このメールが怪しいので確認をお願いします。"), "ja"),
        (Signs(text="مرحبا، وصلتني هذه الرسالة ولا أعرف المرسل. الرجاء الفحص."), "ar"),
        (Signs(text="Please check this mail for me, it is not from the bank that we have."), "en"),
        (Signs(text="FW: 4471 xlsm"), "en"),
    ],
)
def test_the_strongest_sign_decides_the_language(signs: Signs, language: str) -> None:
    assert choose(signs) == language


def test_the_language_of_the_site_is_the_last_resort() -> None:
    assert choose(Signs(text="4471"), site="de") == "de"
    assert choose(Signs(), site="tlh") == "en"


@pytest.mark.django_db
def test_a_letter_is_written_in_its_language_or_that_of_the_site(settings: Any) -> None:
    settings.MAIL_LANGUAGE = "fr"

    german = outbox.decide(letter("summary_clean", signs=Signs(reporter="de")))
    site = outbox.decide(letter("summary_clean", about="submission:8"))

    assert german is not None
    assert site is not None
    assert german.subject == "Keine Bedrohung gefunden: FW: Invoice 4471"
    assert b"Content-Language: de" in bytes(german.message)
    assert site.subject == "Aucune menace détectée : FW: Invoice 4471"


@pytest.mark.django_db
def test_the_domain_of_the_reporter_decides_before_the_site(settings: Any) -> None:
    settings.MAIL_LANGUAGES = {"corp.example": "it"}

    row = outbox.decide(letter("summary_clean"))

    assert row is not None
    assert row.language == "it"


@pytest.mark.django_db
def test_the_rule_for_an_address_decides_before_that_for_its_domain_and_before_the_report() -> None:
    report = Signs(rule="es", content_language="fr")
    LanguageRule.objects.create(whom="corp.example", language="nl")

    domain = outbox.decide(letter("summary_clean", signs=report))
    LanguageRule.objects.create(whom="anna.lang@corp.example", language="pl")
    own = outbox.decide(letter("summary_clean", about="submission:8", to="Anna.Lang@corp.example", signs=report))
    other = outbox.decide(letter("summary_clean", about="submission:9", to="eve@other.example", signs=report))

    assert [row and row.language for row in (domain, own, other)] == ["nl", "pl", "es"]


@pytest.mark.django_db
def test_a_missing_text_falls_back_as_a_whole() -> None:
    Template.objects.filter(language="de").update(subject="", body_text="")

    row = outbox.decide(letter("summary_clean", signs=Signs(reporter="de")))
    other = outbox.decide(letter("summary_clean", about="submission:8", signs=Signs(reporter="tlh")))

    assert row is not None
    assert other is not None
    assert row.subject.startswith("Keine Bedrohung gefunden")
    assert other.subject.startswith("No threats found")
