"""Addresses of the front door, the pages about the site, and the registers of municipalities."""

from django.urls import include, path

from municipalities import views
from municipalities.views import access, access_review, acting, contacts, machines, placements, session

urlpatterns = [
    path("", views.Home.as_view(), name="home"),
    path("konto/", views.Account.as_view(), name="account"),
    path("konto/okt/", session.SessionState.as_view(), name="session_state"),
    path("konto/okt/igjen/", session.SessionAgain.as_view(), name="session_again"),
    path("sprak/velg/", views.LanguageChoose.as_view(), name="language_choose"),
    path("tilgjengelighet/", views.StaticPage.as_view(template_name="pages/accessibility.html"), name="accessibility"),
    path("hjelp/", views.StaticPage.as_view(template_name="pages/help.html"), name="help"),
    path("kommune/velg/", acting.ActingChoose.as_view(), name="acting_choose"),
    path("kommune/kontakter/", contacts.Contacts.as_view(), name="contacts"),
    path("kommune/kontakter/endre/", contacts.ContactChange.as_view(), name="contact_change"),
    path("kommune/maskin/", machines.Machines.as_view(), name="machines"),
    path("kommune/maskin/fjern/", machines.MachineRevoke.as_view(), name="machine_revoke"),
    path("tilgang/embeter/", access.Offices.as_view(), name="access_offices"),
    path("tilgang/embeter/<int:pk>/", access.OfficePage.as_view(), name="access_office"),
    path("tilgang/embeter/<int:pk>/endre/", access.OfficeChange.as_view(), name="access_office_change"),
    path("tilgang/nasjonalt/", access.National.as_view(), name="access_national"),
    path("tilgang/nasjonalt/endre/", access.NationalChange.as_view(), name="access_national_change"),
    path("tilgang/kommuner/", access.Municipalities.as_view(), name="access_municipalities"),
    path("tilgang/kommuner/<int:pk>/", access.MunicipalityPage.as_view(), name="access_municipality"),
    path("tilgang/kommuner/<int:pk>/endre/", access.MunicipalityChange.as_view(), name="access_municipality_change"),
    path("tilgang/gjennomgang/", access_review.Review.as_view(), name="access_review"),
    path("tilgang/gjennomgang/svar/", access_review.ReviewAnswer.as_view(), name="access_review_answer"),
    path("tilganger/", placements.Placements.as_view(), name="placements"),
    path("", include("municipalities.urls_plans")),
    path("", include("municipalities.urls_privacy")),
    path("", include("municipalities.urls_trail")),
]
