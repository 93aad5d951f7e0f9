"""The reporting's part of the API."""

from django.urls import path, register_converter

from reporting import api, api_machine, api_regional
from reporting.converters import DayConverter

register_converter(DayConverter, "day")

urlpatterns = [
    path("rounds/", api.RoundList.as_view(), name="api_rounds"),
    path("rounds/<day:date>/reports/", api.RoundReportList.as_view(), name="api_round_reports"),
    path("rounds/<day:date>/regions/", api_regional.RoundRegionList.as_view(), name="api_round_regions"),
    path("rounds/<day:date>/summary/", api.RoundSummary.as_view(), name="api_round_summary"),
    path("reports/<int:pk>/", api.ReportDetail.as_view(), name="api_report"),
    path("reports/<int:pk>/form/", api_machine.ReportForm.as_view(), name="api_report_form"),
    path("reports/<int:pk>/findings/", api_machine.ReportFindings.as_view(), name="api_report_findings"),
    path("reports/<int:pk>/draft/", api_machine.ReportDraftMany.as_view(), name="api_report_draft"),
    path("reports/<int:pk>/submit/", api_machine.ReportSubmitOnce.as_view(), name="api_report_submit"),
    path("reports/<int:pk>/return/", api.ReportReturn.as_view(), name="api_report_return"),
    path("reports/<int:pk>/approve/", api.ReportApprove.as_view(), name="api_report_approve"),
]
