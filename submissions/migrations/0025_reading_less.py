from typing import Any

from django.db import migrations, models

LINKS = {
    "artifact_name_beginnings": "upper(left(name, 100))",
    "artifact_host_backwards": "reverse(lower(substring(name, '^[A-Za-z]+://(?:[^/?#]*@)?([^/:?#]*)')))",
}


def index_links(apps: Any, schema_editor: Any) -> None:
    """For a pasted link, and for a host with those below it; SQLite reads the column."""
    if schema_editor.connection.vendor == "postgresql":
        for name, what in LINKS.items():
            of = f"submissions_artifact ({what} text_pattern_ops)"
            schema_editor.execute(f"CREATE INDEX {name} ON {of} WHERE kind = 'url'", params=None)


def drop_links(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP INDEX IF EXISTS {', '.join(LINKS)}")


class Migration(migrations.Migration):
    dependencies = [("submissions", "0024_decisions_on_chosen_mails")]
    operations = [
        migrations.RemoveIndex("submission", "submission_in_plots"),
        migrations.AddIndex(
            "submission",
            models.Index(
                fields=["received_at", "id", "verdict", "state", "told", "concluded_at", "reporter", "sender_domain"],
                name="submission_counted",
            ),
        ),
        migrations.RunPython(index_links, drop_links),
    ]
