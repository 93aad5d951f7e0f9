"""Addresses of the trail."""

from django.urls import path

from municipalities.views import trail

urlpatterns = [
    path("spor/", trail.Trail.as_view(), name="trail"),
    path("spor/last-ned/<slug:style>/", trail.TrailFile.as_view(), name="trail_file"),
]
