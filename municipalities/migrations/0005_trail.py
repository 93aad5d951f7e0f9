import django.db.models.deletion
from django.db import migrations, models
from django.utils import timezone

from municipalities import guards
from municipalities.services.trail_seal import trail_seal_all

CHAINS = [("change", "change"), ("reading", "reading")]


def names_out(apps, _schema_editor):
    """What is sealed is never changed, so the names go out before: an Event says the role and the unit in which
    somebody acted, and her user, who has the name (``access.acting_as``)."""
    event, membership = (apps.get_model("municipalities", name) for name in ("Event", "Membership"))
    held = {}
    for row in membership.objects.order_by("id"):
        held.setdefault(row.user_id, []).append(row)
    changed = []
    for row in event.objects.exclude(actor=None).order_by("id").iterator():
        day = timezone.localdate(row.happened_at)
        roles = [one for one in held.get(row.actor_id, []) if one.valid_from <= day <= (one.valid_to or day)]
        near = [one for one in roles if one.municipality_id and one.municipality_id == row.municipality_id]
        row.actor_name = " ".join(_words((near or roles)[0])) if roles else ""
        if row.name in ("membership_granted", "membership_ended"):
            row.note = row.note.partition(": ")[2]  # the user's name stood before it
        changed.append(row)
    event.objects.bulk_update(changed, ["actor_name", "note"], batch_size=500)


def _words(row):
    yield row.role
    if row.municipality_id:
        yield f"municipality:{row.municipality_id}"
    if row.office_id:
        yield f"office:{row.office_id}"


def seal_what_is_there(_apps, _schema_editor):
    """What happened before there was a chain is its beginning: sealed as it stands now."""
    trail_seal_all(now=timezone.now())


class Migration(migrations.Migration):
    """Events say whether something was changed or read, and in which session; each is a link of a chain; and the
    database refuses to change or delete one (``municipalities/guards.py``)."""

    dependencies = [("municipalities", "0004_mails_say_their_language")]

    operations = [
        migrations.AddField(
            model_name="event",
            name="kind",
            field=models.CharField(choices=CHAINS, default="change", max_length=8),
        ),
        migrations.AddField(
            model_name="event",
            name="session_hash",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.CreateModel(
            name="TrailDeletion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("chain", models.CharField(choices=CHAINS, max_length=8)),
                ("first_sequence", models.PositiveBigIntegerField()),
                ("last_sequence", models.PositiveBigIntegerField()),
                ("last_hash", models.CharField(max_length=64)),
                ("first_day", models.DateField()),
                ("last_day", models.DateField()),
                ("kept_years", models.PositiveSmallIntegerField()),
                ("deleted_at", models.DateTimeField()),
                ("row_hash", models.CharField(max_length=64)),
            ],
            options={
                "verbose_name": "deletion from the trail",
                "verbose_name_plural": "deletions from the trail",
                "ordering": ["chain", "last_sequence"],
                "constraints": [
                    models.UniqueConstraint(fields=("chain", "first_sequence"), name="trail_deletion_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="TrailSeal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("chain", models.CharField(choices=CHAINS, max_length=8)),
                ("sequence", models.PositiveBigIntegerField()),
                ("chain_hash", models.CharField(max_length=64)),
                ("sealed_at", models.DateTimeField()),
                (
                    "event",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="seal",
                        to="municipalities.event",
                    ),
                ),
            ],
            options={
                "verbose_name": "seal of the trail",
                "verbose_name_plural": "seals of the trail",
                "constraints": [models.UniqueConstraint(fields=("chain", "sequence"), name="trail_seal_once")],
            },
        ),
        migrations.RunPython(names_out, migrations.RunPython.noop, elidable=False),
        migrations.RunPython(seal_what_is_there, migrations.RunPython.noop, elidable=False),
        migrations.RunPython(guards.on, guards.off, elidable=False),
    ]
