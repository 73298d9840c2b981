from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('submissions', '0023_tally'),
    ]

    operations = [
        migrations.RenameModel('CampaignDecision', 'Decision'),
        migrations.AlterField(
            model_name='decision',
            name='campaign',
            field=models.ForeignKey(null=True, on_delete=models.deletion.CASCADE, related_name='decisions', to='submissions.campaign'),
        ),
        migrations.AlterField(
            model_name='decision',
            name='action',
            field=models.CharField(choices=[('confirm', 'Mark reviewed'), ('override', 'Overrule'), ('again', 'Analyse again'), ('again-failed', 'Analyse what failed'), ('resend', 'Send failed mails again'), ('take', 'Take it')], max_length=12),
        ),
        migrations.AddField(model_name='decision', name='chosen', field=models.JSONField(default=list)),
        migrations.AddField(model_name='decision', name='left', field=models.JSONField(default=dict)),
    ]
