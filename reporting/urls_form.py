"""Addresses of the municipality's pages: its front page, the form, the receipt and the report's own page."""

from django.urls import path

from reporting.views import (
    burden,
    checks,
    form,
    form_print,
    form_workbook,
    municipality,
    receipt,
    submit,
    talk,
    together,
)

urlpatterns = [
    path("kommune/", municipality.MunicipalityHome.as_view(), name="municipality_home"),
    path("kontroller/", checks.ChecksList.as_view(), name="checks_list"),
    path("rapport/<int:pk>/", talk.ReportPage.as_view(), name="report_detail"),
    path("rapport/<int:pk>/melding/", talk.ReportMessageWrite.as_view(), name="report_message"),
    path("rapport/<int:pk>/skjema/", form.ReportFormStart.as_view(), name="report_form"),
    path("rapport/<int:pk>/skjema/<slug:section>/", form.ReportSection.as_view(), name="report_section"),
    path("rapport/<int:pk>/skjema/<slug:section>/kollega/", together.SectionHand.as_view(), name="section_hand"),
    path("rapport/<int:pk>/endringer/", together.DraftHistory.as_view(), name="report_changes"),
    path("rapport/<int:pk>/utskrift/", form_print.ReportPrint.as_view(), name="report_print"),
    path("rapport/<int:pk>/lagre/", form.ReportSave.as_view(), name="report_save"),
    path("rapport/<int:pk>/tid/", burden.FormTimeAdd.as_view(), name="report_time"),
    path("rapport/<int:pk>/se-over/", submit.ReportSummaryPage.as_view(), name="report_summary"),
    path("rapport/<int:pk>/send-inn/", submit.ReportSubmit.as_view(), name="report_submit"),
    path("rapport/<int:pk>/uendret/", submit.ReportNothingNew.as_view(), name="report_nothing_new"),
    path("rapport/<int:pk>/excel/", form_workbook.ReportWorkbook.as_view(), name="report_workbook"),
    path(
        "rapport/<int:pk>/excel/last-opp/", form_workbook.ReportWorkbookUpload.as_view(), name="report_workbook_upload"
    ),
    path("rapport/<int:pk>/excel/bruk/", form_workbook.ReportWorkbookUse.as_view(), name="report_workbook_use"),
    path("rapport/<int:pk>/kvittering/", receipt.ReceiptPage.as_view(), name="report_receipt"),
]
