"""Addresses of the pages about support."""

from django.urls import path

from networks.views import support, support_write

urlpatterns = [
    path("stotte/", support.SupportListPage.as_view(), name="support_list"),
    path("stotte/last-ned/<slug:style>/", support.SupportFile.as_view(), name="support_file"),
    path("stotte/ny/", support_write.SupportNew.as_view(), name="support_new"),
    path("stotte/<int:pk>/", support.SupportDetail.as_view(), name="support_detail"),
    path("stotte/<int:pk>/endre/", support_write.SupportEdit.as_view(), name="support_edit"),
    path("stotte/<int:pk>/fjern/", support_write.SupportRemove.as_view(), name="support_remove"),
]
