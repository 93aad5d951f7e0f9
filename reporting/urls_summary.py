"""Addresses of the pages about the country: status, summaries, figures and files."""

from django.urls import path

from reporting.views import burden, delivery, figure, national, operations, summary, summary_compose, summary_steps

_FIGURE = "<str:ref>/<str:row>/"
_COMPOSE = "oppsummering/sett-sammen/<slug:kind>/<int:pk>/"

urlpatterns = [
    path("nasjonal-status/", national.NationalStatus.as_view(), name="national_status"),
    path(f"nasjonal-status/tall/{_FIGURE}", figure.FigureLive.as_view(), name="figure_live"),
    path(f"nasjonal-status/tall/{_FIGURE}<int:unit>/", figure.FigureLiveUnit.as_view(), name="figure_live_unit"),
    path("nasjonal-status/<int:pk>/start/", national.SummaryStart.as_view(), name="summary_start"),
    path("drift/", operations.Operations.as_view(), name="operations"),
    path("metrics", operations.metrics, name="metrics"),
    path("belastning/", burden.RoundBurdenPage.as_view(), name="round_burden"),
    path(f"{_COMPOSE}", summary_compose.SummaryCompose.as_view(), name="summary_compose"),
    path(f"{_COMPOSE}vurdering/", summary_compose.SummaryComposeWords.as_view(), name="summary_compose_words"),
    path(
        f"{_COMPOSE}tabell/<str:table>/",
        summary_compose.SummaryComposeTable.as_view(),
        name="summary_compose_table",
    ),
    path(f"{_COMPOSE}risiko/", summary_compose.SummaryComposeTasks.as_view(), name="summary_compose_tasks"),
    path(f"{_COMPOSE}vis/", summary_compose.SummaryComposePreview.as_view(), name="summary_compose_preview"),
    path(f"{_COMPOSE}lag/", summary_compose.SummaryComposeMake.as_view(), name="summary_compose_make"),
    path("regionhefter/", delivery.VolumeList.as_view(), name="volume_list"),
    path("oppsummeringer/", summary.SummaryList.as_view(), name="summary_list"),
    path("oppsummering/<int:pk>/", summary.SummaryDetail.as_view(), name="summary_detail"),
    path("oppsummering/<int:pk>/framdrift/", summary.SummaryProgress.as_view(), name="summary_progress"),
    path("oppsummering/<int:pk>/godkjent/", summary_steps.SummaryApprove.as_view(), name="summary_approve"),
    path("oppsummering/<int:pk>/ikke-godkjent/", summary_steps.SummaryUnapprove.as_view(), name="summary_unapprove"),
    path("oppsummering/<int:pk>/leveranse/", delivery.SummaryDelivery.as_view(), name="summary_delivery"),
    path("oppsummering/<int:pk>/leveranse/lag/", delivery.SummaryDeliver.as_view(), name="summary_deliver"),
    path(
        "oppsummering/<int:pk>/leveranse/avbryt/",
        delivery.SummaryDeliverCancel.as_view(),
        name="summary_deliver_cancel",
    ),
    path("oppsummering/<int:pk>/sendt/", summary_steps.SummarySend.as_view(), name="summary_send"),
    path("oppsummering/<int:pk>/trukket/", summary_steps.SummaryWithdraw.as_view(), name="summary_withdraw"),
    path("oppsummering/<int:pk>/avbryt/", summary_steps.SummaryCancel.as_view(), name="summary_cancel"),
    path("oppsummering/<int:pk>/igjen/", summary.SummaryRetry.as_view(), name="summary_retry"),
    path(f"oppsummering/<int:pk>/tall/{_FIGURE}", figure.FigureDetail.as_view(), name="figure_detail"),
    path(f"oppsummering/<int:pk>/tall/{_FIGURE}<int:unit>/", figure.FigureUnit.as_view(), name="figure_unit"),
    path("dokument/<int:pk>/", summary.DocumentDownload.as_view(), name="document_download"),
    path("dokument/<int:pk>/igjen/", summary.DocumentRetry.as_view(), name="document_retry"),
]
