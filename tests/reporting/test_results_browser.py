"""The figures that come back, the exploring and the comparing in a real browser: with the keyboard, small and wide."""

from __future__ import annotations

import pytest
from django.urls import reverse

from reporting.models import Report
from reporting.services.opening import figures_open
from tests.browser import axe_violations
from tests.reporting.documents.population import BEFORE, FROZEN, NOW, populate
from tests.world import build_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def country(settings, transactional_db):
    """The small world with two rounds."""
    settings.PORTAL_CLOCK = FROZEN.isoformat()
    world = build_world()
    return world, populate(world, extra=12)


def report_of(world, number="3025"):
    return Report.objects.get_queryset().get(round__reference_date=NOW, municipality=world.unit(number))


def fits(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def to(page, selector: str) -> None:
    """Go on with the tab key until ``selector`` has the focus."""
    for _step in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"{selector} cannot be reached")


@pytest.mark.looks
@pytest.mark.parametrize(("width", "language"), [(1280, "nb"), (390, "nn"), (320, "nb")])
def test_the_pages_fit_and_axe_finds_nothing(country, open_page, live_server, settings, width, language):
    world, people = country
    hdir, report = world.user("hdir"), report_of(world)
    closed = reverse("report_results", args=[report.pk])
    days = f"fra={NOW}&til={NOW}"
    visits = [
        ("editor-3025", closed),
        ("hdir", reverse("explore") + "?etter=fylke"),
        ("hdir", f"{reverse('explore')}?etter=plan&tall=risiko:involvement&{days}"),
        ("hdir", reverse("explore") + "?etter=planet"),
        ("hdir", reverse("compare_rounds")),
        ("hdir", reverse("compare_rounds") + "?hvem=kommune:3025"),
        ("hdir", reverse("compare_rounds") + "?hvem=x"),
    ]
    opened = [("editor-3025", closed), ("editor-030101", reverse("report_results", args=[_district(world).pk]))]
    for step in (visits, opened):
        for user, address in step:
            page = open_page(width=width, user=world.user(user))
            page.context.add_cookies(
                [{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": live_server.url}]
            )
            page.goto(address)
            assert fits(page), (address, width)
            assert not axe_violations(page), address
            assert page.locator("h1").count() == 1
        for round_ in people.rounds.values():
            figures_open(round_=round_, actor=hdir, now=FROZEN)


def _district(world):
    return Report.objects.get_queryset().get(round__reference_date=BEFORE, municipality=world.unit("030101"))


def test_hdir_opens_the_figures_and_the_municipality_finds_them_from_its_front_page(country, open_page):
    world, people = country
    page = open_page(user=world.user("hdir"))
    page.goto(reverse("national_status"))
    to(page, f"form[action='{reverse('round_figures_open', args=[people.now.pk])}'] button")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"form[action='{reverse('round_figures_close', args=[people.now.pk])}']")
    mine = open_page(width=390, user=world.user("editor-3025"))
    mine.goto(reverse("municipality_home"))
    address = reverse("report_results", args=[report_of(world).pk])
    to(mine, f"a[href='{address}']")
    mine.keyboard.press("Enter")
    mine.wait_for_selector("table.results")
    own = mine.locator("tr.is-own")
    assert own.count() > 3 and all(own.nth(i).locator(".ds-tag").is_visible() for i in range(own.count()))


def test_a_figure_is_chosen_with_the_keyboard_and_the_address_gives_it_again(country, open_page):
    world, _people = country
    page = open_page(user=world.user("hdir"))
    page.goto(reverse("explore"))
    to(page, "#tall")
    page.keyboard.type("For lite")  # the beginning of a name in the list
    to(page, "#etter")
    page.keyboard.press("ArrowDown")
    to(page, "main button[type=submit]")
    page.keyboard.press("Enter")
    page.wait_for_selector("#etter option[value=fylke][selected]", state="attached")
    title = page.locator("#funnet").inner_text()
    assert page.locator("#tall").input_value() == "risiko:involvement"
    svg = page.locator("figure svg:visible")
    assert svg.get_attribute("role") == "img" and title in svg.locator("title").text_content()
    again = open_page(user=world.user("hdir"))
    again.goto(page.locator(".explore__address").get_attribute("href"))
    assert again.locator("table.results").inner_text() == page.locator("table.results").inner_text()
