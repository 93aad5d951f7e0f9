"""Addresses of the status of a round, for all who take part in it."""

from django.urls import path

from reporting.views import status

urlpatterns = [
    path("status/", status.RoundStatusPage.as_view(), name="round_status"),
    path("status/venter/<str:style>/", status.StuckFile.as_view(), name="round_stuck_file"),
    path("status/<str:style>/", status.RoundStatusFile.as_view(), name="round_status_file"),
]
