"""The question bank, the forms made from it, and the opening of a round."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities.access import can
from municipalities.models import Municipality, User
from municipalities.transitions import log
from reform.models import Solution
from reporting import question_bank
from reporting.form_spec import FormSpec
from reporting.models import FormVersion, Question, Report, Round

_SPECS: dict[str, FormSpec] = {}
"""Parsed forms by the hash of their definition: a published form never changes."""


class RoundRefused(Exception):
    """A round that cannot be opened; the message is a sentence for the person."""


def load_question_bank() -> int:
    """Bring the stored question bank to what ``reporting/data`` says. Returns how many questions it has.

    Published forms hold their own words and are not touched.
    """
    entries = question_bank.read_questions()
    with transaction.atomic():
        for entry in entries:
            definition = {key: value for key, value in entry.items() if key not in ("code", "kind")}
            Question.objects.update_or_create(
                code=entry["code"], defaults={"kind": entry["kind"], "definition": definition}
            )
    return len(entries)


def solution_rows() -> question_bank.RowSource:
    """The reform's solutions as rows of a matrix, with their focus areas as groups. One query."""
    solutions = list(Solution.objects.select_related("area").order_by("area__order", "order"))
    areas = {solution.area_id: solution.area for solution in solutions}.values()
    rows = [
        {"key": row.code, "text": {"nb": row.name_nb, "nn": row.name_nn}, "group": row.area.code} for row in solutions
    ]
    groups = [{"key": area.code, "text": {"nb": area.name_nb, "nn": area.name_nn}} for area in areas]
    return rows, groups


def form_publish(*, name: str, now: dt.datetime, layout: Iterable[Mapping[str, Any]] | None = None) -> FormVersion:
    """Compose a form from the question bank and freeze it. The same form again is the one that is there.

    ``layout`` are sections with question codes; without it the portal's own. Raises FormError for a definition that
    cannot be a form, KeyError for an unknown code, ValueError when ``name`` is taken by another form.
    """
    bank = {row.code: {"code": row.code, "kind": row.kind, **row.definition} for row in Question.objects.all()}
    definition = question_bank.compose(layout or question_bank.read_layout(), bank, {"solutions": solution_rows()})
    fingerprint = question_bank.definition_hash(definition)
    same = FormVersion.objects.filter(definition_hash=fingerprint, published_at__isnull=False).first()
    if same is not None:
        return same
    named = FormVersion.objects.filter(name=name).first()
    if named is not None and named.definition_hash == fingerprint and named.published_at is not None:
        return named  # another has just published it
    if named is not None:
        raise ValueError(f"there is already another form called {name!r}")
    return FormVersion.objects.create(name=name, definition=definition, definition_hash=fingerprint, published_at=now)


def form_spec(form_version: FormVersion) -> FormSpec:
    """The parsed form, kept between calls. ``form_version`` may have its definition deferred."""
    fingerprint = form_version.definition_hash
    if fingerprint not in _SPECS or not fingerprint:
        _SPECS[fingerprint] = FormSpec.parse(form_version.definition)
    return _SPECS[fingerprint]


def standard_dates(reference_date: dt.date) -> dict[str, dt.date]:
    """The dates of a round where its letter says nothing else: about six weeks to answer, until the reference date;
    19 days for the statsforvalter; and a month in which late reports are still taken."""
    days = {"opens_on": -41, "municipality_deadline": 0, "office_deadline": 19, "closes_on": 31, "hdir_deadline": 45}
    return {name: reference_date + dt.timedelta(days=count) for name, count in days.items()}


def round_open(
    *,
    reference_date: dt.date,
    actor: User | None,
    now: dt.datetime,
    dates: Mapping[str, dt.date] | None = None,
    letter: str = "",
    form_version: FormVersion | None = None,
) -> Round:
    """Open the round per ``reference_date``: make it, and a report for every unit that exists on that day.

    ``dates`` replaces single ones of ``standard_dates``. ``actor`` None is the portal itself. Run again it changes no
    date, and only makes the reports that are missing. Raises PermissionDenied, and RoundRefused when no unit exists
    on the day, or the round is still being composed.
    """
    if actor is not None and not (decision := can(actor, "round.open", today=timezone.localdate(now))):
        raise PermissionDenied(decision.reason)
    units = _units_on(reference_date)
    made = {
        "letter": letter,
        "form_version": form_version,
        "dates": {**standard_dates(reference_date), **(dates or {})},
    }
    try:
        return _open(reference_date, units, actor, now, made)
    except IntegrityError:  # another has just made the round, or its form; then it is there on the second look
        return _open(reference_date, units, actor, now, made)


def _open(
    reference_date: dt.date,
    units: list[tuple[int, int]],
    actor: User | None,
    now: dt.datetime,
    made: Mapping[str, Any],
) -> Round:
    with transaction.atomic():
        rounds = Round.objects.across_all(reason="open a round").select_for_update(of=("self",))
        round_ = rounds.counted().filter(reference_date=reference_date).select_related("form_version").first()
        if round_ is None:
            round_ = Round.objects.get_queryset().create(
                reference_date=reference_date,
                letter=made["letter"],
                form_version=made["form_version"] or _standard_form(reference_date, now),
                published_at=now,
                **made["dates"],
            )
        if round_.form_version.published_at is None:
            raise RoundRefused(_("The round is still being composed. Publish it first."))
        _make_reports(round_, units)
        if round_.opened_at is None:
            round_.opened_at, round_.published_at = now, round_.published_at or now
            round_.save(update_fields=["opened_at", "published_at"])
            log(round_, "open", actor=actor, now=now, to_state="open")
    return round_


def _standard_form(reference_date: dt.date, now: dt.datetime) -> FormVersion:
    if not Question.objects.exists():
        load_question_bank()
    return form_publish(name=f"{reference_date:%Y-%m-%d}", now=now)


def _units_on(day: dt.date) -> list[tuple[int, int]]:
    """Every unit that exists on ``day``, with its office."""
    rows = _unit_rows(day)
    if not rows:
        raise RoundRefused(
            _("No municipality is registered on %(day)s. Load the registers first.") % {"day": day.isoformat()}
        )
    return rows


def _unit_rows(day: dt.date) -> list[tuple[int, int]]:
    units = Municipality.objects.across_all(reason="every unit reports").units_as_of(day)
    return list(units.values_list("id", "office_id"))


def reports_make(round_: Round) -> None:
    """Make the reports that are missing, one for every unit of the reference date. Raises RoundRefused where no unit
    exists on that day."""
    _make_reports(round_, _units_on(round_.reference_date))


def rounds_open_due(*, now: dt.datetime) -> list[Round]:
    """Open the published rounds whose day has come. Part of the daily job. Returns those in which something was made.

    A round opens by its date alone: its reports are there from the day it was published. What is done here is to make
    up for what has changed since, such as a unit that the registers did not know then.
    """
    today = timezone.localdate(now)
    rounds = Round.objects.across_all(reason="open what is due").counted().filter(published_at__isnull=False)
    opened = []
    for round_ in rounds.filter(opens_on__lte=today, closes_on__gte=today).order_by("reference_date"):
        with transaction.atomic():
            row = Round.objects.get_queryset().select_for_update(of=("self",)).get(pk=round_.pk)
            made = _make_reports(row, _unit_rows(row.reference_date))
            if made:
                log(row, "reports_added", actor=None, now=now, note=str(made))
            if row.opened_at is None:
                row.opened_at = now
                row.save(update_fields=["opened_at"])
                log(row, "open", actor=None, now=now, to_state="open")
            elif not made:
                continue
        opened.append(row)
    return opened


def _make_reports(round_: Round, units: list[tuple[int, int]]) -> int:
    """Make the missing reports; how many there were to make."""
    kept = set(
        Report.objects.across_all(reason="every unit reports")
        .filter(round=round_)
        .values_list("municipality_id", flat=True)
    )
    made = [Report(round=round_, municipality_id=pk, office_id=office) for pk, office in units if pk not in kept]
    Report.objects.get_queryset().bulk_create(made, ignore_conflicts=True)  # another process opens the same round
    return len(made)


def previous_round(round_: Round) -> Round | None:
    """The round before this one, or None."""
    earlier = Round.objects.across_all(reason="compare with the last round")
    return earlier.counted().filter(reference_date__lt=round_.reference_date).order_by("-reference_date").first()
