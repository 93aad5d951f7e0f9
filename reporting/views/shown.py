"""What the pages about a report show: its answers in words, its sections, what the statsforvalter wrote, its history.

Plain values for the templates; nothing here decides anything.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from municipalities.models import Event
from municipalities.templatetags.portal import NBSP, clock, day, moment
from networks.models import Network
from reporting.answers import date_text, diff, format_answer
from reporting.form_spec import FormSpec, QuestionSpec, local, visible_codes
from reporting.models import Report, ReviewComment
from reporting.question_views import Note, dom_id
from reporting.services.draft_view import DraftView, SectionProgress


def language() -> str:
    """``nb`` or ``nn``."""
    return (get_language() or "nb")[:2]


def report_title(report: Report) -> str:
    """``Report per 1 May 2022``, in the reader's language; of a test round it says that it is one."""
    words = _("Test round per %(day)s") if report.round.is_test else _("Report per %(day)s")
    return words % {"day": day(report.round.reference_date)}


def saved_at(at: dt.datetime, now: dt.datetime) -> str:
    """The status line: with the clock today, with the day before that."""
    when = _("at %(clock)s") % {"clock": clock(at)} if timezone.localdate(at) == now.date() else moment(at)
    return _("Everything is saved. Last %(when)s.") % {"when": when.replace("kl. ", f"kl.{NBSP}")}


def short_moment(iso: str, now: dt.datetime) -> str:
    """``at 10.38`` today, else the whole moment; "" for a text that is no moment."""
    try:
        at = dt.datetime.fromisoformat(iso)
    except ValueError:
        return ""
    return _("at %(clock)s") % {"clock": clock(at)} if timezone.localdate(at) == now.date() else moment(at)


def changed_by(name: str, iso: str, now: dt.datetime) -> str:
    """``Answered by Kari, at 10.38``; "" where nobody has touched the answer."""
    return _("Answered by %(name)s, %(when)s") % {"name": name, "when": short_moment(iso, now)} if name else ""


# --- the sections of the form ---------------------------------------------------------------------


@dataclass(frozen=True)
class SectionLink:
    """A line of the form's table of contents. ``state`` is ``done``, ``error`` or empty, ``hand`` who has it."""

    key: str
    number: int
    title: str
    url: str
    text: str
    state: str = ""
    current: bool = False
    lead: str = ""
    hand: str = ""


@dataclass(frozen=True)
class Overall:
    """How much of the whole form is done."""

    done: int
    total: int

    @property
    def text(self) -> str:
        return ngettext(
            "%(done)s of %(total)s question is done", "%(done)s of %(total)s questions are done", self.total
        ) % {"done": self.done, "total": self.total}


SUMMARY = "summary"


def section_links(draft: DraftView, current: str = "", hands: Mapping[str, str] | None = None) -> list[SectionLink]:
    """The sections with how far each is and in ``hands``' words who has it, and the page where all is looked over."""
    links = [
        SectionLink(
            key=section.key,
            number=number,
            title=local(section.title, language()),
            url=reverse("report_section", args=[draft.report.pk, section.key]),
            text=progress_text(progress),
            state=progress_state(progress),
            current=section.key == current,
            lead=local(section.lead, language()),
            hand=(hands or {}).get(section.key, ""),
        )
        for number, (section, progress) in enumerate(zip(draft.spec.sections, draft.progress, strict=True), start=1)
    ]
    ready = all(progress.is_done for progress in draft.progress)
    last = SectionLink(
        key=SUMMARY,
        number=len(links) + 1,
        title=_("Look over and send in"),
        url=reverse("report_summary", args=[draft.report.pk]),
        text=_("Everything is answered") if ready else _("All the answers on one page"),
        current=current == SUMMARY,
    )
    return [*links, last]


def overall(steps: Iterable[SectionProgress]) -> Overall:
    """The sum of the sections."""
    known = list(steps)
    return Overall(sum(step.done for step in known), sum(step.total for step in known))


def progress_text(progress: SectionProgress) -> str:
    """One line under a section: what is done, what is wrong, or that it is filled in but not looked over."""
    if progress.filled and not progress.done and progress.filled == progress.total and not progress.errors:
        return _("Filled in, not looked over")
    done = _("%(done)s of %(total)s done") % {"done": progress.done, "total": progress.total}
    if progress.errors:
        errors = ngettext("%(count)s error", "%(count)s errors", progress.errors) % {"count": progress.errors}
        return f"{done}, {errors}"
    return done


def progress_state(progress: SectionProgress) -> str:
    """``done``, ``error`` or empty: the mark of a section."""
    return "error" if progress.errors else "done" if progress.is_done else ""


# --- answers in words -----------------------------------------------------------------------------


@dataclass(frozen=True)
class AnswerRowLine:
    """One row of a matrix in words."""

    label: str
    text: str
    answered: bool
    change: str = ""


@dataclass(frozen=True)
class AnswerGroup:
    title: str
    rows: Sequence[AnswerRowLine]


@dataclass(frozen=True)
class AnswerLine:
    """One answer in words; ``change`` is a key of the difference tags, ``last`` what was answered last time."""

    label: str
    text: str
    answered: bool
    change: str = ""
    last: str = ""
    error: str = ""
    groups: Sequence[AnswerGroup] = ()
    total: int = 0
    comments: Sequence[Note] = ()


@dataclass(frozen=True)
class AnswerPart:
    """The answers of one section; ``url`` leads to where they can be changed."""

    key: str
    title: str
    lines: Sequence[AnswerLine]
    url: str = ""


@dataclass
class Answers:
    """Draws answers in words. ``changes`` gives the kind of difference by field key, ``errors`` sentences by code."""

    spec: FormSpec
    answers: Mapping[str, Any]
    last: Mapping[str, Any] = field(default_factory=dict)
    changes: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    comments: Mapping[str, Sequence[Note]] = field(default_factory=dict)
    url: Callable[[str], str] | None = None

    def parts(self) -> list[AnswerPart]:
        """All sections, with the questions that are asked."""
        self.names = network_names(self.spec, self.answers, self.last)
        shown = visible_codes(self.spec, self.answers)
        return [
            AnswerPart(
                section.key,
                local(section.title, language()),
                [self._line(question) for question in section.questions if question.code in shown],
                self.url(section.key) if self.url else "",
            )
            for section in self.spec.sections
        ]

    def _line(self, question: QuestionSpec) -> AnswerLine:
        value, before = self.answers.get(question.code), self.last.get(question.code)
        change = self.changes.get(question.code, "")
        is_matrix = question.kind == "matrix"
        if is_matrix and any(key.startswith(f"{question.code}:") for key in self.changes):
            change = "changed"
        return AnswerLine(
            label=local(question.name, language()),
            text=format_answer(question, value, language(), self.names),
            answered=value is not None,
            change=change,
            last=format_answer(question, before, language(), self.names) if change == "changed" and before else "",
            error=self.errors.get(question.code, ""),
            groups=self._groups(question, value or {}) if is_matrix else (),
            total=len(question.rows),
            comments=self.comments.get(question.code, ()),
        )

    def _groups(self, question: QuestionSpec, value: Mapping[str, str]) -> list[AnswerGroup]:
        titles = {group.key: local(group.text, language()) for group in question.groups} or {"": ""}
        return [
            AnswerGroup(
                title,
                [
                    AnswerRowLine(
                        local(row.text, language()),
                        format_answer(question, value.get(row.key), language()),
                        row.key in value,
                        self.changes.get(f"{question.code}:{row.key}", ""),
                    )
                    for row in question.rows
                    if row.group == key
                ],
            )
            for key, title in titles.items()
        ]


def network_names(spec: FormSpec, *answers: Mapping[str, Any]) -> dict[str, str]:
    """The names of the networks that these answers name, by id. At most one query."""
    codes = [question.code for question in spec.questions() if question.kind == "register"]
    ids = {pk for given in answers for code in codes for pk in given.get(code) or ()}
    if not ids:
        return {}
    rows = Network.objects.across_all(reason="names in answers").filter(pk__in=ids)
    return {str(pk): name for pk, name in rows.values_list("pk", "name")}


def changes_text(changed: Collection[str], spec: FormSpec, last_day: dt.date | None) -> str:
    """How many answers differ from last time; "" where there is no last time."""
    if last_day is None:
        return ""
    codes = {key.partition(":")[0] for key in changed}
    total = sum(1 for _question in spec.questions())
    if not codes:
        return _("Nothing has changed since %(day)s.") % {"day": date_text(last_day)}
    return ngettext(
        "%(count)s of %(total)s answer is new since %(day)s.",
        "%(count)s of %(total)s answers are new since %(day)s.",
        len(codes),
    ) % {"count": len(codes), "total": total, "day": date_text(last_day)}


# --- what the statsforvalter wrote, and what happened ------------------------------------------------


@dataclass(frozen=True)
class NoteLine:
    """A comment in the list at the top, with the way to its question."""

    name: str
    text: str
    url: str = ""


@dataclass(frozen=True)
class ReturnNote:
    """Why the report came back."""

    text: str
    by: str = ""
    at: dt.datetime | None = None
    lines: Sequence[NoteLine] = ()
    reopened: bool = False


@dataclass(frozen=True)
class HistoryLine:
    """One thing that happened with a report."""

    title: str
    at: dt.datetime
    who: str = ""
    note: str = ""
    url: str = ""
    link: str = ""


def events_of(reports: Iterable[Report], rows: Any) -> list[Event]:
    """The events of these reports among ``rows`` (those that the reader may see), oldest first. One query."""
    label = Report._meta.label_lower
    mine = rows.filter(object_type=label, object_id__in=[report.pk for report in reports])
    return list(mine.select_related("actor").order_by("id"))


def notes_by_question(comments: Iterable[ReviewComment], now: dt.datetime) -> dict[str, list[Note]]:
    """The statsforvalter's comments by question."""
    notes: dict[str, list[Note]] = {}
    for comment in comments:
        note = Note(comment.text, comment.author_name, short_moment(comment.written_at.isoformat(), now))
        notes.setdefault(comment.question, []).append(note)
    return notes


def return_note(
    events: Sequence[Event], notes: Mapping[str, Sequence[Note]], spec: FormSpec, report: Report, *, links: bool
) -> ReturnNote | None:
    """What stands at the top of a returned or reopened report; None for one that is neither."""
    name = {Report.Status.RETURNED: "return", Report.Status.REOPENED: "reopen"}.get(Report.Status(report.status))
    if name is None:
        return None
    event = next((event for event in reversed(events) if event.name == name), None)
    lines = [
        NoteLine(
            local(spec.question(code).name, language()) if spec.has(code) else _("The whole report"),
            note.text,
            field_url(report, spec, code) if links and spec.has(code) else "",
        )
        for code, several in notes.items()
        for note in several
    ]
    if event is None:
        return ReturnNote("", "", report.returned_at, lines, name == "reopen")
    return ReturnNote(event.note, event.who, event.happened_at, lines, name == "reopen")


def field_url(report: Report, spec: FormSpec, key: str, *, checked: bool = False) -> str:
    """The address of a field in the form: its section, and the field itself."""
    code = key.partition(":")[0]
    section = spec.question(code).section
    query = "?kontroll=1" if checked else ""
    return f"{reverse('report_section', args=[report.pk, section])}{query}#sp-{dom_id(key)}"


EVENT_TITLES: dict[str, Callable[[], str]] = {
    "start": lambda: _("Started"),
    "submit": lambda: _("Sent in"),
    "return": lambda: _("Returned by the statsforvalter"),
    "approve": lambda: _("Approved by the statsforvalter"),
    "take_back": lambda: _("Approval taken back by the statsforvalter"),
    "reopen": lambda: _("Reopened by the statsforvalter"),
    "extend": lambda: _("Later deadline given by the statsforvalter"),
    "extension_end": lambda: _("The later deadline was taken back by the statsforvalter"),
    "take_over": lambda: _("Taken over by the statsforvalter on behalf of the municipality"),
    "hand_back": lambda: _("Given back to the municipality by the statsforvalter"),
    "reminder": lambda: _("Reminded by e-mail"),
}


def history(events: Sequence[Event], report: Report, *, receipt: bool) -> list[HistoryLine]:
    """What happened, newest first. ``receipt`` puts a link to the receipt at the last sending in."""
    lines = []
    linked = not receipt
    for event in reversed(events):
        title = EVENT_TITLES.get(event.name)
        if title is None:
            continue
        url = "" if linked or event.name != "submit" else reverse("report_receipt", args=[report.pk])
        linked = linked or bool(url)
        who = _("%(name)s, on behalf of the municipality") % {"name": event.who} if event.on_behalf_of_id else (
            event.who
        )  # fmt: skip
        lines.append(HistoryLine(title(), event.happened_at, who, event.note, url, _("Receipt") if url else ""))
    return lines


def change_kinds(spec: FormSpec, old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, str]:
    """The kind of each difference, by field key."""
    return {change.key: change.kind for change in diff(spec, old, new)}
