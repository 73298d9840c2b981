"""Reports as people send them: a suspicious mail forwarded as an attachment."""

from collections.abc import Mapping
from email.message import EmailMessage
from email.policy import SMTP

MAILBOX = "sandbox@localhost"


def suspicious(files: Mapping[str, bytes], text: str, *, number: int = 0) -> EmailMessage:
    """The mail that somebody got: files by name, and a text that may hold links."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = "Billing <billing@acme-invoices.example>"
    mail["To"] = "anna.lang@corp.example"
    mail["Subject"] = f"Invoice {number}"
    mail["Date"] = "Tue, 24 Nov 2026 08:00:00 +0000"
    mail["Message-ID"] = f"<invoice-{number}@acme-invoices.example>"
    mail.set_content(text)
    for name, content in files.items():
        mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return mail


def report(
    files: Mapping[str, bytes],
    text: str = "Please pay.\n",
    *,
    number: int = 0,
    reporter: str = "Anna Lang <anna.lang@corp.example>",
) -> bytes:
    """A report of such a mail, with CRLF line ends."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = reporter
    mail["To"] = MAILBOX
    mail["Subject"] = f"FW: Invoice {number}"
    mail["Date"] = "Tue, 24 Nov 2026 08:05:00 +0000"
    mail["Message-ID"] = f"<report-{number}@corp.example>"
    mail.set_content("Is this real?\n")
    mail.add_attachment(suspicious(files, text, number=number))
    return mail.as_bytes()
