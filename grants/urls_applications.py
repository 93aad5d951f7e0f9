"""Addresses of the pages about applications for grants."""

from django.urls import path

from grants.views import application_lists, applications

urlpatterns = [
    path("<int:year>/soknader/", applications.ApplicationListPage.as_view(), name="application_list"),
    path("<int:year>/soknader/<int:pk>/", applications.ApplicationEdit.as_view(), name="application_edit"),
    path("<int:year>/soknader/<int:pk>/fjern/", applications.ApplicationRemove.as_view(), name="application_remove"),
    path("<int:year>/soknader/ta-inn/", application_lists.ApplicationLists.as_view(), name="application_lists"),
    path("<int:year>/soknader/mal/", application_lists.ApplicationTemplate.as_view(), name="application_template"),
    path("soknadsliste/<int:pk>/", application_lists.ApplicationPreview.as_view(), name="application_preview"),
    path("soknadsliste/<int:pk>/forkast/", application_lists.ApplicationDiscard.as_view(), name="application_discard"),
]
