"""Addresses of the statsforvalter's pages: the work list and the review of one report."""

from django.urls import path

from reporting.views import review, worklist

urlpatterns = [
    path("arbeidsliste/", worklist.WorkListPage.as_view(), name="work_list"),
    path("arbeidsliste/ikke-levert/", worklist.NotDelivered.as_view(), name="work_list_missing"),
    path("arbeidsliste/godkjenn/", worklist.ReportsApprove.as_view(), name="reports_approve"),
    path("rapport/<int:pk>/gjennomgang/", review.ReportReview.as_view(), name="report_review"),
    path("rapport/<int:pk>/returner/", review.ReportReturn.as_view(), name="report_return"),
    path("rapport/<int:pk>/godkjenn/", review.ReportApprove.as_view(), name="report_approve"),
    path("rapport/<int:pk>/kommentar/", review.ReportComment.as_view(), name="report_comment"),
    path("rapport/<int:pk>/vurder/", review.ReportJudge.as_view(), name="report_judge"),
    path("rapport/<int:pk>/notat/", review.ReportNote.as_view(), name="report_note"),
]
