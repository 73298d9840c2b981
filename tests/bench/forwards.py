"""Inline forwards: sender and subject right, per client and language, and in languages it has no words of."""

import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from email.message import EmailMessage
from email.policy import SMTP

from submissions.extraction.addresses import addresses
from submissions.extraction.extract import extract
from submissions.extraction.types import ExtractedMail
from tests.extraction.reading import corpora
from tests.forwarding import Forward, Style, forwarded, styles

SENDERS = (
    "Billing Desk <billing@acme-invoices.example>",
    '"Meier, Jörg" <joerg.meier@partner.example>',
    "it-support@corp-help.example",
    "山田 太郎 <taro@kaisha.example>",
    '"Ольга (бухгалтерия)" <olga@firma.example>',
    "DHL Express <no-reply@dhl-track.example>",
    "support@bank.example <support@bank.example>",
    "O'Neill & Sons <office+mail@sons.example>",
)
SUBJECTS = (
    "Invoice 4471",
    "Re: Your order: 2026-10-12 10:33",
    "Action required: mailbox anna.lang@corp.example is full",
    "Ваш счёт № 17 от 12.10.2026",
    "【重要】お客様のアカウントを確認してください",
    "RE: AW: Zahlungserinnerung (3. Mahnung) - bitte umgehend begleichen, sonst folgen weitere Schritte der Anwälte",
    "تحديث الحساب",
    "[EXTERN] Fwd: Gehalt 2026",
    "50% off!!!",
    "you have 1 new message",
)
NOTES = (
    "",
    "Is this real?",
    "Hi team,\n\nplease check: is this from our bank?\n\nAnna Lang\nTel.: +49 30 1234 56\n"
    "E-Mail: anna.lang@corp.example\nWeb: https://www.corp.example",
    "FYI\n--\nAnna Lang | Corp GmbH\nPhone: 030 123456",
)
BODIES = (
    "Please log in at https://login.evil.example/bank to go on.\n\nThe Bank",
    "Dear Anna: your order is ready.\n\nOrder: 4471\nDate: 12.10.2026 10:22\nEmail: anna.lang@corp.example\n"
    "Link: https://evil.example/o/4471\n",
    "Hallo,\n\nsiehe unten.\n\nhttps://evil.example/x\n",
)


def main(arguments: list[str]) -> None:
    """Prints the rates; with `failures` among the arguments also what went wrong."""
    for held_out in (False, True):
        print(f"-- {'languages without words of their own in the extractor' if held_out else 'listed languages'}")
        measure(styles(held_out=held_out, forms=("html", "text", "both")), show="failures" in arguments)
    print("-- mails of the corpora in which an inline forward is seen")
    seen(show="failures" in arguments)


def measure(wanted: Iterable[Style], *, show: bool) -> None:
    tried: Counter[str] = Counter()
    right: Counter[str] = Counter()
    wrong: dict[str, list[str]] = defaultdict(list)
    start = time.perf_counter()
    for number, style in enumerate(wanted):
        note = NOTES[number % len(NOTES)]
        case = forwarded(original(number), style, note=note, number=number)
        is_right = answer(case, extract(case.raw))
        for key in (f"{style.client} {style.form}", style.language, "all"):
            tried[key] += 1
            right[key] += is_right
        if not is_right:
            wrong[f"{style.client} {style.form}"].append(style.language)
    seconds = time.perf_counter() - start
    for key, number in sorted(tried.items()):
        print(f"{key:24}{right[key]:6} of {number:5}  {100 * right[key] / number:6.1f} %")
    print(f"{tried['all'] / seconds:.0f} mails a second, made and extracted")
    for key, languages in wrong.items() if show else ():
        print(f"    {key}: {' '.join(languages)}")


def original(number: int) -> bytes:
    """The mail that is forwarded; senders, subjects, recipients and bodies take turns at different paces."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = SENDERS[number % len(SENDERS)]
    mail["To"] = "anna.lang@corp.example"
    if number % 3 == 0:
        mail["Cc"] = "Bernd Ott <bernd.ott@corp.example>, cora@corp.example"
    mail["Subject"] = SUBJECTS[number // 3 % len(SUBJECTS)]
    mail.set_content(BODIES[number // 7 % len(BODIES)])
    return mail.as_bytes()


def answer(case: Forward, mail: ExtractedMail) -> bool:
    """Whether exactly one mail was found, of the right sender and subject."""
    found = [one for one in mail.reported if one.how == "inline"]
    if len(found) != 1:
        return False
    subject = "".join(found[0].subject.split())
    return addresses(found[0].sender)[:1] == (case.sender,) and subject == "".join(case.subject.split())


def seen(*, show: bool) -> None:
    paths = [path for path in corpora() if path.suffix in (".eml", ".msg", ".txt")]
    found = list(with_inline(path.read_bytes() for path in paths))
    print(f"{len(found)} of {len(paths)}")
    for number, words in found if show else ():
        print(f"    {paths[number].name}: {words}")


def with_inline(mails: Iterator[bytes]) -> Iterator[tuple[int, str]]:
    for number, raw in enumerate(mails):
        inline = [one for one in extract(raw).reported if one.how == "inline"]
        if inline:
            yield number, "; ".join(f"{one.sender} / {one.subject} / {one.facts['found_by']}" for one in inline)
