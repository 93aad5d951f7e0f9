from django.db import migrations, models


class Migration(migrations.Migration):
    """A user whose name is kept no longer says when it was taken out, and which role she had last."""

    dependencies = [("municipalities", "0006_accounts")]
    operations = [
        migrations.AddField(
            model_name="user",
            name="anonymised_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="user",
            name="former_role",
            field=models.CharField(blank=True, editable=False, max_length=20),
        ),
    ]
