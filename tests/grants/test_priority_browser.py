"""The way of a priority list in a browser: Hdir looks, tries and decides, the statsforvalter overrules, and the
municipality sees it; axe finds nothing, wide and narrow, in both languages."""

from __future__ import annotations

import pytest
from django.conf import settings as django_settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from playwright.sync_api import Page, expect

from grants.models import CriterionNote, PriorityDecision
from tests.browser import axe_violations
from tests.grants.priority_world import join, meets, scheme
from tests.world import FINNMARK, VIKEN, World

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def country(world: World, settings) -> World:
    """Two that meet all criteria, one that lacks a network, and the schemes of 2021."""
    settings.PORTAL_CLOCK = "2022-05-04T09:00"
    scheme()
    meets(world.unit("3004"), world.networks[VIKEN])
    meets(world.unit("3025"), world.networks[VIKEN], leave="network")
    meets(world.unit("5430"), world.networks[FINNMARK])
    return world


def looked_at(page: Page) -> None:
    """Nothing is wrong with the page, and it does not scroll sideways."""
    assert axe_violations(page) == [], page.url
    wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    assert not wide, page.url


@pytest.mark.parametrize(("width", "language"), [(1280, "nb"), (390, "nn")])
def test_from_the_list_to_a_decision_and_what_differs_after_it(open_page, live_server, country, width, language):
    def opened(user: str) -> Page:
        page = open_page(user=country.user(user), width=width)
        cookie = {"name": django_settings.LANGUAGE_COOKIE_NAME, "value": language, "url": live_server.url}
        page.context.add_cookies([cookie])
        return page

    with translation.override(language):
        page = opened("hdir")
        page.goto(reverse("priority_list", args=[2021]))
        assert page.locator("html").get_attribute("lang") == language
        looked_at(page)
        page.locator("main").get_by_role("link", name="Asker").click()
        expect(page.locator("h1")).to_contain_text("Asker")
        expect(page.locator("#network")).to_be_visible()
        looked_at(page)

        page.goto(reverse("priority_list", args=[2021]))
        page.get_by_role("link", name=_("Try other criteria or another day")).click()
        page.get_by_label(_("Takes part in a regional network, or plans to")).uncheck()
        page.get_by_role("button", name=_("See what it does")).click()
        expect(page.locator("section", has=page.locator("#inn")).get_by_role("link", name="Asker")).to_be_visible()
        looked_at(page)
        page.locator("input[name=kriterium]").evaluate_all("boxes => boxes.forEach(box => { box.checked = false })")
        page.get_by_role("button", name=_("See what it does")).click()
        expect(page.get_by_text(_("Leave at least one criterion."))).to_be_visible()
        looked_at(page)

        page.goto(reverse("priority_scheme", args=[2021, "usht"]))
        looked_at(page)
        page.locator("#vedta > summary").click()
        page.locator("#id_day").fill("5.5.2030")
        page.locator("#id_note").fill("Ja")
        page.locator("#vedta button[type=submit]").click()
        expect(page.locator("#id_day")).to_have_attribute("aria-invalid", "true")
        expect(page.locator("#id_note")).to_have_value("Ja")
        looked_at(page)
        page.locator("#id_day").fill("4.5.2022")
        page.locator("#vedta button[type=submit]").click()
        expect(page.get_by_text(_("The list is decided. It will not change."))).to_be_visible()
        made = PriorityDecision.objects.across_all(reason="test").get()
        expect(page.get_by_text(made.content_hash)).to_be_visible()
        expect(page.get_by_text(_("Nobody would fall in or out if it were decided today."))).to_be_visible()

        join(country.unit("3025"), country.networks[VIKEN])
        page.reload()
        fallen = page.locator("table[aria-labelledby=inn]")
        expect(fallen.get_by_role("link", name="Asker")).to_be_visible()
        looked_at(page)
        made.refresh_from_db()
        assert made.version == 1


@pytest.mark.parametrize(("width", "language"), [(1280, "nb"), (390, "nn")])
def test_the_statsforvalter_overrules_and_the_municipality_sees_why(open_page, live_server, country, width, language):
    def opened(user: str) -> Page:
        page = open_page(user=country.user(user), width=width)
        cookie = {"name": django_settings.LANGUAGE_COOKIE_NAME, "value": language, "url": live_server.url}
        page.context.add_cookies([cookie])
        return page

    with translation.override(language):
        page = opened(f"statsforvalter-{VIKEN}")
        page.goto(reverse("priority_unit", args=[2021, country.unit("3025").pk]))
        part = page.locator("section.priority-part", has=page.locator("#network"))
        part.locator("summary").click()
        part.locator("input[value=overrule-met]").check()
        part.locator("button[type=submit]").click()
        expect(page.locator("#id_network-reason")).to_have_attribute("aria-invalid", "true")
        expect(part.locator("input[value=overrule-met]")).to_be_checked()
        looked_at(page)
        page.locator("#id_network-reason").fill("Deltar i nettverket siden april.")
        part.locator("button[type=submit]").click()
        expect(page.get_by_text(_("It is added, and the municipality can read it."))).to_be_visible()
        looked_at(page)

        own = opened("editor-3025")
        own.goto(reverse("municipality_home"))
        looked_at(own)
        own.get_by_role("link", name=_("How your municipality meets the criteria")).click()
        expect(own.get_by_text("Deltar i nettverket siden april.")).to_be_visible()
        part = own.locator("section.priority-part", has=own.locator("#network"))
        expect(part.locator(".outcome--large")).to_have_attribute("data-state", "met")
        assert own.locator("form.stack textarea").count() == 0
        looked_at(own)

        part = page.locator("section.priority-part", has=page.locator("#network"))
        part.locator(".priority-note summary").click()
        part.locator(".priority-note textarea").fill("Feil kommune.")
        part.locator(".priority-note button").click()
        expect(page.get_by_text(_("It is withdrawn. It stays visible, and does not count."))).to_be_visible()
        looked_at(page)
        own.reload()
        expect(own.get_by_text("Feil kommune.")).to_be_visible()
        expect(part.locator(".outcome--large")).to_have_attribute("data-state", "unknown")
        assert CriterionNote.objects.across_all(reason="test").get().withdrawn_at is not None
