"""The page that asks where people belong after a split, in a real browser."""

from __future__ import annotations

import datetime as dt

import pytest

from municipalities.models import Membership, Municipality, MunicipalityLink, MunicipalityVersion, User
from tests.browser import axe_violations
from tests.world import build_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def split(settings, transactional_db):
    """Senja is split; one of its two people has a long name."""
    settings.PORTAL_CLOCK = "2024-05-06T09:00+02:00"
    world = build_world()
    version = MunicipalityVersion.objects.get(number="5530")
    MunicipalityVersion.objects.filter(number="5530").delete()
    for number, name in (("5530", "Senja"), ("5531", "Finnsnes")):
        part = Municipality.objects.get_queryset().create()
        version.pk, version.municipality, version.number, version.name = None, part, number, name
        version.save(force_insert=True)
        MunicipalityLink.objects.create(
            old=world.unit("5421"), new=part, kind="split", on=dt.date(2024, 1, 1), old_number="5421", new_number=number
        )
    User.objects.filter(username="reader-5421").update(
        first_name="Sáráhkká Alexandra", last_name="Øverås-Kristoffersen", email=f"{'lang-adresse.' * 5}@example.org"
    )
    return world


@pytest.mark.looks
@pytest.mark.parametrize(("width", "language"), [(1280, "nb"), (390, "nn"), (320, "nb")])
def test_it_fits_is_accessible_and_works_without_a_mouse(split, open_page, live_server, settings, width, language):
    page = open_page(width=width, user=split.user("hdir-admin"))
    page.context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": live_server.url}])
    page.goto("/tilganger/")
    fits = "document.documentElement.scrollWidth <= innerWidth"
    assert page.evaluate(fits) and axe_violations(page) == []
    save = page.locator("main form button[type=submit]")
    save.press("Enter")
    page.wait_for_selector(".ds-error-summary")
    assert page.evaluate(fits) and axe_violations(page) == []
    for box in page.locator("main fieldset input[value=ingen]").all():
        box.press("Space")
    save.press("Enter")
    page.wait_for_selector("main .empty")
    assert page.evaluate(fits) and axe_violations(page) == []
    over = Membership.objects.filter(user__username__in=("editor-5421", "reader-5421"), valid_to=dt.date(2024, 5, 5))
    assert over.count() == 2
