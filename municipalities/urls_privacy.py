"""Addresses of the table of rights, of the privacy page, and of what is stored about oneself."""

from django.urls import path

from municipalities.views import rights

urlpatterns = [
    path("rettigheter/", rights.Rights.as_view(), name="rights"),
    path("rettigheter/last-ned/<slug:style>/", rights.RightsFile.as_view(), name="rights_file"),
]
