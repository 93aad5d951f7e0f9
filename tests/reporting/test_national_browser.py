"""The pages of the country in a real browser: from the start of a summary to the answer behind a figure."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from reporting.documents import build
from reporting.services import documents, summaries
from tests.browser import axe_violations
from tests.reporting.documents.population import FROZEN, populate
from tests.world import build_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SOON = FROZEN + dt.timedelta(hours=1)


def clock():
    return FROZEN


@pytest.fixture
def country(settings, transactional_db, monkeypatch):
    """The small world with two rounds; the jobs run at once, and draw nothing."""
    settings.PORTAL_CLOCK = SOON.isoformat()
    monkeypatch.setattr(build, "draw", lambda document: b"innhold")
    world = build_world()
    return world, populate(world, extra=12)


@pytest.fixture
def summary(country):
    """A summary that is made, with its files."""
    _world, people = country
    made = summaries.summary_request(round=people.now, actor=None, now=FROZEN)
    summaries.summary_build(pk=made.pk, clock=clock)
    for document in made.documents.all():
        documents.document_render(pk=document.pk, clock=clock)
    made.refresh_from_db()
    return made


def fits(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.looks
@pytest.mark.parametrize(("width", "language"), [(1280, "nb"), (390, "nn"), (320, "nb")])
def test_the_pages_fit_and_axe_finds_nothing(country, summary, open_page, live_server, settings, width, language):
    world, people = country
    page = open_page(width=width, user=world.user("hdir"))
    page.context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": live_server.url}])
    for address in (
        reverse("national_status"),
        reverse("summary_list"),
        reverse("summary_detail", args=[summary.pk]),
        reverse("summary_compose", args=["notat", people.now.pk]),
        reverse("summary_compose_words", args=["notat", people.now.pk]),
        reverse("summary_compose_table", args=["notat", people.now.pk, "solutions"]),
        reverse("summary_compose_tasks", args=["notat", people.now.pk]),
        reverse("summary_compose_preview", args=["notat", people.now.pk]),
        reverse("figure_detail", args=[summary.pk, "T2.6", "total"]),
        reverse("figure_unit", args=[summary.pk, "T2.6", "total", people.units[3].pk]),
        reverse("figure_live", args=["T9.3", "total"]),
    ):
        answer = page.goto(address)
        assert answer is not None and answer.status == 200, address
        assert fits(page), f"{address} is wider than {width}"
        assert axe_violations(page) == [], address


def test_from_the_start_of_a_summary_to_the_answer_behind_a_figure(country, open_page):
    world, _people = country
    page = open_page(user=world.user("hdir"))
    page.goto(reverse("national_status"))
    page.locator("form[action$='/start/'] button").click()
    page.wait_for_url("**/oppsummering/*/")
    links = page.locator("#framdrift a[href^='/dokument/']")
    links.first.wait_for(timeout=15_000)
    assert links.count() == 8
    with page.expect_download() as download:
        links.first.click()
    assert download.value.suggested_filename.endswith(".pdf")
    page.locator(".document .card a").first.click()
    page.wait_for_url("**/tall/**")
    page.locator("details.ds-details").first.locator("summary").click()
    page.locator("details.ds-details").first.locator("tbody a").first.click()
    page.wait_for_url("**/tall/*/*/*/")
    assert page.locator(".answers-list .is-here").count() >= 1


def test_a_summary_is_marked_as_sent_and_the_ministry_reads_it(country, summary, open_page):
    world, _people = country
    page = open_page(user=world.user("hdir"))
    page.goto(reverse("summary_detail", args=[summary.pk]))
    page.locator("form[action$='/godkjent/'] button[type=submit]").click()
    page.locator("form[action$='/sendt/']").wait_for()
    page.fill("input[name=case]", "22/1234")
    page.locator("form[action$='/sendt/'] button[type=submit]").click()
    page.locator(".ds-alert", has_text="22/1234").first.wait_for()
    hod = open_page(user=world.user("hod"))
    hod.goto(reverse("summary_list"))
    hod.locator("tbody a").first.click()
    hod.wait_for_url("**/oppsummering/*/")
    assert hod.locator(".document .card").count() == 5
    assert hod.locator("a[href*='/tall/']").count() == 0


def test_a_municipality_is_looked_up_by_its_sami_name(country, summary, open_page):
    world, _people = country
    page = open_page(user=world.user("hdir"))
    page.goto(reverse("figure_detail", args=[summary.pk, "T2.6", "total"]))
    page.fill("#kommune", "guovdageaidnu")
    page.keyboard.press("Enter")
    page.locator("[role=status]", has_text="Kautokeino").wait_for()
