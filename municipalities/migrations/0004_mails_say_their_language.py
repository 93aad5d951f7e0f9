from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("municipalities", "0003_rounds_in_full"),
    ]

    operations = [
        migrations.AddField(
            model_name="outgoingmail",
            name="language",
            field=models.CharField(blank=True, max_length=2),
        ),
    ]
