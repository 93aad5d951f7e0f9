"""Addresses of the front door, the pages about the site, and the registers of municipalities."""

from django.urls import include, path

from municipalities import views
from municipalities.views import contacts, machines, placements

urlpatterns = [
    path("", views.Home.as_view(), name="home"),
    path("konto/", views.Account.as_view(), name="account"),
    path("sprak/velg/", views.LanguageChoose.as_view(), name="language_choose"),
    path("tilgjengelighet/", views.StaticPage.as_view(template_name="pages/accessibility.html"), name="accessibility"),
    path("personvern/", views.StaticPage.as_view(template_name="pages/privacy.html"), name="privacy"),
    path("hjelp/", views.StaticPage.as_view(template_name="pages/help.html"), name="help"),
    path("kommune/kontakter/", contacts.Contacts.as_view(), name="contacts"),
    path("kommune/kontakter/endre/", contacts.ContactChange.as_view(), name="contact_change"),
    path("kommune/maskin/", machines.Machines.as_view(), name="machines"),
    path("kommune/maskin/fjern/", machines.MachineRevoke.as_view(), name="machine_revoke"),
    path("tilganger/", placements.Placements.as_view(), name="placements"),
    path("", include("municipalities.urls_plans")),
]
