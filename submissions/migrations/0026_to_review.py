from django.db import migrations, models

TO_REVIEW = models.Q(reviewed_at=None, state="done") & ~models.Q(verdict="clean")


class Migration(migrations.Migration):
    dependencies = [("submissions", "0025_reading_less")]
    operations = [
        migrations.RemoveIndex("submission", "submission_to_review"),
        migrations.AddIndex(
            "submission",
            models.Index(
                fields=["reviewed_at", "state", "-id"],
                name="submission_to_review",
                condition=TO_REVIEW,
            ),
        ),
    ]
