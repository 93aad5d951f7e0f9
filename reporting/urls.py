"""Addresses of the app: the municipality's pages, the statsforvalter's, and those about the country."""

from django.urls import include, path

GROUPS = (
    "urls_form",
    "urls_review",
    "urls_reports",
    "urls_summary",
    "urls_results",
    "urls_register",
    "urls_risk",
    "urls_notices",
    "urls_compose",
    "urls_regional",
    "urls_status",
)
urlpatterns = [path("", include(f"reporting.{name}")) for name in GROUPS]
