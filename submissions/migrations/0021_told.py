from django.db import migrations, models

WORDS = [
    ("none", "Not yet"),
    ("waiting", "Being sent"),
    ("receipt", "Receipt sent"),
    ("sent", "Sent"),
    ("suppressed", "Not answered"),
    ("unknown", "Not sure"),
    ("failed", "Failed"),
]


def told(default: str) -> models.CharField:
    return models.CharField(choices=WORDS, default=default, editable=False, max_length=12)


class Migration(migrations.Migration):
    """What holds of most old mails is written in no time, as the column's default; 0022 corrects the others."""

    dependencies = [("submissions", "0020_backlog_of_a_mailbox")]
    operations = [
        migrations.AddField("submission", "told", told("sent")),
        migrations.AlterField("submission", "told", told("none")),
        migrations.AddIndex("submission", models.Index(fields=["told", "-id"], name="submission_told")),
        migrations.AddIndex("artifact", models.Index(fields=["md5"], name="artifact_md5", condition=models.Q(md5__gt=""))),
        migrations.AddIndex(
            "artifact", models.Index(fields=["sha1"], name="artifact_sha1", condition=models.Q(sha1__gt=""))
        ),
        migrations.AddIndex(
            "artifact",
            models.Index(fields=["id"], name="artifact_without_md5", condition=models.Q(kind="file", md5="")),
        ),
    ]
