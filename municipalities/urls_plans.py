"""Addresses of plan decisions, anchoring, progress, and of the reform itself."""

from django.urls import path, re_path

from municipalities import views_decisions, views_plans, views_reform

UNIT = r"^kommune/(?P<number>\d{4}|\d{6})/"

urlpatterns = [
    re_path(UNIT + r"vedtak/nytt/$", views_decisions.DecisionNew.as_view(), name="decision_new"),
    re_path(UNIT + r"forankring/$", views_plans.Anchoring.as_view(), name="anchoring_edit"),
    re_path(UNIT + r"framdrift/$", views_plans.Progress.as_view(), name="progress_edit"),
    path("vedtak/<int:pk>/", views_decisions.DecisionDetail.as_view(), name="decision_detail"),
    path("vedtak/<int:pk>/rett/", views_decisions.DecisionCorrect.as_view(), name="decision_correct"),
    path("vedtak/<int:pk>/ta-ut/", views_decisions.DecisionRemove.as_view(), name="decision_remove"),
    path("vedtak/<int:pk>/dokument/", views_decisions.PlanDocumentAdd.as_view(), name="plan_document_add"),
    path("vedtak/dokument/<int:pk>/", views_decisions.PlanDocumentFile.as_view(), name="plan_document"),
    path(
        "vedtak/dokument/<int:pk>/ta-bort/",
        views_decisions.PlanDocumentRemove.as_view(),
        name="plan_document_remove",
    ),
    path("forankring/<int:pk>/rett/", views_plans.AnchoringCorrect.as_view(), name="anchoring_correct"),
    path("framdrift/<int:pk>/rett/", views_plans.ProgressCorrect.as_view(), name="progress_correct"),
    path("reformen/", views_reform.ReformPage.as_view(), name="reform_page"),
]
