"""The choice of borders in a real browser: by the keyboard, on a phone and a wide screen, with axe's checks."""

from __future__ import annotations

import datetime as dt

import pytest

from networks.services import meeting_register, participations_add
from networks.services.support import Support, support_give
from tests.browser import axe_violations
from tests.networks.split_world import split_tysfjord
from tests.world import FINNMARK, VIKEN

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
D = dt.date
DAY = D(2019, 6, 1)
CHOSEN, OTHER = "ul.views a[aria-current]", "ul.views a:not([aria-current])"


@pytest.fixture(autouse=True)
def day_of_the_round(settings):
    settings.PORTAL_CLOCK = "2022-05-04T09:00"


@pytest.fixture
def addresses(world, now):
    """The four pages: who took part in 2019, and what was given then."""
    split_tysfjord(world)
    how = {"actor": None, "now": now}
    given = []
    for office, numbers in ((VIKEN, ("0220", "0627", "3004")), (FINNMARK, ("1850", "1927", "5430"))):
        network, units = world.networks[office], [world.unit(number).pk for number in numbers]
        dates = {"valid_from": D(2019, 1, 1), "valid_to": D(2019, 12, 31)}
        participations_add(network=network, units=units, status="active", **dates, **how)
        meeting_register(network=network, on=DAY, attendance=units, **how)
        support = Support(office=world.office(office), kind="course", provider="usht", on=DAY, units=tuple(units))
        given.append(support_give(support, actor=world.user("hdir-admin"), now=now).activity)
    network = world.networks[FINNMARK]
    return [
        "/nettverk/?embete=&dag=2019-06-01", f"/nettverk/{network.pk}/?dag=2019-06-01", "/stotte/?sorter=-antall",
        f"/stotte/{given[1].pk}/",
    ]  # fmt: skip


@pytest.mark.parametrize("width", [390, 1280])
def test_borders_are_chosen_by_the_keyboard_and_nothing_is_wider_than_the_page(world, open_page, addresses, width):
    page = open_page(width=width, user=world.user("hdir"))
    for address in addresses:
        page.goto(address)
        assert page.locator(CHOSEN).count() == page.locator(OTHER).count() == 1
        page.locator(OTHER).focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**grenser=na**")
        assert "grenser=na" in page.locator(CHOSEN).get_attribute("href")
        assert "04.05.2022" in page.content() or "/nettverk/" in address
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        assert axe_violations(page) == []
        page.locator(OTHER).focus()
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "grenser=na" not in url)
        assert axe_violations(page) == []


def test_sorting_and_filtering_keep_the_borders(world, open_page, addresses):
    page = open_page(user=world.user("hdir"))
    for address in (addresses[0], addresses[2]):
        page.goto(f"{address}&grenser=na")
        page.locator("thead a.sort").first.click()
        page.wait_for_url(lambda url: "sorter=" in url and "-antall" not in url)
        assert "grenser=na" in page.url
        page.fill("#sok", "noe annet")
        page.locator("form[role=search] button[type=submit]").first.click()
        page.wait_for_url("**sok=noe**")
        assert "grenser=na" in page.url
