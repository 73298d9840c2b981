from typing import Any

from django.db import migrations

from submissions.extraction.addresses import single_address
from submissions.extraction.hosts import registered_domain

PORTION = 1000


def fill(apps: Any, schema_editor: Any) -> None:
    """In portions, each a transaction of its own: a million rows lock nothing for long, and it may be begun again."""
    submissions = apps.get_model("submissions", "Submission").objects
    reached = 0
    while rows := list(
        submissions.filter(pk__gt=reached, sender_domain="").exclude(reported=[]).order_by("pk").only("reported")[:PORTION]
    ):
        reached = rows[-1].pk
        for row in rows:
            sender = str(row.reported[0].get("from", ""))
            address = single_address((sender,)) or sender.strip(" <>\"'")
            row.sender_domain = registered_domain(address.rpartition("@")[2].lower())[:255] if "@" in address else ""
        submissions.bulk_update([row for row in rows if row.sender_domain], ["sender_domain"])


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("submissions", "0018_view_that_opens")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
