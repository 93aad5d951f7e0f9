from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reporting", "0006_notice_of_a_filled_in_section"),
    ]

    operations = [
        migrations.AddField(
            model_name="document",
            name="claim",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="nationalsummary",
            name="claim",
            field=models.PositiveIntegerField(default=0),
        ),
    ]
