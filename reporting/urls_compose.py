"""Addresses of Hdir's pages on which a round and its forms are composed."""

from django.urls import path

from reporting.views import compose, compose_preview, compose_question, compose_round, compose_section, compose_trial

urlpatterns = [
    path("runder/", compose.RoundList.as_view(), name="round_list"),
    path("runder/ny/", compose_round.RoundNew.as_view(), name="round_new"),
    path("runde/<int:pk>/", compose.RoundCompose.as_view(), name="round_compose"),
    path("runde/<int:pk>/frister/", compose_round.RoundDates.as_view(), name="round_dates"),
    path("runde/<int:pk>/publiser/", compose_round.RoundPublish.as_view(), name="round_publish"),
    path("runde/<int:pk>/rett/", compose_round.RoundCorrect.as_view(), name="round_correct"),
    path("runde/<int:pk>/las-opp/", compose_round.RoundUnlock.as_view(), name="round_unlock"),
    path("runde/<int:pk>/prove/", compose_trial.RoundTry.as_view(), name="round_try"),
    path("runde/<int:pk>/slett/", compose_trial.RoundWipe.as_view(), name="round_wipe"),
    path("runde/<int:pk>/regionskjema/", compose_round.RoundRegion.as_view(), name="round_region"),
    path("runde/<int:pk>/flytt/", compose.ComposeMove.as_view(), name="compose_move"),
    path("runde/<int:pk>/del-ny/", compose_section.ComposeSectionNew.as_view(), name="compose_section_new"),
    path("runde/<int:pk>/del/<str:section>/", compose_section.ComposeSection.as_view(), name="compose_section"),
    path("runde/<int:pk>/del/<str:section>/sporsmal/", compose_section.ComposeAdd.as_view(), name="compose_add"),
    path("runde/<int:pk>/sporsmal/<str:code>/", compose_question.ComposeQuestion.as_view(), name="compose_question"),
    path("runde/<int:pk>/forhandsvisning/", compose_preview.ComposePreview.as_view(), name="compose_preview"),
    path(
        "runde/<int:pk>/forhandsvisning/<str:section>/",
        compose_preview.ComposePreview.as_view(),
        name="compose_preview_section",
    ),
]
