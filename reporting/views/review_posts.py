"""The buttons of the review: return, approve, comment, judge, note, and what the steps beside them share."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from municipalities.errors import wants_json
from municipalities.transitions import NoteMissing, TransitionRefused
from reporting.services import review, submissions
from reporting.services.draft_view import spec_of
from reporting.views import unsent
from reporting.views.base import login_and_back
from reporting.views.review import ReportReview, ReviewBase
from reporting.views.worklist import list_url, read_listing, review_url


class ReviewPost(ReviewBase):
    """A button on the page. A service does everything; then back to the place where it was pressed."""

    abstract = True
    http_method_names = ["post", "options"]
    kept: tuple[type[TransitionRefused], ...] = (review.TextRefused, NoteMissing)
    """What is said at the field, with all that was typed, and not on a page of its own."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST" and not request.user.is_authenticated and not wants_json(request):
            page = reverse("report_review", args=[kwargs["pk"]])
            if request.POST.get("text", "").strip():
                unsent.keep_texts(request, page, where=self.field)
            return login_and_back(page)
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.report  # noqa: B018 - outside the scope there is nothing to press: 404 before anything else
        try:
            return redirect(self.act())
        except self.kept as refused:
            return self.text_refused(refused)

    def act(self) -> str:
        """Do it; the address to go on to."""
        raise NotImplementedError

    def text_refused(self, refused: TransitionRefused) -> HttpResponse:
        """The page again with the text that was written and what is wrong with it."""
        page = ReportReview()
        page.setup(self.request, pk=self.report.pk)
        page.__dict__["report"] = self.report
        typed: dict[str, Any] = {name: self.request.POST.get(name, "") for name in unsent.TYPED}
        place = typed | {"where": self.field, "message": refused.message}
        return page.page(status=422, failed=place)

    field = ""

    @property
    def text(self) -> str:
        return self.request.POST.get("text", "")

    @property
    def submission_number(self) -> int:
        """The Submission that the reader saw."""
        value = self.request.POST.get("submission", "")
        return int(value) if value.isascii() and value.isdigit() and len(value) < 9 else 0

    def next_or_list(self) -> str:
        """The next report in the list as it was before the decision, else the list."""
        listing = read_listing(self, round_=self.report.round)
        place, _before, after = listing.list.neighbours(self.report.pk)
        return review_url(after, listing.query) if place and after else list_url(listing.query)


class ReportReturn(ReviewPost):
    """Return the report with what is to be changed."""

    right = "report.return"
    field = "return"

    def act(self) -> str:
        onwards = self.next_or_list()
        submissions.submission_return(
            report=self.report,
            actor=self.request.user,
            now=self.now,
            note=review.return_note(report=self.report, text=self.text),
            seen=self.submission_number,
            request_id=self.request.request_id,
        )
        messages.success(self.request, _("%(name)s is returned.") % {"name": self.unit.display_name})
        return onwards


class ReportApprove(ReviewPost):
    """Approve the report."""

    right = "report.approve"

    def act(self) -> str:
        onwards = self.next_or_list()
        submissions.submission_approve(
            report=self.report,
            actor=self.request.user,
            now=self.now,
            seen=self.submission_number,
            request_id=self.request.request_id,
        )
        messages.success(self.request, _("%(name)s is approved.") % {"name": self.unit.display_name})
        return onwards


class ReportComment(ReviewPost):
    """Write a comment at a question, or take one back that the municipality has not seen."""

    right = "report.return"
    field = "comment"

    def act(self) -> str:
        question = self.request.POST.get("question", "")
        if question and not spec_of(self.report).has(question):
            raise Http404
        remove = self.request.POST.get("remove", "")
        if remove.isascii() and remove.isdigit() and len(remove) < 18:
            review.comment_remove(report=self.report, comment_id=int(remove), actor=self.request.user, now=self.now)
        else:
            review.comment_add(
                report=self.report, question=question, text=self.text, actor=self.request.user, now=self.now
            )
        return self.here(f"sp-{question}" if question else "avgjorelse")


class ReportJudge(ReviewPost):
    """Say whether the explanation of a warning is good enough."""

    right = "report.approve"

    def act(self) -> str:
        review.finding_judge(
            report=self.report,
            submission_number=self.submission_number,
            finding=self.request.POST.get("finding", ""),
            accepted=self.request.POST.get("accepted") == "yes",
            actor=self.request.user,
            now=self.now,
        )
        return self.here("varsler")


class ReportNote(ReviewPost):
    """Write an internal note."""

    right = "report.note"
    field = "note"

    def act(self) -> str:
        review.note_add(report=self.report, text=self.text, actor=self.request.user, now=self.now)
        return self.here("internt")
