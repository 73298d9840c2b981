import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("submissions", "0022_told_before")]
    operations = [
        migrations.CreateModel(
            name="Tally",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False)),
                ("mark", models.UUIDField(default=uuid.uuid4)),
                ("counts", models.JSONField(null=True)),
            ],
            options={"ordering": ["day"], "verbose_name_plural": "tallies"},
        )
    ]
