"""The list with its map, the region's page and a municipality's page in a real browser: keyboard, phone, languages."""

from __future__ import annotations

import datetime as dt

import pytest

from municipalities.models import MunicipalityVersion
from tests.browser import axe_violations
from tests.municipalities.test_municipality_page import rich
from tests.world import VIKEN, build_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PLACES = {"3004": (2, 3), "3025": (1, 1), "0301": (2, 1), "5430": (4, 0), "5421": (3, 0)}


@pytest.fixture
def place(settings, transactional_db, now):
    """The small world with tiles, and a long history of one unit."""
    settings.PORTAL_CLOCK = "2022-05-04T09:00:00"
    world = build_world()
    for number, (column, row) in PLACES.items():
        versions = MunicipalityVersion.objects.filter(number=number, valid_from=dt.date(2020, 1, 1))
        assert versions.update(tile_column=column, tile_row=row) == 1
    rich(world, now)
    return world


def focused(page) -> str:
    return page.evaluate("document.activeElement.getAttribute('href') || document.activeElement.id")


@pytest.mark.looks
@pytest.mark.parametrize(("width", "language"), [(1280, "nb"), (390, "nn"), (320, "nb")])
def test_the_pages_fit_and_axe_finds_nothing(place, open_page, live_server, settings, width, language):
    page = open_page(width=width, user=place.user("statsforvalter-oslo-og-viken"))
    page.context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": live_server.url}])
    for address in (
        "/kommuner/", "/kommuner/?farge=nettverk&nettverk=ja", "/kommuner/?farge=stotte&q=ingen",
        "/kommuner/?farge=fase",
        "/kommuner/?dato=2019-12-31", "/kommuner/?dato=2019-12-31&grenser=na", "/kommuner/?dato=aldri",
        f"/region/{VIKEN}/", f"/region/{VIKEN}/?dato=2019-12-31&grenser=na",
        "/kommune/3004/", "/kommune/0627/", "/kommune/030101/",
    ):  # fmt: skip
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{address} is too wide"
        assert axe_violations(page) == [], address


def test_the_map_is_one_stop_and_the_arrows_go_from_tile_to_tile(place, open_page):
    page = open_page(user=place.user("hdir"))
    page.goto("/kommuner/")
    tiles = page.locator("a.t")
    assert tiles.count() == 5
    assert page.locator('a.t[tabindex="0"]').count() == 1
    page.locator('a.t[tabindex="0"]').focus()
    assert focused(page) == "/kommune/5421/"  # row by row, from the north
    for key, wanted in (
        ("ArrowRight", "5430"), ("ArrowLeft", "5421"), ("ArrowDown", "0301"), ("ArrowLeft", "3025"), ("End", "3004"),
        ("Home", "5421"), ("ArrowUp", "5421"),
    ):  # fmt: skip
        page.keyboard.press(key)
        assert focused(page) == f"/kommune/{wanted}/", key
    assert page.locator("[data-tilemap-here]").inner_text().startswith("Senja:")
    page.keyboard.press("Enter")
    page.wait_for_url("**/kommune/5421/")


def test_the_map_can_be_passed_over(place, open_page):
    page = open_page(user=place.user("hdir"))
    page.goto("/kommuner/")
    page.locator(".map-skip").focus()
    page.keyboard.press("Enter")
    assert focused(page) == "liste"


def test_without_script_every_tile_is_a_link(place, open_page):
    page = open_page(user=place.user("hdir"), java_script_enabled=False)
    page.goto("/kommuner/")
    page.locator('a.t[href="/kommune/3004/"]').click()
    page.wait_for_url("**/kommune/3004/")


def test_a_finger_first_learns_which_tile_it_hit(place, open_page):
    page = open_page(width=390, user=place.user("hdir"), has_touch=True)
    page.goto("/kommuner/")
    page.locator('a.t[href="/kommune/3004/"]').tap()
    here = page.locator("[data-tilemap-here]")
    assert here.inner_text().startswith("Fredrikstad:") and page.url.endswith("/kommuner/")
    here.locator("a").tap()
    page.wait_for_url("**/kommune/3004/")


def test_the_filters_stay_in_the_address(place, open_page):
    page = open_page(user=place.user("hdir"))
    page.goto("/kommuner/?farge=fase&sorter=-stotte")
    page.get_by_role("searchbox").fill("fredrik")
    page.get_by_role("searchbox").press("Enter")
    page.wait_for_url("**q=fredrik**")
    assert "farge=fase" in page.url and "sorter=-stotte" in page.url
    assert page.locator("main [role=status]").inner_text().startswith("1 ")
    page.goto(page.url)  # the address alone gives the same view
    assert page.locator("tbody th[scope=row] a[href='/kommune/3004/']").count() == 1
