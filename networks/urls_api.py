"""The networks' part of the API."""

from django.urls import path

from networks import api

urlpatterns = [
    path("networks/", api.NetworkList.as_view(), name="api_networks"),
    path("participations/", api.ParticipationList.as_view(), name="api_participations"),
    path("support/", api.SupportList.as_view(), name="api_support"),
]
