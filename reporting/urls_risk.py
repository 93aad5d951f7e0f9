"""Addresses of what only the statsforvalter and Hdir see: the risk patterns, and reports beside the registers."""

from django.urls import path, re_path

from reporting.views import differences, risk

urlpatterns = [
    path("risiko/", risk.RiskListPage.as_view(), name="risk_list"),
    re_path(r"^kommune/(?P<number>\d{4}|\d{6})/risiko/$", risk.RiskUnitPage.as_view(), name="risk_unit"),
    path("avvik/", differences.RegisterDifferences.as_view(), name="register_differences"),
]
