"""A test round: the form of a round that is being composed, tried out by a made-up municipality and whoever is asked.

It is never counted (``RoundQuerySet.counted``), changes no register, and can be wiped without a trace but its Events.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities.access import can
from municipalities.filestore import remove_file
from municipalities.models import Municipality, User
from municipalities.services.names import unit_names
from municipalities.services.training import training_unit
from municipalities.transitions import log
from reporting.models import (
    Answer,
    Document,
    FormVersion,
    Notice,
    RegionalReport,
    RegionalSubmission,
    Report,
    Round,
    Submission,
)
from reporting.services.composing import ComposeRefused, NotPublishable, publish_faults, round_publish_forms

DAYS = {"opens_on": 0, "municipality_deadline": 14, "office_deadline": 21, "closes_on": 28, "hdir_deadline": 35}
"""Days from the day on which a test round begins."""


def round_try(*, round_: Round, unit_ids: Iterable[int] = (), actor: User, now: dt.datetime) -> Round:
    """Begin a test round with the forms of ``round_`` as they stand. The made-up municipality takes part, and the units
    that are named. Raises PermissionDenied, NotPublishable where the form is not finished, ComposeRefused for a unit
    that does not exist on the reference date."""
    _require(actor, "round.compose", now)
    missing = publish_faults(round_)
    if missing is not None and any(missing.found.values()):
        raise NotPublishable({"": _("The form is not finished.")}, missing.found)
    today = timezone.localdate(now)
    with transaction.atomic():
        offices = _offices(unit_ids, round_.reference_date)
        training = training_unit(now=now)
        name = f"prøve {now:%Y-%m-%d %H.%M.%S}"
        row = Round.objects.get_queryset().create(
            kind=Round.Kind.TEST,
            reference_date=round_.reference_date,
            letter=round_.letter,
            form_version=_copy(round_.form_version, name),
            regional_form=_copy(round_.regional_form, f"{name} region") if round_.regional_form else None,
            **{field: today + dt.timedelta(days=days) for field, days in DAYS.items()},
        )
        round_publish_forms(row, now)
        row.published_at = row.opened_at = now
        row.save(update_fields=["published_at", "opened_at"])
        offices[training.pk] = training.versions.get().office_id
        Report.objects.get_queryset().bulk_create(
            [Report(round=row, municipality_id=pk, office_id=office) for pk, office in offices.items()]
        )
        log(row, "tried", actor=actor, now=now, to_state="test", note=str(len(offices)))
    return row


def _copy(form: FormVersion, name: str) -> FormVersion:
    return FormVersion.objects.create(name=name[:120], audience=form.audience, definition=form.definition)


def _offices(unit_ids: Iterable[int], day: dt.date) -> dict[int, int]:
    wanted = set(unit_ids)
    units = Municipality.objects.across_all(reason="who takes part in a test round").units_as_of(day)
    found = dict(units.filter(pk__in=wanted).order_by().values_list("pk", "office_id"))
    if wanted - set(found):
        raise ComposeRefused({"units": _("One of the units does not exist on the round's date.")})
    return found


def can_be_wiped(round_: Round) -> bool:
    """A test round, and one that was begun and never published: nobody has been asked anything that counts."""
    return round_.is_test or (round_.published_at is None and round_.opened_at is None)


def round_wipe(*, round_: Round, actor: User, now: dt.datetime) -> None:
    """Remove a test round with everything in it: reports, answers, receipts, notices; or a round that was never
    published, with its forms. What it leaves are its Events.

    Raises PermissionDenied, ComposeRefused for a round that counts.
    """
    _require(actor, "round.publish", now)
    with transaction.atomic():
        rounds = Round.objects.across_all(reason="wipe a test round").select_for_update(of=("self",))
        row = rounds.get(pk=round_.pk)
        if not can_be_wiped(row):
            raise ComposeRefused({"": _("Only a test round, or one that is not published, can be wiped.")})
        log(row, "wiped", actor=actor, now=now, from_state="test" if row.is_test else "composed", note=str(row))
        files = _wipe(row)
        transaction.on_commit(lambda: [remove_file(name) for name in files])


def _wipe(row: Round) -> list[str]:
    """Remove the rows from the leaves to the root. Returns the files that belonged to them."""
    reports = Report.objects.get_queryset().filter(round=row)
    regional = RegionalReport.objects.get_queryset().filter(round=row)
    submissions = Submission.objects.get_queryset().filter(report__round=row)
    receipts = Document.objects.get_queryset().filter(submission__in=submissions)
    files = [name for name in receipts.values_list("file", flat=True) if name]
    delivered = RegionalSubmission.objects.get_queryset().filter(regional__round=row)
    plans = {*regional.values_list("plan_file", flat=True), *delivered.values_list("plan_file", flat=True)}
    files += sorted(plans - {""})
    receipts.delete()
    Notice.objects.get_queryset().filter(round=row).delete()
    Answer.objects.get_queryset().filter(submission__in=submissions).delete()
    reports.update(status=Report.Status.NOT_STARTED, current=None)
    for report in reports:
        report.comments.all().delete()
    submissions.delete()
    reports.delete()
    regional.update(status=RegionalReport.Status.DRAFT, current=None)
    delivered.delete()
    regional.delete()
    forms = {pk for pk in (row.form_version_id, row.regional_form_id) if pk}
    row.delete()
    _wipe_forms(forms)
    return files


def _wipe_forms(forms: set[int]) -> None:
    """Remove the copies that were tried, with what was mended or is being mended of them."""
    known: set[int] = set()
    while forms - known:
        known |= forms
        kin = FormVersion.objects.filter(Q(replaces__in=known) | Q(replaced_by__in=known))
        forms = known | set(kin.values_list("pk", flat=True))
    for form in FormVersion.objects.filter(pk__in=known, rounds=None, regional_rounds=None).order_by("-pk"):
        form.delete()


def participants(round_: Round) -> list[str]:
    """The names of the units that take part, in Norwegian order. Two queries."""
    reports = Report.objects.across_all(reason="who takes part").filter(round=round_)
    names = unit_names(reports.values_list("municipality", flat=True), round_.reference_date).values()
    return [name.display_name for name in sorted(names, key=lambda one: one.sort_key)]


def _require(actor: User, right: str, now: dt.datetime) -> None:
    decision = can(actor, right, today=timezone.localdate(now))
    if not decision:
        raise PermissionDenied(decision.reason)
