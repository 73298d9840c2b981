"""A report such as a worried colleague sends: a mail of their own with the suspicious one attached."""

import io
import secrets
import smtplib
import zipfile
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from django.conf import settings

TIMEOUT = 20
HTML = """\
<html><body>
<p>Dear customer,</p>
<p>your invoice is overdue. Please sign in to release the payment:</p>
<p><a href="http://login@192.0.2.{host}/{token}/signin.html">https://www.paypal.com/signin</a></p>
<p>The invoice is attached. More about us: <a href="https://www.example.com/imprint">www.example.com</a></p>
</body></html>
"""
TEXT = "Dear customer,\n\nyour invoice is overdue. Sign in: http://login@192.0.2.{host}/{token}/signin.html\n"
SCRIPT = 'WScript.Echo("A harmless sample {token}: a real one would fetch its payload here.");\r\n'


def send_sample(to: str, reporter: str) -> None:
    """Send it by SMTP to the embedded mail server. Raises OSError when that does not take it.

    Each sample has a link and a file of its own, so that each is really analysed.
    """
    report = sample_report(to, reporter)
    with smtplib.SMTP("127.0.0.1", settings.SMTP_PORT, timeout=TIMEOUT) as server:
        server.send_message(report, from_addr=reporter, to_addrs=[to])


def sample_report(to: str, reporter: str) -> EmailMessage:
    phish = sample_phish(reporter)
    report = EmailMessage()
    report["From"], report["To"] = reporter, to
    report["Subject"] = f"Fwd: {phish['Subject']}"
    report["Date"], report["Message-ID"] = formatdate(localtime=True), make_msgid(domain="sample.example.com")
    report.set_content("Hello,\n\nI got this mail and do not trust it. Could you have a look?\n")
    report.add_attachment(phish)
    return report


def sample_phish(victim: str) -> EmailMessage:
    token = secrets.token_hex(6)
    words = {"token": token, "host": 1 + secrets.randbelow(250)}
    phish = EmailMessage()
    phish["From"], phish["To"] = '"PayPal Service" <service@paypa1-billing.example>', victim
    phish["Subject"] = f"Overdue invoice {token[:6].upper()}"
    phish["Date"], phish["Message-ID"] = formatdate(localtime=True), make_msgid(domain="paypa1-billing.example")
    phish.set_content(TEXT.format(**words))
    phish.add_alternative(HTML.format(**words), subtype="html")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Invoice.pdf.js", SCRIPT.format(token=token))
    phish.add_attachment(packed.getvalue(), maintype="application", subtype="zip", filename="Invoice.zip")
    return phish
