"""Mails such as most are: a text, an HTML body of tables with styles and links, now and then a file. Seeded."""

import random
from email.message import EmailMessage
from email.policy import SMTP

_WORDS = (
    "your account has been limited please confirm the payment we could not deliver parcel invoice attached order number"
    " security team password expires soon click below to keep access thank you for shopping with us unsubscribe privacy"
    " shared document view details balance updated sign in billing address customer service weekly offer"
)
WORDS = _WORDS.split()
HOSTS = ("www.shop.example", "cdn.shop.example", "login.bank.example", "news.example.org", "track.mailer.example")
STYLE = "font-family:Arial,Helvetica,sans-serif;font-size:14px;line-height:20px;color:#333333;padding:8px 12px;"
HOPS = 6
WITH_FILE = 0.16
PLAIN_ONLY = 0.2


def ordinary_mails(count: int, *, seed: int = 1) -> list[bytes]:
    """`count` mails, always the same of one seed; on average some 35 KB."""
    chance = random.Random(seed)
    return [_mail(chance, number) for number in range(count)]


def _mail(chance: random.Random, number: int) -> bytes:
    mail = EmailMessage(policy=SMTP)
    for hop in range(HOPS):
        mail["Received"] = (
            f"from mx{hop}.relay.example (mx{hop}.relay.example [192.0.2.{hop + 1}]) by mx{hop + 1}.relay.example"
            f" with ESMTPS id {number:08x}{hop} for <person@corp.example>; Wed, 25 Nov 2026 10:0{hop}:00 +0000"
        )
    mail["Authentication-Results"] = "spf=pass smtp.mailfrom=shop.example; dkim=pass header.d=shop.example; dmarc=pass"
    mail["DKIM-Signature"] = f"v=1; a=rsa-sha256; d=shop.example; s=s1; bh={number:044d}; b={'A' * 340}"
    mail["From"] = f"{_words(chance, 2).title()} <service@shop.example>"
    mail["To"] = "person@corp.example"
    mail["Subject"] = _words(chance, 6).capitalize()
    mail["Date"] = "Wed, 25 Nov 2026 10:05:00 +0000"
    mail["Message-ID"] = f"<{number}.{chance.getrandbits(64):x}@shop.example>"
    mail.set_content(_text(chance), cte=chance.choice(("7bit", "quoted-printable")))
    if chance.random() > PLAIN_ONLY:
        mail.add_alternative(_html(chance), subtype="html", cte=chance.choice(("quoted-printable", "base64")))
    if chance.random() < WITH_FILE:
        content = chance.randbytes(chance.randrange(10_000, 120_000))
        mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=f"order-{number}.dat")
    return mail.as_bytes()


def _words(chance: random.Random, count: int) -> str:
    return " ".join(chance.choices(WORDS, k=count))


def _link(chance: random.Random) -> str:
    return (
        f"https://{chance.choice(HOSTS)}/{chance.choice(WORDS)}/{chance.getrandbits(48):x}?u={chance.getrandbits(32)}"
    )


def _text(chance: random.Random) -> str:
    blocks = [f"{_words(chance, 12).capitalize()}.\n{_words(chance, 9)}:\n{_link(chance)}\n" for _ in range(4)]
    return "\n".join(blocks)


def _html(chance: random.Random) -> str:
    rows = "\n".join(_row(chance) for _ in range(chance.randrange(5, 70)))
    head = "<style>.x{margin:0}a:hover{color:#00f}@media(max-width:600px){.w{width:100%!important}}</style>" * 3
    return (
        f'<!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml"><head><meta charset="utf-8">{head}</head>'
        f'<body style="margin:0"><table width="100%" cellpadding="0"><tr><td align="center">{rows}</td></tr></table>'
        f'<img src="{_link(chance)}" width="1" height="1"></body></html>'
    )


def _row(chance: random.Random) -> str:
    shown = f'<p style="{STYLE}">{_words(chance, 25).capitalize()}.</p>'
    if chance.random() < 0.15:
        shown += f'<a href="{_link(chance)}" style="{STYLE}text-decoration:none"><b>{_words(chance, 3)}</b></a>'
    cell = f'<td style="{STYLE}background-color:#ffffff">{shown}</td>'
    return f'<table width="600" border="0" class="w"><tr>{cell}</tr></table>'
