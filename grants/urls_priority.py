"""Addresses of the pages about the priority lists."""

from django.urls import path, re_path

from grants.views import priority, priority_decision, priority_unit, what_if

_YEAR = r"^(?P<year>20\d{2})/prioritet/"

urlpatterns = [
    re_path(rf"{_YEAR}$", priority.PriorityList.as_view(), name="priority_list"),
    re_path(rf"{_YEAR}hva-om/$", what_if.WhatIfPage.as_view(), name="priority_what_if"),
    re_path(rf"{_YEAR}kommune/(?P<pk>\d{{1,9}})/$", priority_unit.PriorityUnit.as_view(), name="priority_unit"),
    re_path(rf"{_YEAR}(?P<key>[-\w]{{1,60}})/$", priority.PriorityScheme.as_view(), name="priority_scheme"),
    re_path(
        r"^prioritet/kommune/(?P<number>\d{4}|\d{6})/$",
        priority_unit.PriorityUnitNow.as_view(),
        name="priority_unit_now",
    ),
    path("prioritet/vedtak/<int:pk>/", priority_decision.PriorityDecisionPage.as_view(), name="priority_decision"),
]
