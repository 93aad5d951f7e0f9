"""What all pages about one report share, and those on which it is changed."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from municipalities.errors import stopped, wants_json
from municipalities.models import Event
from municipalities.readings import read_logged
from municipalities.services import unit_names
from municipalities.views import ScopedView
from reporting.models import Report, ReviewComment, SectionAssignment
from reporting.question_views import Note
from reporting.services import drafts
from reporting.services.draft_view import DraftView
from reporting.services.on_behalf import is_own
from reporting.services.sections import assignments_of
from reporting.views import found, shown, unsent


class ReportView(ScopedView):
    """What all pages about one report share: the report with its round, its draft, and what was written about it."""

    abstract = True
    model = Report

    def get_queryset(self) -> Any:
        joined = ("round__form_version", "municipality", "office", "current__form_version")
        rows = super().get_queryset().select_related(*joined)
        return rows.defer("round__form_version__definition", "current__form_version__definition")

    @cached_property
    def report(self) -> Report:
        """The report that the address names."""
        return self.get_object()

    def read_on_behalf(self) -> None:
        """Write down that a draft is read by another than its municipality."""
        if self.report.on_behalf_at and not is_own(self.request.user, self.report, today=self.today):
            read_logged(self.request, self.report, "draft_read")

    @cached_property
    def draft(self) -> DraftView:
        """Its draft, filled in when this is the first time."""
        self.read_on_behalf()
        return drafts.draft_open(report=self.report, actor=self.request.user, now=self.now)

    @cached_property
    def events(self) -> list[Event]:
        """What happened with the report, oldest first."""
        return shown.events_of([self.report], self.rows(Event))

    @cached_property
    def notes(self) -> dict[str, list[Note]]:
        """The statsforvalter's comments to the municipality on what was last sent in, by question."""
        rows = self.rows(ReviewComment).filter(
            report=self.report, internal=False, shown_at__isnull=False, submission_id=self.report.current_id
        )
        return shown.notes_by_question(rows.order_by("id"), self.now)

    def common(self) -> dict[str, Any]:
        """What every page about a report needs."""
        return {"report": self.report, "report_title": shown.report_title(self.report), "today": self.today}

    def ways_on(self) -> list[tuple[Any, str]]:
        return [
            (_("See the report"), reverse("report_detail", args=[self.kwargs["pk"]])),
            (_("To the front page"), reverse("home")),
        ]


class EditView(ReportView):
    """A page on which the report is changed: where it cannot be, one page says why."""

    abstract = True
    right = "report.edit"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST" and not request.user.is_authenticated and not wants_json(request):
            unsent.keep(request, kwargs["pk"], self.after_login())
            return login_and_back(self.after_login())
        return super().dispatch(request, *args, **kwargs)

    def after_login(self) -> str:
        """Where a person who was logged out goes on: an address that can be read."""
        return self.request.path

    def form_context(self, current: str) -> dict[str, Any]:
        """The frame of the form: table of contents, progress, status line, and why it came back."""
        report = self.report
        words = {section: hand_text(row, self.request.user) for section, row in self.hands.items()}
        sections = shown.section_links(self.draft, current, words)
        saved = report.draft_saved_at
        return {
            **self.common(),
            "own_report": self.own_report,
            "unit_now": unit_name_on(report) if report.on_behalf_at else "",
            "sections": sections,
            "section_total": len(sections) - 1,
            "overall": shown.overall(self.draft.progress),
            "saved_moment": saved,
            "status_text": shown.saved_at(saved, self.now) if saved else _("Each answer is saved as you leave it."),
            "return_note": self.return_note,
        }

    @cached_property
    def own_report(self) -> bool:
        """Whether the reader is of the report's own municipality."""
        return is_own(self.request.user, self.report, today=self.today)

    @cached_property
    def hands(self) -> dict[str, SectionAssignment]:
        """Who has which part of the form, for those of its own municipality; for others nothing."""
        return assignments_of([self.report], self.request.user, today=self.today).get(self.report.pk, {}) if (
            self.own_report
        ) else {}  # fmt: skip

    @cached_property
    def return_note(self) -> shown.ReturnNote | None:
        """Why the report came back, when it did."""
        return shown.return_note(self.events, self.notes, self.draft.spec, self.report, links=True)

    def comments_keep(self, data: Any) -> None:
        """Save the explanations that came with a whole page."""
        for name in data:
            if name.startswith("comment:"):
                found.comment_keep(self.report, name, data[name], self.request.user, self.now)

    def locked(self) -> HttpResponse | None:
        """The page that says why the report cannot be changed now; None when it can."""
        if self.draft.editable:
            return None
        heading, text = found.why_locked(self.report, self.today)
        return stopped(self.request, heading, text, self.ways_on(), 409, code="locked")


def hand_text(row: SectionAssignment, user: Any) -> str:
    """Who has a part of the form, in a line under its name."""
    if row.done_at is not None:
        return _("%(name)s has filled it in") % {"name": row.user_name}
    return _("You have this part") if row.user_id == user.pk else _("%(name)s has this part") % {"name": row.user_name}


def unit_name_on(report: Report) -> str:
    """The unit's names on the report's reference date."""
    units = unit_names([report.municipality_id], report.round.reference_date)
    return units[report.municipality_id].display_name if report.municipality_id in units else ""


def login_and_back(path: str) -> HttpResponse:
    """To the login page, which says that the session had run out, and back to ``path``."""
    response = redirect_to_login(path)
    response["Location"] += "&utlopt=1"
    return response
