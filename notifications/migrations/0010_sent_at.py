from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0009_results_told_together")]
    operations = [
        migrations.AddIndex(
            "notification",
            models.Index(fields=["sent_at", "thread"], name="notification_sent", condition=models.Q(state="sent")),
        )
    ]
