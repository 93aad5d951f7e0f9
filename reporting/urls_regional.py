"""Addresses of the regions' own reports."""

from django.urls import path

from reporting.views import regional, regional_print

_HERE = "region/<slug:key>/rapport/<str:day>/"

urlpatterns = [
    path("regioner/", regional.RegionalList.as_view(), name="regional_list"),
    path(_HERE, regional.RegionalPage.as_view(), name="regional_report"),
    path(f"{_HERE}plan/", regional.RegionalPlan.as_view(), name="regional_plan"),
    path(f"{_HERE}utskrift/", regional_print.RegionalPrint.as_view(), name="regional_print"),
    path(f"{_HERE}vurder/", regional.RegionalJudge.as_view(), name="regional_judge"),
]
