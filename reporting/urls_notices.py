"""Addresses of Hdir's pages about notices."""

from django.urls import path

from reporting.views import notices

urlpatterns = [
    path("varsler/", notices.NoticeList.as_view(), name="notice_list"),
    path("varsler/dag/", notices.NoticeDay.as_view(), name="notice_day"),
    path("varsler/tekster/", notices.NoticeTexts.as_view(), name="notice_texts"),
    path("varsler/tekster/<slug:audience>/<slug:kind>/", notices.NoticeTextEdit.as_view(), name="notice_text"),
]
