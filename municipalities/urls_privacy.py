"""Addresses of the table of rights, of the privacy page, and of what is stored about oneself."""

from django.urls import path

from municipalities.views import privacy, rights

urlpatterns = [
    path("personvern/", privacy.Privacy.as_view(), name="privacy"),
    path("konto/om-meg/", privacy.AboutMe.as_view(), name="about_me"),
    path("konto/om-meg/last-ned/<slug:style>/", privacy.AboutMeFile.as_view(), name="about_me_file"),
    path("rettigheter/", rights.Rights.as_view(), name="rights"),
    path("rettigheter/last-ned/<slug:style>/", rights.RightsFile.as_view(), name="rights_file"),
]
