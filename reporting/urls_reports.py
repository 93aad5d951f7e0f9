"""Addresses of the list of reports."""

from django.urls import path

from reporting.views import reports

urlpatterns = [path("rapporter/", reports.ReportList.as_view(), name="report_list")]
