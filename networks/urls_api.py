"""The networks' part of the API."""

from django.urls import path

from networks import api, api_support

urlpatterns = [
    path("networks/", api.NetworkList.as_view(), name="api_networks"),
    path("networks/<int:pk>/", api.NetworkOne.as_view(), name="api_network"),
    path("participations/", api.ParticipationList.as_view(), name="api_participations"),
    path("participations/<int:pk>/", api.ParticipationOne.as_view(), name="api_participation"),
    path("support/", api_support.SupportList.as_view(), name="api_support"),
    path("support/<int:pk>/", api_support.SupportOne.as_view(), name="api_support_one"),
]
