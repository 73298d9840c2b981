from collections import defaultdict
from typing import Any

from django.db import migrations, models

from submissions.told import wrong

PORTION = 5000


def fill(apps: Any, schema_editor: Any) -> None:
    """In portions, each a transaction of its own: a million rows lock nothing for long, and it may be begun again."""
    mails = apps.get_model("submissions", "Submission").objects
    last = mails.aggregate(last=models.Max("pk"))["last"] or 0
    for reached in range(0, last, PORTION):
        keys = defaultdict(list)
        portion = mails.filter(pk__gt=reached, pk__lte=reached + PORTION)
        for pk, heard in wrong(portion).order_by().values_list("pk", "heard"):
            keys[heard].append(pk)
        for heard, found in keys.items():
            mails.filter(pk__in=found).update(told=heard)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("submissions", "0021_told"), ("notifications", "0009_results_told_together")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
