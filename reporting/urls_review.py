"""Addresses of the statsforvalter's pages: the work list and the review of one report."""

from django.urls import path

from reporting.views import review, review_posts, review_steps, worklist

urlpatterns = [
    path("arbeidsliste/", worklist.WorkListPage.as_view(), name="work_list"),
    path("arbeidsliste/ikke-levert/", worklist.NotDelivered.as_view(), name="work_list_missing"),
    path("arbeidsliste/godkjenn/", worklist.ReportsApprove.as_view(), name="reports_approve"),
    path("rapport/<int:pk>/gjennomgang/", review.ReportReview.as_view(), name="report_review"),
    path("rapport/<int:pk>/returner/", review_posts.ReportReturn.as_view(), name="report_return"),
    path("rapport/<int:pk>/godkjenn/", review_posts.ReportApprove.as_view(), name="report_approve"),
    path("rapport/<int:pk>/kommentar/", review_posts.ReportComment.as_view(), name="report_comment"),
    path("rapport/<int:pk>/vurder/", review_posts.ReportJudge.as_view(), name="report_judge"),
    path("rapport/<int:pk>/notat/", review_posts.ReportNote.as_view(), name="report_note"),
    path("rapport/<int:pk>/frist/", review_steps.ReportExtend.as_view(), name="report_extend"),
    path("rapport/<int:pk>/paa-vegne/", review_steps.ReportOnBehalf.as_view(), name="report_on_behalf"),
    path("rapport/<int:pk>/trekk-godkjenning/", review_steps.ReportTakeBack.as_view(), name="report_take_back"),
    path("rapport/<int:pk>/gjenaapne/", review_steps.ReportReopen.as_view(), name="report_reopen"),
    path("rapport/<int:pk>/skriv-til-kommunen/", review_steps.ReportTalk.as_view(), name="report_talk"),
]
