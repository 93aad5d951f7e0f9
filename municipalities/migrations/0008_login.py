import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("municipalities", "0007_privacy")]
    operations = [
        migrations.CreateModel(
            name="ProviderSession",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("provider", models.CharField(max_length=40)),
                ("sid_hash", models.CharField(max_length=64)),
                ("session_key", models.CharField(max_length=40)),
                ("began_at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "session at a provider",
                "verbose_name_plural": "sessions at a provider",
                "indexes": [models.Index(fields=["provider", "sid_hash"], name="municipalit_provide_ab6081_idx")],
            },
        ),
    ]
