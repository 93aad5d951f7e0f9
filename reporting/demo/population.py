"""The demo population: two rounds of all 371 units, played through the same services that people use.

Deterministic: what a unit does, says and when follows from its number. The current round is left as it stands on the
demo's day, with reports in every state; the round before is whole, so prefill, differences and trends have something
to show. Run again, it goes on where it stopped and doubles nothing.
"""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from municipalities.models import Municipality
from reporting.demo.answers import Unit, answers, fits
from reporting.demo.burden import burden_make
from reporting.demo.composing import next_round_make
from reporting.demo.decisions import decisions_make
from reporting.demo.networks import networks_keep, networks_make
from reporting.demo.people import Cast, cast_make
from reporting.demo.regional import regional_make
from reporting.demo.review import exceptions_make
from reporting.demo.risk import risk_make
from reporting.demo.support import corrections_make, support_make
from reporting.form_spec import FormSpec
from reporting.models import Report, Round
from reporting.services.drafts import comment_save, draft_open, draft_save_many, spec_of
from reporting.services.findings import findings_now
from reporting.services.opening import figures_open
from reporting.services.prefill import last_report
from reporting.services.review import finding_judge, warnings_of
from reporting.services.rounds import round_open
from reporting.services.submissions import submission_approve, submission_return, submission_submit

OSLO = ZoneInfo("Europe/Oslo")
PREVIOUS, CURRENT = dt.date(2021, 11, 1), dt.date(2022, 5, 1)
NYNORSK_COUNTIES = frozenset({"46", "15"})
UNTOUCHED = frozenset({"3039", "5433", "1835", "030111"})
DRAFTS = frozenset({"3004", "3052", "5430", "1151", "4635", "030107"})
FATES = ("approved", "submitted", "late", "returned", "draft", "untouched")
EXPLANATION = "Tallet stemmer. Arbeidet ble forsinket av pandemien, og vi har satt ny dato."
RETURN_NOTE = "Hvilket utvalg behandler saken, og når? Skriv det under prosessen fram til vedtak."


@dataclass(frozen=True)
class Part:
    """What one unit does in one round. Moments are Oslo's; ``reviewed_at`` None means not yet."""

    fate: str
    begun_at: dt.datetime
    sent_at: dt.datetime
    reviewed_at: dt.datetime | None


def part_of(number: str, step: int, round_: Round, until: dt.datetime) -> Part:
    """What the unit with this number does in the demo's first (0) or second (1) round, seen from ``until``."""
    rng = random.Random(f"part:{number}:{step}")  # noqa: S311 - invented data, no secret
    fate = _fate(rng, number, step)
    deadline = _moment(round_.municipality_deadline, 12)
    if fate == "late":
        sent = _clock(rng, round_.municipality_deadline + dt.timedelta(days=rng.randint(1, 2)))
    else:
        sent = _clock(rng, round_.municipality_deadline - dt.timedelta(days=min(38, 2 + int(rng.expovariate(0.07)))))
    begun = min(sent - dt.timedelta(days=rng.randint(1, 5)), deadline)
    begun = max(begun, _moment(round_.opens_on, 9))
    reviewed = sent + dt.timedelta(days=rng.randint(1, 5), hours=rng.randint(0, 3))
    if fate == "returned":
        reviewed = min(reviewed, until - dt.timedelta(hours=rng.randint(2, 20)))
        sent = min(sent, reviewed - dt.timedelta(hours=4))
        begun = min(begun, sent - dt.timedelta(hours=3))
    wanted = fate in ("approved", "returned") or (fate == "late" and not step)
    return Part(fate, begun, sent, reviewed if wanted and reviewed <= until else None)


def _fate(rng: random.Random, number: str, step: int) -> str:
    if step and number in UNTOUCHED:
        return "untouched"
    if step and number in DRAFTS:
        return "draft"
    if not step:
        settled = number in DRAFTS or number in UNTOUCHED
        return "approved" if settled else rng.choices(("approved", "late", "untouched"), (93, 4, 3))[0]
    return rng.choices(FATES, (78, 9, 5, 4, 2, 2))[0]


def _moment(day: dt.date, hour: int) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour), OSLO)


def _clock(rng: random.Random, day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(rng.randint(8, 15), rng.randint(0, 59)), OSLO)


def populate(*, until: dt.datetime, password: str, say: Any = lambda line: None) -> Counter[str]:
    """Make people, networks and two rounds as they stand at ``until``. Returns the current round's reports by state.

    ``say`` gets a line now and then, for the person who waits.
    """
    start = dt.date(2021, 1, 1)
    cast = cast_make(day=start, now=_moment(dt.date(2021, 8, 16), 9), password=password, language_nn=NYNORSK_COUNTIES)
    say("people")
    networks = networks_make(now=_moment(dt.date(2021, 8, 16), 9))
    admin = cast.national["hdir-admin"]
    for step, reference, opens in ((0, PREVIOUS, dt.date(2021, 9, 20)), (1, CURRENT, dt.date(2022, 3, 21))):
        round_ = round_open(
            reference_date=reference,
            actor=admin,
            now=_moment(opens, 8),
            dates={"opens_on": opens},
            letter="Oppdragsbrev 2022" if step else "Oppdragsbrev 2021",
        )
        support_make(cast, start=opens - dt.timedelta(days=100), end=min(reference, until.date()))
        decisions_make(step=step, reference=PREVIOUS, reviewers=cast.reviewers, until=until)
        play_round(round_, step, cast, networks, until, say)
        if until.date() > round_.hdir_deadline:
            figures_open(round_=round_, actor=cast.national["hdir"], now=_moment(round_.hdir_deadline, 9))
        burden_make(round_, step=step)
        regional_make(
            round_, reviewers=cast.reviewers, hdir=cast.national["hdir"], until=until, whole=not step
        )  # fmt: skip
    networks_keep(cast, until=until)
    corrections_make(cast, until=until)
    risk_make(cast.reviewers, now=until)
    exceptions_make(cast, reference=CURRENT, until=until)
    next_round_make(actor=admin, now=until)
    reports = Report.objects.across_all(reason="count the demo").filter(round__reference_date=CURRENT)
    return Counter(reports.values_list("status", flat=True))


def play_round(
    round_: Round, step: int, cast: Cast, networks: Any, until: dt.datetime, say: Any = lambda line: None
) -> None:
    """Let every unit that has not begun do its part, in the order in which things happen."""
    names = {
        unit.pk: unit for unit in Municipality.objects.across_all(reason="demo").units_as_of(round_.reference_date)
    }
    rows = Report.objects.across_all(reason="demo").filter(round=round_, status=Report.Status.NOT_STARTED)
    rows = list(rows.select_related("round__form_version", "municipality"))
    parts = {row.pk: part_of(names[row.municipality_id].number, step, round_, until) for row in rows}
    for count, row in enumerate(sorted(rows, key=lambda row: (parts[row.pk].sent_at, row.pk))):
        spec = spec_of(row)
        number = names[row.municipality_id].number
        solutions = [key for question in spec.questions() if question.kind == "matrix" for key in question.row_keys]
        unit = Unit(number, row.municipality.is_district, networks[row.office_id], solutions)
        given = fits(answers(unit, step, round_.reference_date), [question.code for question in spec.questions()])
        play(row, parts[row.pk], spec, given, cast)
        if count % 60 == 59:
            say(f"{round_.reference_date:%Y-%m-%d}: {count + 1} of {len(rows)}")


def play(report: Report, part: Part, spec: FormSpec, given: dict[str, Any], cast: Cast) -> None:
    """One unit's part in one round: open, fill in, send in, and what the statsforvalter does."""
    if part.fate == "untouched":
        return
    contact, reviewer = cast.contacts[report.municipality_id], cast.reviewers[report.office_id]
    draft_open(report=report, actor=contact, now=part.begun_at)
    items = list(as_items(spec, given))
    if part.fate == "draft":
        items = items[: len(items) // 2]
    draft_save_many(report=report, items=items, actor=contact, now=part.begun_at)
    if part.fate == "draft" or not explain_and_send(report, contact, part.sent_at) or part.reviewed_at is None:
        return
    if part.fate == "returned":
        submission_return(report=report, actor=reviewer, now=part.reviewed_at, note=RETURN_NOTE)
        return
    submission = report.current
    for finding in warnings_of(submission):
        finding_judge(
            report=report, submission_number=submission.number, finding=finding["key"], accepted=True,
            actor=reviewer, now=part.reviewed_at,
        )  # fmt: skip
    submission_approve(report=report, actor=reviewer, now=part.reviewed_at)


def explain_and_send(report: Report, contact: Any, now: dt.datetime) -> bool:
    """Send in, explaining the warnings that ask for it. False when an error stops it: the report stays a draft."""
    if not explain(report, contact, now):
        return False
    submission_submit(report=report, actor=contact, now=now)
    return True


def explain(report: Report, contact: Any, now: dt.datetime) -> bool:
    """Explain every warning of the draft. False when there is an error, which no explanation mends."""
    findings = findings_now(report, last_report(report), now.astimezone(OSLO).date())
    for finding in findings:
        if finding.level == "warning":
            comment_save(report=report, finding=finding.key, text=EXPLANATION, actor=contact, now=now)
    return all(finding.level != "error" for finding in findings)


def as_items(spec: FormSpec, given: dict[str, Any]) -> Any:
    """Canonical answers as the fields of a draft; what the form asks and the unit leaves out is emptied."""
    for question in spec.questions():
        value = given.get(question.code)
        if question.kind == "matrix":
            for row in question.row_keys:
                yield f"{question.code}:{row}", (value or {}).get(row, ""), None
        else:
            yield question.code, "" if value is None else value, None
