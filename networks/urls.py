"""Addresses of the pages about networks and their workbook."""

from django.urls import path

from networks.views import network_write, networks, workbook

urlpatterns = [
    path("nettverk/", networks.NetworkList.as_view(), name="network_list"),
    path("nettverk/ny/", network_write.NetworkNew.as_view(), name="network_new"),
    path("nettverk/<int:pk>/", networks.NetworkDetail.as_view(), name="network_detail"),
    path("nettverk/<int:pk>/endre/", network_write.NetworkEdit.as_view(), name="network_edit"),
    path("nettverk/<int:pk>/deltakere/", network_write.PartsNew.as_view(), name="network_parts"),
    path("nettverk/<int:pk>/moter/", network_write.MeetingNew.as_view(), name="network_meeting_new"),
    path("nettverk/deltakelse/<int:pk>/", network_write.PartEdit.as_view(), name="network_part"),
    path("nettverk/deltakelse/<int:pk>/fjern/", network_write.PartRemove.as_view(), name="network_part_remove"),
    path("nettverk/mote/<int:pk>/", network_write.MeetingEdit.as_view(), name="network_meeting"),
    path("nettverk/mote/<int:pk>/fjern/", network_write.MeetingRemove.as_view(), name="network_meeting_remove"),
    path("nettverk/arbeidsbok/", workbook.WorkbookPage.as_view(), name="workbook_page"),
    path("nettverk/arbeidsbok/last-ned/", workbook.WorkbookFile.as_view(), name="workbook_file"),
    path("nettverk/arbeidsbok/<int:pk>/", workbook.WorkbookPreview.as_view(), name="workbook_preview"),
    path("nettverk/arbeidsbok/<int:pk>/kast/", workbook.WorkbookDiscard.as_view(), name="workbook_discard"),
]
