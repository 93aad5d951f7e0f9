"""The registers' part of the API."""

from django.urls import path

from municipalities import api

urlpatterns = [
    path("municipalities/", api.MunicipalityList.as_view(), name="api_municipalities"),
    path("offices/", api.OfficeList.as_view(), name="api_offices"),
    path("solutions/", api.SolutionList.as_view(), name="api_solutions"),
    path("plan-decisions/", api.PlanDecisionList.as_view(), name="api_plan_decisions"),
]
