"""Addresses of what those who reported get back, and of the opening of a round's figures."""

from django.urls import path

from reporting.views import compare, explore, explore_figure, opening, results

urlpatterns = [
    path("sammenlign/", compare.CompareRounds.as_view(), name="compare_rounds"),
    path("utforsk/", explore.Explore.as_view(), name="explore"),
    path("utforsk/tall/", explore_figure.ExploreFigure.as_view(), name="explore_figure"),
    path("utforsk/tall/<int:unit>/", explore_figure.ExploreFigureUnit.as_view(), name="explore_figure_unit"),
    path("rapport/<int:pk>/resultat/", results.ReportResults.as_view(), name="report_results"),
    path("rapport/<int:pk>/resultat/<str:style>/", results.ReportResultsFile.as_view(), name="report_results_file"),
    path("runde/<int:pk>/tall/aapne/", opening.RoundFiguresOpen.as_view(), name="round_figures_open"),
    path("runde/<int:pk>/tall/lukk/", opening.RoundFiguresClose.as_view(), name="round_figures_close"),
]
