"""Addresses of plan decisions, anchoring, progress, and of the reform itself."""

from django.urls import path, re_path

from municipalities.views import decisions, plans, reform

UNIT = r"^kommune/(?P<number>\d{4}|\d{6})/"

urlpatterns = [
    re_path(UNIT + r"vedtak/nytt/$", decisions.DecisionNew.as_view(), name="decision_new"),
    re_path(UNIT + r"forankring/$", plans.Anchoring.as_view(), name="anchoring_edit"),
    re_path(UNIT + r"framdrift/$", plans.Progress.as_view(), name="progress_edit"),
    path("vedtak/<int:pk>/", decisions.DecisionDetail.as_view(), name="decision_detail"),
    path("vedtak/<int:pk>/rett/", decisions.DecisionCorrect.as_view(), name="decision_correct"),
    path("vedtak/<int:pk>/ta-ut/", decisions.DecisionRemove.as_view(), name="decision_remove"),
    path("vedtak/<int:pk>/dokument/", decisions.PlanDocumentAdd.as_view(), name="plan_document_add"),
    path("vedtak/dokument/<int:pk>/", decisions.PlanDocumentFile.as_view(), name="plan_document"),
    path(
        "vedtak/dokument/<int:pk>/ta-bort/",
        decisions.PlanDocumentRemove.as_view(),
        name="plan_document_remove",
    ),
    path("forankring/<int:pk>/rett/", plans.AnchoringCorrect.as_view(), name="anchoring_correct"),
    path("framdrift/<int:pk>/rett/", plans.ProgressCorrect.as_view(), name="progress_correct"),
    path("reformen/", reform.ReformPage.as_view(), name="reform_page"),
]
