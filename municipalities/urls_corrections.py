"""Addresses of proposed corrections."""

from django.urls import path, re_path

from municipalities.views import corrections as views

urlpatterns = [
    re_path(r"^kommune/(?P<number>\d{4}|\d{6})/rett/$", views.CorrectionNew.as_view(), name="correction_new"),
    path("rettelser/", views.CorrectionList.as_view(), name="correction_list"),
    path("rettelser/last-ned/<slug:style>/", views.CorrectionFile.as_view(), name="correction_file"),
    path("rettelser/<int:pk>/", views.CorrectionDetail.as_view(), name="correction_detail"),
    path("rettelser/<int:pk>/svar/", views.CorrectionAnswer.as_view(), name="correction_answer"),
    path("rettelser/<int:pk>/trekk/", views.CorrectionWithdraw.as_view(), name="correction_withdraw"),
]
