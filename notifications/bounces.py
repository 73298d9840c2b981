"""What servers behind the relay say of our mails (RFC 3464): a mail that bounced, an address that is muted.

A report counts only when it names a Message-ID of ours, which nobody but the mail's reader knows.
"""

import re
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Now

from notifications import limits
from notifications.models import Notification

READ = 512 * 1024
MOST = 3
MUTED = f"{MOST} mails bounced"
FOREVER: timedelta | None = None
REPORT = re.compile(rb"(?i)^\s*multipart/report\b.{0,400}?report-type\s*=\s*\"?delivery-status", re.DOTALL)
STATUS = re.compile(rb"(?im)^Status:[ \t]{0,9}([245])\.(\d{1,3})\.(\d{1,3})")
ACTION = re.compile(rb"(?im)^Action:[ \t]{0,9}([a-z]{1,20})")
DIAGNOSIS = re.compile(rb"(?im)^Diagnostic-Code:[ \t]{0,9}([^\r\n]{1,300})")
OURS = re.compile(rb"(?im)^Message-ID:\s{0,9}(<mm\.[a-z_]{1,40}\.[0-9a-f-]{36}@[!-;=?-~]{1,200}>)")


@dataclass(frozen=True)
class Bounce:
    """`message_id` is that of our mail; `final` says that the mail will never arrive."""

    message_id: str
    final: bool
    words: str


def read(content_type: bytes, content: bytes) -> Bounce | None:
    """The report in the bytes of a mail; None for any other mail. Pure, never raises."""
    start = content[:READ]
    status, action, ours = STATUS.search(start), ACTION.search(start), OURS.search(start)
    if not REPORT.match(content_type) or status is None or ours is None:
        return None
    code = b".".join(status.groups()).decode()
    diagnosis = DIAGNOSIS.search(start)
    words = f"{code} {diagnosis[1].decode('ascii', 'replace').strip() if diagnosis else ''}".strip()
    failed = action is not None and action[1].lower() == b"failed"
    return Bounce(ours[1].decode(), failed and code.startswith("5"), words)


@transaction.atomic
def record(bounce: Bounce) -> bool:
    """Note the bounce at its mail; whether the mail is known. The third one mutes the address."""
    row = Notification.objects.filter(message_id=bounce.message_id, state=Notification.State.SENT).first()
    if row is None:
        return False
    if not bounce.final:
        row.tell("delayed-behind", bounce.words)
        return True
    if Notification.objects.filter(pk=row.pk, bounced_at=None).update(
        bounced_at=Now(), reason=f"bounced: {bounce.words}"
    ):
        row.tell("bounced", bounce.words)
        mute_when_useless(row)
    return True


def mute_when_useless(row: Notification) -> None:
    bounced = Notification.objects.filter(recipient=row.recipient, bounced_at__isnull=False)
    if row.recipient and bounced.count() >= MOST and limits.mute(row.recipient, MUTED, FOREVER):
        row.tell("muted", f"{row.recipient}: {MUTED}")
