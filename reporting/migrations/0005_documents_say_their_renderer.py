from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reporting", "0004_national_summaries"),
    ]

    operations = [
        migrations.AddField(
            model_name="document",
            name="renderer",
            field=models.CharField(blank=True, max_length=12),
        ),
    ]
