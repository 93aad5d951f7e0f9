"""What a browser alone can show: the fewest clicks to a receipt, and an error that leaves the writer in peace."""

from __future__ import annotations

import pytest
from django.urls import reverse

from reporting.models import Report, Submission
from tests.reporting.factories import AUTUMN, SPRING, ReportFactory, open_round
from tests.reporting.test_form_browser import PASSWORD, leave, place, section, settled, value, whole  # noqa: F401
from tests.world import build_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
COUNT = """
addEventListener("click", event => {
  if (event.isTrusted) sessionStorage.setItem("clicks", 1 + Number(sessionStorage.getItem("clicks")));
}, true);
addEventListener("keydown", () => sessionStorage.setItem("typed", "yes"), true);
"""


@pytest.fixture
def unchanged(settings, transactional_db, monkeypatch):
    """Fredrikstad with an approved report in the last round and nothing begun in this one."""
    monkeypatch.setattr("reporting.services.submissions.receipt_make", lambda **_how: None)  # no PDF is looked at here
    settings.PORTAL_CLOCK = "2022-04-19T10:40:00"
    world = build_world()
    editor = world.user("editor-3004")
    editor.set_password(PASSWORD)
    editor.save()
    unit, by = world.unit("3004"), world.user("statsforvalter-oslo-og-viken")
    ReportFactory.approved(round_=open_round(AUTUMN), municipality=unit, actor=editor, by=by, values=whole())
    open_round(SPRING)
    return world


@pytest.mark.parametrize("width", [1280, 390])
def test_an_unchanged_municipality_goes_from_login_to_receipt_in_at_most_three_clicks(unchanged, open_page, width):
    page = open_page(width=width)
    page.goto(reverse("account_login"))
    page.fill("[name=login]", "editor-3004")
    page.fill("[name=password]", PASSWORD)
    page.click("main [type=submit]")
    page.wait_for_selector("#nothing-new")
    page.add_init_script(COUNT)
    page.reload()
    rows = Report.objects.across_all(reason="test")
    report = rows.get(round__reference_date=SPRING, municipality=unchanged.unit("3004"))
    page.click(f'a[href="{reverse("report_nothing_new", args=[report.pk])}"]')
    page.click("main .panel form [type=submit], main form.panel [type=submit]")
    page.wait_for_url("**/kvittering/")
    clicks, typed = page.evaluate("[Number(sessionStorage.getItem('clicks')), sessionStorage.getItem('typed')]")
    assert 1 <= clicks <= 3
    assert typed is None
    submission = Submission.objects.across_all(reason="test").get(report=report)
    assert submission.nothing_new
    page.wait_for_selector("h1")
    assert submission.answers_hash[:8] in page.content().replace(" ", "")


def test_an_error_moves_no_focus_while_the_next_answer_is_written(place, open_page):  # noqa: F811
    """An error took the focus back to its field in the middle of a word."""
    page = open_page(user=place.user("editor-3004"))
    page.goto(section("plan"))
    page.fill("#q-plan-case", "")
    settled(page)
    leave(page, "#q-plan-decided_on", "17.17.2022")
    page.focus("#q-plan-case")
    page.keyboard.type("PS 1", delay=40)
    page.wait_for_selector("#q-plan-decided_on-error:not([hidden])")
    assert page.evaluate("document.activeElement.id") == "q-plan-case"
    page.keyboard.type("23/22", delay=40)
    assert page.input_value("#q-plan-case") == "PS 123/22"
    page.keyboard.press("Tab")
    settled(page)
    assert value("plan.case") == "PS 123/22"
    assert page.input_value("#q-plan-decided_on") == "17.17.2022"
