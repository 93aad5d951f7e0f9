from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reporting", "0008_guards_of_what_was_sent"),
    ]

    operations = [
        migrations.AlterField(
            model_name="notice",
            name="kind",
            field=models.CharField(
                choices=[
                    ("opened", "the round has opened"),
                    ("two_weeks", "two weeks left"),
                    ("three_days", "three days left"),
                    ("last_day", "the last day"),
                    ("overdue", "the deadline is over"),
                    ("returned", "the report is returned"),
                    ("approved", "the report is approved"),
                    ("reopened", "the report is reopened"),
                    ("extended", "the deadline is extended"),
                    ("delivered", "the region is delivered"),
                    ("region_returned", "the region's report is returned"),
                    ("accepted", "the region's report is accepted"),
                    ("form_changed", "the form has been corrected"),
                    ("message", "somebody has written about the report"),
                    ("section", "a section was handed over"),
                    ("section_done", "a section that was handed over is filled in"),
                    ("figures_open", "the round's figures are open"),
                ],
                max_length=16,
            ),
        ),
        migrations.AlterField(
            model_name="noticetext",
            name="kind",
            field=models.CharField(
                choices=[
                    ("opened", "the round has opened"),
                    ("two_weeks", "two weeks left"),
                    ("three_days", "three days left"),
                    ("last_day", "the last day"),
                    ("overdue", "the deadline is over"),
                    ("returned", "the report is returned"),
                    ("approved", "the report is approved"),
                    ("reopened", "the report is reopened"),
                    ("extended", "the deadline is extended"),
                    ("delivered", "the region is delivered"),
                    ("region_returned", "the region's report is returned"),
                    ("accepted", "the region's report is accepted"),
                    ("form_changed", "the form has been corrected"),
                    ("message", "somebody has written about the report"),
                    ("section", "a section was handed over"),
                    ("section_done", "a section that was handed over is filled in"),
                    ("figures_open", "the round's figures are open"),
                ],
                max_length=16,
            ),
        ),
    ]
