"""The regions' own reports over HTTP: read by Hdir, and by each office its own. A door only."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers

from municipalities.api import RightedAPI
from reporting.api import DATE
from reporting.models import RegionalReport, RegionalSubmission, Round


class RegionalSubmissionSerializer(serializers.ModelSerializer[RegionalSubmission]):
    """A delivery as it was frozen: its answers, its figures, and what was missing and why."""

    class Meta:
        model = RegionalSubmission
        fields = [
            "number", "submitted_at", "days_late", "answers", "figures", "missing", "plan_name", "plan_sha256",
            "answers_hash",
        ]  # fmt: skip


class RegionalReportSerializer(serializers.ModelSerializer[RegionalReport]):
    """A region's report; ``delivery`` is the newest one, null before the first. The draft stays with the office."""

    office = serializers.CharField(source="office.key")
    delivery = RegionalSubmissionSerializer(source="current", allow_null=True)

    class Meta:
        model = RegionalReport
        fields = ["office", "status", "delivered_at", "returned_at", "accepted_at", "delivery"]


@extend_schema(parameters=[DATE])
class RoundRegionList(RightedAPI, generics.ListAPIView[RegionalReport]):
    """The regions' reports of a round that the caller may see: Hdir all, an office its own."""

    right = "regional.read"
    serializer_class = RegionalReportSerializer

    def get_queryset(self) -> Any:
        rows = self.rows(RegionalReport).filter(round__reference_date=self.kwargs.get("date"))
        rows = rows.exclude(round__kind=Round.Kind.TEST)
        return rows.select_related("office", "current").defer("draft").order_by("office__key")
