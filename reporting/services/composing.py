"""The life of a round before and beside its answers: composed, published, unlocked (Hdir). How a published form is
mended stands in ``form_mending``.

The form of a round is a FormVersion without ``published_at`` while it is composed, and changed by ``form_edit`` alone.
Publishing freezes it and makes the reports, so that a round opens on its day whether anything runs on that day or not.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities.access import can
from municipalities.models import User
from municipalities.transitions import log
from reporting import question_bank
from reporting.compose import EditRefused, Fault, faults
from reporting.compose.editing import empty_definition
from reporting.models import FormVersion, Question, Round
from reporting.services.rounds import (
    RoundRefused,
    load_question_bank,
    reports_make,
    solution_rows,
    standard_dates,
)

DATES = (
    "opens_on", "municipality_deadline", "office_deadline", "hdir_deadline", "closes_on", "corrections_until",
)  # fmt: skip
"""The dates of a round, in the order in which they are shown."""


class ComposeRefused(Exception):
    """What cannot be done with a round or its form. ``faults`` is a sentence for each field ("" for the whole)."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__(" ".join(faults.values()))
        self.faults = dict(faults)


class StaleForm(ComposeRefused):
    """Somebody else has changed the form since it was read."""


class NotPublishable(ComposeRefused):
    """The round cannot be published yet. ``found`` are the faults of its forms, by audience."""

    def __init__(self, sentences: Mapping[str, str], found: Mapping[str, list[Fault]]) -> None:
        super().__init__(sentences)
        self.found = dict(found)


# --- composing -------------------------------------------------------------------------------------


def round_compose(
    *,
    reference_date: dt.date,
    actor: User,
    now: dt.datetime,
    kind: str = Round.Kind.REGULAR,
    dates: Mapping[str, dt.date | None] | None = None,
    letter: str = "",
    copy_from: Round | None = None,
) -> Round:
    """Begin a round per ``reference_date``, with the form of ``copy_from``, else of the last one, else the standard.

    ``dates`` replaces single ones of ``standard_dates``. Raises PermissionDenied, ComposeRefused.
    """
    require_right(actor, "round.compose", now)
    given = {**standard_dates(reference_date), **(dates or {})}
    _refuse_dates(given)
    with transaction.atomic():
        rounds = Round.objects.across_all(reason="compose the next round").counted().select_for_update(of=("self",))
        every = list(rounds.select_related("form_version", "regional_form").order_by("-reference_date"))
        if kind != Round.Kind.TEST and any(row.reference_date == reference_date for row in every):
            raise ComposeRefused({"reference_date": _("There is already a round per this date.")})
        source = copy_from or next((row for row in every if row.reference_date < reference_date), None)
        name = free_name(f"{reference_date:%Y-%m-%d}")
        round_ = Round.objects.get_queryset().create(
            kind=kind,
            reference_date=reference_date,
            letter=letter.strip(),
            form_version=_draft_of(source.form_version if source else None, name, actor, now),
            regional_form=_regional_draft(source, name, actor, now),
            **given,
        )
        log(round_, "composed", actor=actor, now=now, to_state=kind, note=str(source or ""))
    return round_


def _draft_of(source: FormVersion | None, name: str, actor: User, now: dt.datetime) -> FormVersion:
    definition = source.definition if source is not None else standard_definition()
    return FormVersion.objects.create(
        name=name,
        audience=source.audience if source is not None else FormVersion.Audience.MUNICIPALITY,
        definition=definition,
        edited_at=now,
        edited_by=str(actor),
    )


def _regional_draft(source: Round | None, name: str, actor: User, now: dt.datetime) -> FormVersion | None:
    if source is None or source.regional_form is None:
        return None
    return _draft_of(source.regional_form, free_name(f"{name} region"), actor, now)


def standard_definition() -> dict[str, Any]:
    """The portal's own form, as the question bank and its layout say. Three queries."""
    if not Question.objects.exists():
        load_question_bank()
    return question_bank.compose(question_bank.read_layout(), bank_questions(), {"solutions": solution_rows()})


def bank_questions() -> dict[str, dict[str, Any]]:
    """The whole question bank by code. One query."""
    return {row.code: {"code": row.code, "kind": row.kind, **row.definition} for row in Question.objects.all()}


def bank_question(code: str) -> dict[str, Any]:
    """A question of the bank, ready for a form. Raises EditRefused for a code that the bank does not have."""
    bank = bank_questions()
    if code not in bank:
        raise EditRefused("The question bank does not have this question.")
    layout = [{"key": "one", "title": {"nb": "-", "nn": "-"}, "questions": [code]}]
    alone = {code: {name: value for name, value in bank[code].items() if name not in ("shown_when", "required_when")}}
    whole = question_bank.compose(layout, alone, {"solutions": solution_rows()})["sections"][0]["questions"][0]
    kept = {name: bank[code][name] for name in ("shown_when", "required_when") if name in bank[code]}
    return {**whole, **kept}


def free_name(wanted: str) -> str:
    """``wanted``, or with a number behind where a form has that name already. One query."""
    taken = set(FormVersion.objects.filter(name__startswith=wanted).values_list("name", flat=True))
    if wanted not in taken:
        return wanted
    return next(name for count in range(2, 10_000) if (name := f"{wanted} nr. {count}") not in taken)


def round_dates_set(
    *, round_: Round, dates: Mapping[str, dt.date | None], letter: str, actor: User, now: dt.datetime
) -> Round:
    """Change the dates and the letter. Those who compose may until the round is published, then Hdir's administrator.

    Raises PermissionDenied, ComposeRefused with a sentence at each date that cannot be.
    """
    with transaction.atomic():
        row = round_locked(round_)
        require_right(actor, "round.publish" if row.published_at else "round.compose", now)
        given = {name: dates.get(name, getattr(row, name)) for name in DATES}
        _refuse_dates(given)
        if row.opened_at and given["opens_on"] != row.opens_on and row.opens_on <= timezone.localdate(now):
            raise ComposeRefused({"opens_on": _("The round has opened already.")})
        before = {name: getattr(row, name) for name in DATES}
        for name, day in given.items():
            setattr(row, name, day)
        row.letter = letter.strip()[:200]
        row.save(update_fields=[*DATES, "letter"])
        moved = ", ".join(f"{name}: {before[name]} → {day}" for name, day in given.items() if day != before[name])
        log(row, "dates_set", actor=actor, now=now, note=moved)
    return row


def _refuse_dates(dates: Mapping[str, dt.date | None]) -> None:
    found: dict[str, str] = {}
    for name in DATES[:-1]:
        if dates.get(name) is None:
            found[name] = _("Write the date.")
    if not found:
        order = (
            ("municipality_deadline", "opens_on", _("The municipalities' deadline must not lie before the opening.")),
            ("office_deadline", "municipality_deadline", _("This deadline must not lie before the municipalities'.")),
            ("hdir_deadline", "office_deadline", _("This deadline must not lie before the statsforvalter's.")),
            ("closes_on", "municipality_deadline", _("The round cannot close before the municipalities' deadline.")),
            ("corrections_until", "closes_on", _("Corrections cannot end before the round closes.")),
        )
        for later, earlier, sentence in order:
            last, first = dates.get(later), dates.get(earlier)
            if last is not None and first is not None and last < first:
                found.setdefault(later, sentence)
    if found:
        raise ComposeRefused(found)


def form_edit(
    *,
    form: FormVersion,
    change: Callable[[dict[str, Any]], dict[str, Any]],
    edit_number: int,
    actor: User,
    now: dt.datetime,
    what: str = "",
) -> FormVersion:
    """Make one change of a form that is composed; ``change`` is a function of ``reporting.compose.editing``.

    ``edit_number`` is the one that the person saw. Raises PermissionDenied, StaleForm when somebody else was quicker,
    ComposeRefused for a published form, EditRefused from the change itself; then nothing is written.
    """
    require_right(actor, "round.compose", now)
    with transaction.atomic():
        row = FormVersion.objects.select_for_update(of=("self",)).get(pk=form.pk)
        if row.published_at is not None:
            raise ComposeRefused({"": _("The form is published. Mend it with a new version.")})
        if row.edit_number != edit_number:
            sentence = _("%(name)s has changed the form since you opened it. Look at it, and make your change again.")
            raise StaleForm({"": sentence % {"name": row.edited_by or _("Somebody else")}})
        row.definition = change(row.definition or empty_definition())
        row.edit_number += 1
        row.edited_at, row.edited_by = now, str(actor)
        row.save(update_fields=["definition", "edit_number", "edited_at", "edited_by"])
        log(row, "form_edited", actor=actor, now=now, note=what[:200])
    return row


# --- publishing ------------------------------------------------------------------------


def form_faults(round_: Round, definition: Mapping[str, Any], audience: str = "municipality") -> list[Fault]:
    """What keeps a definition from being the round's form. An extra round need not ask for the core indicators."""
    return faults(definition, audience, core=round_.kind != Round.Kind.EXTRA)


def publish_faults(round_: Round) -> NotPublishable | None:
    """What stops the round from being published; None when nothing does. No query but the forms'."""
    sentences: dict[str, str] = {}
    if not round_.letter.strip() and not round_.is_test:
        sentences["letter"] = _("Write which letter the round is asked by.")
    found = {FormVersion.Audience.MUNICIPALITY.value: form_faults(round_, round_.form_version.definition)}
    if round_.regional_form is not None:
        region = FormVersion.Audience.REGION.value
        found[region] = form_faults(round_, round_.regional_form.definition, region)
    if any(found.values()):
        sentences.setdefault("", _("The form is not finished."))
    return NotPublishable(sentences, found) if sentences else None


def round_publish(*, round_: Round, actor: User, now: dt.datetime) -> Round:
    """Freeze the round's forms and make a report for every unit of the reference date. It opens on its day.

    Raises PermissionDenied, NotPublishable with all that is missing, ComposeRefused when it is published already, its
    deadline is over, or nobody is there to be asked.
    """
    require_right(actor, "round.publish", now)
    with transaction.atomic():
        row = round_locked(round_)
        if row.published_at is not None:
            raise ComposeRefused({"": _("The round is published already.")})
        if (missing := publish_faults(row)) is not None:
            raise missing
        if row.municipality_deadline < timezone.localdate(now):
            raise ComposeRefused({"municipality_deadline": _("The deadline is over already. Choose a later day.")})
        round_publish_forms(row, now)
        row.published_at = row.opened_at = now
        row.save(update_fields=["published_at", "opened_at"])
        try:
            if not row.is_test:
                reports_make(row)
        except RoundRefused as nobody:
            raise ComposeRefused({"reference_date": str(nobody)}) from nobody
        log(row, "published", actor=actor, now=now, to_state="published", content_hash=row.form_version.definition_hash)
    return row


def round_publish_forms(round_: Round, now: dt.datetime) -> None:
    """Freeze the forms of a round that is being published."""
    for form in (round_.form_version, round_.regional_form):
        if form is not None:
            _freeze(form, now)


def _freeze(form: FormVersion, now: dt.datetime) -> None:
    if form.published_at is None:
        form.definition_hash = question_bank.definition_hash(form.definition)
        form.published_at = now
        form.save(update_fields=["definition_hash", "published_at"])


def round_unlock(*, round_: Round, until: dt.date, reason: str, actor: User, now: dt.datetime) -> Round:
    """Open a round again until a day, the last one included, for every report that is not approved.

    Raises PermissionDenied (Hdir's administrator has the right), ComposeRefused.
    """
    require_right(actor, "round.unlock", now)
    found = {}
    if until < timezone.localdate(now):
        found["until"] = _("The day is over. Choose today or a later one.")
    if not reason.strip():
        found["reason"] = _("Write why the round is opened again.")
    if found:
        raise ComposeRefused(found)
    with transaction.atomic():
        row = round_locked(round_)
        row.unlocked_until = until
        row.save(update_fields=["unlocked_until"])
        log(row, "unlocked", actor=actor, now=now, to_state=until.isoformat(), note=reason.strip())
    return row


def round_locked(round_: Round) -> Round:
    """The row of a round, locked, with its forms."""
    rows = Round.objects.across_all(reason="one who changes a round").select_for_update(of=("self",))
    return rows.select_related("form_version", "regional_form").get(pk=round_.pk)  # type: ignore[no-any-return]


def require_right(actor: User, right: str, now: dt.datetime) -> None:
    """Raises PermissionDenied with the reason where ``actor`` does not have ``right``."""
    decision = can(actor, right, today=timezone.localdate(now))
    if not decision:
        raise PermissionDenied(decision.reason)
