"""The receipt of a report that is sent in, and the page with all that has happened with a report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from municipalities.access import MUNICIPAL, can
from municipalities.services import UnitName, unit_names
from municipalities.templatetags.portal import NBSP, days_late, extended_words, moment, number, short_day, weekday
from reporting.documents.receipt import form_published
from reporting.models import Document, Report, Submission
from reporting.services import home
from reporting.services.burden import burden_of, own_unit
from reporting.services.documents import lost
from reporting.services.draft_view import EDITABLE, is_open, spec_of
from reporting.services.prefill import last_report
from reporting.services.rounds import form_spec
from reporting.templatetags.burden import minutes
from reporting.timing import delivery
from reporting.views import found, shown
from reporting.views.base import ReportView
from reporting.views.municipality import Link
from reporting.whose import whose_now


@dataclass(frozen=True)
class Step:
    """A step on the way from sending in to the result."""

    title: str
    text: str
    done: bool = False


@dataclass(frozen=True)
class Fact:
    label: str
    text: str
    code: bool = False


@dataclass(frozen=True)
class ReceiptFile:
    """The receipt as PDF, as far as its job has come."""

    status: str
    url: str
    retry_url: str
    size: str

    @property
    def is_done(self) -> bool:
        return self.status == Document.Status.DONE

    @property
    def is_waiting(self) -> bool:
        return self.status in (Document.Status.QUEUED, Document.Status.RUNNING)

    @property
    def is_failed(self) -> bool:
        return self.status == Document.Status.FAILED


@dataclass(frozen=True)
class Explained:
    """A warning with the municipality's explanation, as it was sent in."""

    message: str
    comment: str


class SubmittedView(ReportView):
    """What the receipt and the report's own page share."""

    abstract = True
    right = "report.read"

    @property
    def submission(self) -> Submission | None:
        """What was last sent in."""
        return self.report.current

    @property
    def unit(self) -> UnitName | None:
        """The unit as it was called on the reference date."""
        pk = self.report.municipality_id
        return unit_names([pk], self.report.round.reference_date).get(pk)

    def submitted_context(self, submission: Submission) -> dict[str, Any]:
        """The answers of a Submission, what is new in them, and its explained warnings."""
        spec, last = form_spec(submission.form_version), last_report(self.report)
        last_day = last.round.reference_date if last.submission and last.round else None
        changes = shown.change_kinds(spec, last.answers, submission.answers) if last_day else {}
        explained = [
            Explained(entry["message"][shown.language()], entry["comment"])
            for entry in submission.findings
            if entry.get("comment")
        ]
        drawn = shown.Answers(spec, submission.answers, last=last.answers, changes=changes, comments=self.notes_here)
        return {
            "submission": submission,
            "answers": drawn.parts(),
            "explained": explained,
            "changes_text": shown.changes_text(list(changes), spec, last_day),
        }

    @property
    def notes_here(self) -> dict[str, Any]:
        """The statsforvalter's comments that belong at the questions."""
        return {code: notes for code, notes in self.notes.items() if code}


class ReceiptPage(SubmittedView):
    """The receipt: that it came, what happens next, the receipt as PDF, and what was answered."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        submission = self.submission
        if submission is None:
            raise Http404
        if self.report.status == Report.Status.RETURNED:
            return redirect("report_detail", pk)
        unit = self.unit
        context = self.common() | self.submitted_context(submission) | {
            "delivered_text": self._delivered(submission, unit),
            "mail_text": self._mail(submission),
            "steps": self._steps(submission),
            "facts": self._facts(submission, unit),
            "file": self._file(submission),
            "correct_text": self._correct(),
            "contacts": home.contacts_at(self.report.office_id, today=self.today),
        }  # fmt: skip
        return self.render("reporting/receipt.html", context)

    def _delivered(self, submission: Submission, unit: UnitName | None) -> str:
        name, day = unit.display_name if unit else "", timezone.localdate(submission.submitted_at)
        deadline = self.report.round.municipality_deadline
        early = (deadline - day).days
        if submission.days_late:
            kept = days_late(submission.days_late)
        elif submission.extended_to:
            kept = _("within the extended deadline")
        elif early > 0:
            kept = ngettext("%(count)s day before the deadline", "%(count)s days before the deadline", early) % {
                "count": early
            }
        else:
            kept = _("within the deadline")
        return _("%(unit)s has delivered the report per %(round)s. It came %(moment)s, %(kept)s.") % {
            "unit": name,
            "round": shown.date_text(self.report.round.reference_date),
            "moment": _("%(weekday)s at %(clock)s") % {
                "weekday": weekday(day), "clock": shown.clock(submission.submitted_at),
            },
            "kept": kept,
        }  # fmt: skip

    def _mail(self, submission: Submission) -> str:
        if submission.submitted_by_id != self.request.user.pk:
            return _("The receipt goes by e-mail to whoever sent the report in.")
        return _("The receipt also goes to you by e-mail, to %(address)s.") % {"address": self.request.user.email}

    def _steps(self, submission: Submission) -> list[Step]:
        round_, approved = self.report.round, self.report.status == Report.Status.APPROVED
        sent = _("%(moment)s by %(name)s") % {
            "moment": moment(submission.submitted_at),
            "name": submission.submitted_by_name,
        }
        looked = (
            _("Approved %(moment)s") % {"moment": moment(self.report.approved_at)}
            if approved
            else _("At the latest %(day)s. You get an e-mail if something must be corrected.")
            % {"day": short_day(round_.office_deadline)}
        )
        return [
            Step(_("Sent in"), sent, done=True),
            Step(_("The statsforvalter looks the report over"), looked, done=approved),
            Step(
                _("Helsedirektoratet sums up the country for the ministry"),
                _("By %(day)s") % {"day": shown.date_text(round_.hdir_deadline)},
            ),
            Step(
                _("You get the result back"),
                _("Your figures beside those of the region and the country, on your front page"),
            ),
        ]

    def _facts(self, submission: Submission, unit: UnitName | None) -> list[Fact]:
        round_ = self.report.round
        number = unit.number if unit else ""
        code = submission.answers_hash[:16]
        late = _("On time")
        if submission.days_late:
            late = days_late(submission.days_late)
        elif submission.extended_to:
            late = extended_words(submission.extended_to)
        sender = submission.submitted_by_name
        if submission.on_behalf_of_id:
            sender = _("%(name)s, on behalf of the municipality") % {"name": sender}
        return [
            Fact(_("Unit"), f"{unit.display_name} ({number})" if unit else ""),
            Fact(_("Round"), _("Per %(day)s") % {"day": shown.date_text(round_.reference_date)}),
            Fact(_("Sent in by"), sender),
            Fact(_("Delivered"), late),
            Fact(_("Receipt number"), f"{round_.reference_date:%Y-%m}-{number}-{submission.number}"),
            Fact(_("Form published"), form_published(submission)),
            *self._work(),
            Fact(_("Check code"), " ".join(code[at : at + 4] for at in range(0, 16, 4)), code=True),
        ]

    def _work(self) -> list[Fact]:
        """What the report cost, for the municipality alone."""
        if not own_unit(self.scope, self.report):
            return []
        cost = burden_of(self.report)
        words = _("%(changed)s answers written, %(accepted)s accepted as they were filled in") % {
            "changed": number(cost.changed),
            "accepted": number(cost.accepted),
        }
        if not cost.seconds:
            return [Fact(_("Your work"), words)]
        return [Fact(_("Your work"), f"{minutes(cost.seconds)}. {words}")]

    def _file(self, submission: Submission) -> ReceiptFile | None:
        rows = self.rows(Document).filter(kind=Document.Kind.RECEIPT, submission=submission)
        found_ = list(rows)
        if not found_:
            return None
        row = next((row for row in found_ if row.language == shown.language()), found_[0])
        size = f"{max(1, round(row.size / 1000))}{NBSP}kB"
        status = Document.Status.FAILED if lost(row, None) else row.status
        return ReceiptFile(
            status, reverse("document_download", args=[row.pk]), reverse("document_retry", args=[row.pk]), size
        )

    def _correct(self) -> str:
        if self.report.status == Report.Status.APPROVED:
            return _("Is something wrong? The report is approved. Ask the statsforvalter to reopen it:")
        return _("Is something wrong? The statsforvalter can return the report until it is approved. Write to them:")


class ReportDetail(SubmittedView):
    """One report: where it stands, what was written about it, its answers, and its history."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.page()

    def more(self) -> dict[str, Any]:
        """What a page that shows more puts beside it."""
        return {}

    def page(self, status: int = 200, **extra: Any) -> HttpResponse:
        """The page itself; ``extra`` is a text to give back with its error."""
        report = self.report
        unit = self.unit
        came = delivery(report, report.round, self.today)
        own = self.scope.has(MUNICIPAL)
        context = self.common() | {
            "unit": unit,
            "delivery": came,
            "history": shown.history(self.events, report, receipt=report.status in Report.DELIVERED),
            "links": self._links(),
            "return_note": self._return_note(),
            "approval_notes": self._approval_notes(),
            "why": self._why(),
            "whose": whose_now(report, self.today),
            "waits": report.status in EDITABLE,
            **self.more(),
            **extra,
        }
        if self.submission is not None:
            context |= self.submitted_context(self.submission)
            context["answers_title"] = _("What was answered")
        elif own and report.draft.get("fields"):
            context |= {
                "answers": shown.Answers(self.draft.spec, self.draft.answers).parts(),
                "answers_title": _("What is filled in so far"),
            }
        return self.render("reporting/report_detail.html", context, status=status)

    def _may_edit(self) -> bool:
        report = self.report
        allowed = can(self.request.user, "report.edit", report, today=self.today)
        return bool(allowed) and report.status in EDITABLE and is_open(report, self.now)

    def _links(self) -> list[Link]:
        report, links = self.report, []
        if self._may_edit():
            words = {
                Report.Status.NOT_STARTED: _("Start on the report"),
                Report.Status.DRAFT: _("Go on with the report"),
                Report.Status.RETURNED: _("Correct the report"),
                Report.Status.REOPENED: _("Correct the report"),
            }
            links.append(Link(words[report.status], reverse("report_form", args=[report.pk])))
        if report.current_id and can(self.request.user, "report.review", report, today=self.today):
            links.append(Link(_("Go through the report"), reverse("report_review", args=[report.pk])))
        if report.status in Report.DELIVERED:
            links.append(Link(_("See the receipt"), reverse("report_receipt", args=[report.pk])))
        if report.status in Report.DELIVERED and report.round.figures_opened_at is not None:
            links.append(Link(_("What you get back"), reverse("report_results", args=[report.pk])))
        return links

    def _why(self) -> str:
        """Why the municipality cannot change the report, when that is so and not plain from its state."""
        if self.report.status not in EDITABLE or is_open(self.report, self.now):
            return ""
        return " ".join(found.why_locked(self.report, self.today)[1])

    def _return_note(self) -> shown.ReturnNote | None:
        return shown.return_note(self.events, self.notes, spec_of(self.report), self.report, links=self._may_edit())

    def _approval_notes(self) -> Sequence[Any]:
        if self.report.status != Report.Status.APPROVED:
            return ()
        words = [event.note for event in self.events if event.name == "approve" and event.note]
        return [shown.NoteLine("", text) for text in words[-1:]]
