"""Rounds, reports and summaries over HTTP: the same services and the same scope as the pages. Doors only."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import generics, serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from municipalities.access import can
from municipalities.api import RightedAPI
from municipalities.api_schema import refusal
from municipalities.free_text import FreeTextMixin
from municipalities.readings import read_logged
from municipalities.services import unit_names
from reporting.models import NationalSummary, Report, Round, Submission
from reporting.services.drafts import DraftConflict, UnknownField, draft_save
from reporting.services.submissions import ChecksFailed, submission_approve, submission_return, submission_submit
from reporting.timing import round_state

DATE = OpenApiParameter("date", OpenApiTypes.DATE, OpenApiParameter.PATH, description="The round's reference date.")

NOT_NOW = refusal("It cannot be done now: the report's state, the round or another caller's change is in the way.")
STOPPED = refusal("The checks stop the report; `findings` says why. Or the idempotency key has been used for another.")


class RoundSerializer(serializers.ModelSerializer[Round]):
    """A round. ``state`` follows from the dates and today: upcoming, open, late or closed."""

    state = serializers.SerializerMethodField()

    class Meta:
        model = Round
        fields = [
            "reference_date", "opens_on", "municipality_deadline", "office_deadline", "hdir_deadline", "closes_on",
            "letter", "state",
        ]  # fmt: skip

    def get_state(self, row: Round) -> str:
        return str(round_state(row, self.context["today"]))


class ReportRowSerializer(serializers.ModelSerializer[Report]):
    """A report in a list; ``number`` and ``name`` are those of the round's reference date."""

    number = serializers.SerializerMethodField()
    name = serializers.SerializerMethodField()
    office = serializers.CharField(source="office.key")
    days_late = serializers.IntegerField(source="current.days_late", default=None, allow_null=True)
    warning_count = serializers.IntegerField(source="current.warning_count", default=None, allow_null=True)
    on_behalf = serializers.SerializerMethodField()

    class Meta:
        model = Report
        fields = [
            "id", "municipality", "number", "name", "office", "status", "submitted_at", "approved_at", "days_late",
            "warning_count", "extended_to", "on_behalf",
        ]  # fmt: skip

    def get_on_behalf(self, row: Report) -> bool:
        """Whether the statsforvalter sent it in on behalf of the municipality."""
        return row.current is not None and row.current.on_behalf_of_id is not None

    def get_number(self, row: Report) -> str:
        return self.context["names"][row.municipality_id].number

    def get_name(self, row: Report) -> str:
        return self.context["names"][row.municipality_id].display_name


class SubmissionSerializer(serializers.ModelSerializer[Submission]):
    """What was sent in: answers by question code, as they were counted."""

    class Meta:
        model = Submission
        fields = [
            "id", "number", "submitted_at", "submitted_by_name", "days_late", "nothing_new", "answers", "answers_hash",
        ]  # fmt: skip


class ReportSerializer(ReportRowSerializer):
    """A report with everything that was sent in."""

    reference_date = serializers.DateField(source="round.reference_date")
    submissions = SubmissionSerializer(many=True)

    class Meta(ReportRowSerializer.Meta):
        fields = [*ReportRowSerializer.Meta.fields, "reference_date", "submissions"]


@extend_schema_field({"type": ["string", "number", "boolean", "array", "object"]})
class AnyValue(serializers.JSONField):
    """A value of whatever kind the question takes. Described as one thing: null is one of its values."""


class DraftFieldSerializer(serializers.Serializer[Any]):
    """One field to save: its key, what is typed, and the ``rev`` that was read."""

    key = serializers.CharField(max_length=80)
    value = AnyValue(allow_null=True)
    rev = serializers.IntegerField(min_value=0)


class LookedOverSerializer(serializers.Serializer[Any]):
    """The ``version`` of the draft that was looked over: what has been changed since is not sent in unseen."""

    version = serializers.IntegerField(min_value=0)


class DecisionSerializer(FreeTextMixin, serializers.Serializer[Any]):
    """A decision on the submission with this number, with a comment: one sent in anew since is not decided unseen."""

    submission = serializers.IntegerField(min_value=1)
    note = serializers.CharField(max_length=4000, allow_blank=True, default="")


class RoundList(RightedAPI, generics.ListAPIView[Round]):
    """The rounds, newest first."""

    right = "report.read"
    serializer_class = RoundSerializer

    def get_queryset(self) -> Any:
        return self.rows(Round).counted().order_by("-reference_date")

    def get_serializer_context(self) -> dict[str, Any]:
        today = dt.date.min if getattr(self, "swagger_fake_view", False) else self.today
        return {**super().get_serializer_context(), "today": today}


@extend_schema(parameters=[DATE])
class RoundReportList(RightedAPI, generics.ListAPIView[Report]):
    """The reports of a round that the caller may see."""

    right = "report.read"
    serializer_class = ReportRowSerializer

    def get_queryset(self) -> Any:
        rows = self.rows(Report).filter(round__reference_date=self.kwargs.get("date"))
        rows = rows.exclude(round__kind=Round.Kind.TEST)
        return rows.select_related("office", "current").defer("draft", "current__answers").order_by("id")

    def get_serializer_context(self) -> dict[str, Any]:
        context = super().get_serializer_context()
        if not getattr(self, "swagger_fake_view", False):
            context["names"] = unit_names(None, self.kwargs["date"])
        return context


class RoundSummary(RightedAPI):
    """The newest national summary of a round that the caller may see: its content and hash."""

    right = "summary.read"

    @extend_schema(parameters=[DATE], responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, date: dt.date) -> Response:
        done = NationalSummary.MADE
        summaries = self.rows(NationalSummary).filter(kind="half_year", round__reference_date=date, status__in=done)
        summary = summaries.order_by("-version").first()
        content = summary.contents.filter(office=None, language=get_language()).first() if summary else None
        if summary is None or content is None:
            raise Http404
        if not summary.sent_at:
            read_logged(request, summary, "summary_read")
        return Response(
            {
                "version": summary.version,
                "status": summary.status,
                "content_hash": content.content_hash,
                "content": json.loads(content.canonical),
            }
        )


class ReportAPI(RightedAPI):
    """One report, fetched within the caller's scope."""

    queryset = None

    def report(self, pk: int) -> Report:
        rows = Report.objects.visible_to(self.request.user, today=self.today)
        found = rows.select_related("round__form_version", "office", "current", "municipality").filter(pk=pk).first()
        if found is None:
            raise Http404
        decision = can(self.request.user, self.right, found, today=self.today)
        if not decision:
            raise PermissionDenied(decision.reason)
        return found

    def answer(self, report: Report, status: int = 200) -> Response:
        report.refresh_from_db()
        names = unit_names([report.municipality_id], report.round.reference_date)
        return Response(ReportSerializer(report, context={"names": names}).data, status=status)


class ReportDetail(ReportAPI):
    """A report with its submissions."""

    right = "report.read"

    @extend_schema(responses=ReportSerializer)
    def get(self, request: Request, pk: int) -> Response:
        return self.answer(self.report(pk))


class ReportDraft(ReportAPI):
    """The draft of one's own report: saving one field at a time."""

    right = "report.edit"

    @extend_schema(request=DraftFieldSerializer, responses={200: OpenApiTypes.OBJECT, 409: NOT_NOW})
    def post(self, request: Request, pk: int) -> Response:
        given = DraftFieldSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        values = given.validated_data
        try:
            saved = draft_save(
                report=self.report(pk), key=values["key"], raw=values["value"], base_rev=values["rev"],
                actor=request.user, now=self.now,
            )  # fmt: skip
        except UnknownField:
            raise ValidationError({"key": [_("The form does not have this question.")]}) from None
        except DraftConflict as conflict:
            body = {"detail": _("Somebody else has changed this answer."), "theirs": conflict.theirs}
            return Response({**body, "mine": conflict.mine, "by": conflict.their_name, "rev": conflict.rev}, status=409)
        status = 400 if saved.error else 200
        return Response({"value": saved.value, "rev": saved.rev, "error": saved.error}, status=status)


class ReportSubmit(ReportAPI):
    """Send the report in. 422 with the findings when the checks stop it."""

    right = "report.submit"

    @extend_schema(request=LookedOverSerializer, responses={200: ReportSerializer, 409: NOT_NOW, 422: STOPPED})
    def post(self, request: Request, pk: int) -> Response:
        report = self.report(pk)
        given = LookedOverSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        version = given.validated_data["version"]
        try:
            submission_submit(report=report, actor=request.user, now=self.now, draft_version=version)
        except ChecksFailed as failed:
            found = [{"level": row.level, "code": row.code, "message": str(row.message)} for row in failed.findings]
            return Response({"detail": _("The checks stop the report."), "findings": found}, status=422)
        return self.answer(report)


class ReportReturn(ReportAPI):
    """Return a report with a comment."""

    right = "report.return"

    @extend_schema(request=DecisionSerializer, responses={200: ReportSerializer, 409: NOT_NOW})
    def post(self, request: Request, pk: int) -> Response:
        report = self.report(pk)
        submission_return(report=report, actor=request.user, now=self.now, **_decision(request))
        return self.answer(report)


class ReportApprove(ReportAPI):
    """Approve a report."""

    right = "report.approve"

    @extend_schema(request=DecisionSerializer, responses={200: ReportSerializer, 409: NOT_NOW})
    def post(self, request: Request, pk: int) -> Response:
        report = self.report(pk)
        submission_approve(report=report, actor=request.user, now=self.now, **_decision(request))
        return self.answer(report)


def _decision(request: Request) -> dict[str, Any]:
    given = DecisionSerializer(data=request.data)
    given.is_valid(raise_exception=True)
    return {"note": given.validated_data["note"], "seen": given.validated_data["submission"]}
