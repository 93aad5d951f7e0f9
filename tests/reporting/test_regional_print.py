"""The region's report on paper: all of it as text, and nothing that can only be used on a screen."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from municipalities.models import OfficeName
from municipalities.services.plan_documents import Upload
from reporting.models import RegionalReport
from reporting.services.regional import plan_attach, regional_deliver, regional_open, regional_save, regional_spec
from tests.browser import axe_violations
from tests.reporting.documents.compare import pdf_text
from tests.reporting.factories import SPRING, ReportFactory, at, reviewer, unit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NOW = at(SPRING + dt.timedelta(days=15))
PLAN = Upload("Regional plan.pdf", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n")


@pytest.mark.parametrize(("language", "words"), [("nb", "Hva som mangler"), ("nn", "Kva som manglar")])
def test_the_paper_holds_the_whole_report_and_nothing_to_press(open_page, settings, language, words):
    settings.PORTAL_CLOCK = NOW.isoformat()
    report = ReportFactory.approved()
    late = ReportFactory.draft(round_=report.round, municipality=unit("Sein"))
    OfficeName.objects.create(
        office=report.office, name_nb="Statsforvalteren", name_nn="Statsforvaltaren", short_name="Embetet",
        valid_from=dt.date(2018, 1, 1),
    )  # fmt: skip
    staff = reviewer(report.office)
    staff.language = language
    staff.save()
    regional: RegionalReport = regional_open(round_=report.round, office=report.office, now=NOW)
    given = [
        (one.code, one.option_keys[0] if one.option_keys else "Godt i gang.", None)
        for one in regional_spec(regional, now=NOW).questions()
    ]
    regional_save(regional=regional, items=given, reasons={late.pk: "Ny kommunedirektør."}, actor=staff, now=NOW)
    plan_attach(regional=regional, upload=PLAN, actor=staff, now=NOW)
    page = open_page(width=390, user=staff)
    address = reverse("regional_print", args=[report.office.key, str(SPRING)])
    for delivered in (False, True):
        if delivered:
            regional.refresh_from_db()
            regional_deliver(regional=regional, actor=staff, now=NOW)
        page.goto(address)
        assert not axe_violations(page) and page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.emulate_media(media="print")
        assert page.locator(":is(main, header, nav, footer) :is(input, select, textarea, button):visible").count() == 0
        text = " ".join(pdf_text(page.pdf(format="A4")).split())
        for said in ("Godt i gang.", "Ny kommunedirektør.", "Sein", "Regional plan.pdf", words):
            assert said in text, (delivered, said)
        assert (str(staff) in text.split(words)[0].split("Godt i gang.")[0]) or not delivered
        page.emulate_media(media="screen")
