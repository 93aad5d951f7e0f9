"""A half-year note in a real browser: composed by keyboard, looked at, made, approved, sent, withdrawn and replaced."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from reporting.documents import build
from reporting.models import NationalSummary
from tests.browser import axe_violations
from tests.reporting.documents.population import FROZEN, populate
from tests.world import build_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SOON = FROZEN + dt.timedelta(hours=1)


@pytest.fixture
def country(settings, transactional_db, monkeypatch):
    """The small world with two rounds; the jobs run at once, and draw nothing."""
    settings.PORTAL_CLOCK = SOON.isoformat()
    monkeypatch.setattr(build, "draw", lambda document: b"innhold")
    world = build_world()
    return world, populate(world, extra=4)


def press(page, name: str) -> None:
    """A button, by the keyboard alone."""
    button = page.locator("main").get_by_role("button", name=name)
    button.focus()
    page.keyboard.press("Enter")


def test_a_note_goes_from_its_parts_to_the_ministry_and_back(country, open_page):
    world, people = country
    page = open_page(user=world.user("hdir"))
    compose = reverse("summary_compose", args=["notat", people.now.pk])
    page.goto(compose)
    parts = page.locator("ol.compose-parts > li")
    expect(parts.nth(3)).to_contain_text("Planstatus")
    page.locator("button[value='up:plan']").focus()
    page.keyboard.press("Enter")
    expect(parts.nth(2)).to_contain_text("Planstatus")
    page.locator("button[value='out:support']").focus()
    page.keyboard.press("Enter")
    expect(page.locator("button[value='in:support']")).to_be_visible()
    write_words(page, people)
    page.goto(compose)
    page.get_by_role("link", name="Forhåndsvis").click()
    page.wait_for_url("**/vis/")
    expect(page.locator(".document")).to_contain_text("Reformen er i rute.")
    assert not NationalSummary.objects.across_all(reason="test").exists()
    first = make(page, compose)
    approve_and_send(page)
    page.goto(reverse("summary_detail", args=[first.pk]))
    page.locator("summary", has_text="Trekk tilbake").click()
    page.locator("#id_reason").fill("Tabell 3 var feil.")
    press(page, "Trekk tilbake")
    expect(page.locator(".ds-alert", has_text="Tabell 3 var feil.")).to_be_visible()
    second = make(page, compose)
    expect(page.locator("#id_change_note")).to_be_visible()
    page.locator("#id_change_note").fill("Tabell 3 er rettet.")
    approve_and_send(page)
    assert axe_violations(page) == []
    ministry_reads(open_page, world, first, second)


def write_words(page, people) -> None:
    page.goto(reverse("summary_compose_words", args=["notat", people.now.pk]))
    page.locator("#id_nb_overall").fill("Reformen er i rute.")
    press(page, "Lagre")
    expect(page.locator(".compose-words tbody tr").first).to_contain_text("Skrevet")


def make(page, compose: str) -> NationalSummary:
    """A version, from the button to its page."""
    page.goto(compose)
    press(page, "Lag en versjon")
    expect(page.locator("#godkjenn")).to_be_visible(timeout=60_000)  # the job runs within the request here
    made: NationalSummary = NationalSummary.objects.across_all(reason="test").order_by("-version").first()
    return made


def approve_and_send(page) -> None:
    press(page, "Godkjenn")
    page.locator("input[name=case]").fill("22/1234")
    press(page, "Merk som sendt")
    expect(page.locator(".ds-alert", has_text="22/1234").first).to_be_visible()


def ministry_reads(open_page, world, first: NationalSummary, second: NationalSummary) -> None:
    hod = open_page(width=390, user=world.user("hod"))
    hod.goto(reverse("summary_list"))
    expect(hod.locator("tbody tr")).to_have_count(2)
    expect(hod.locator("tbody tr").nth(1)).to_contain_text("Trukket tilbake")
    expect(hod.locator("tbody tr").nth(1)).to_contain_text("Erstattet av versjon 2")
    hod.goto(reverse("summary_detail", args=[first.pk]))
    expect(hod.locator(".ds-alert").first).to_contain_text("Tabell 3 var feil.")
    hod.locator(".ds-alert a").click()
    hod.wait_for_url(f"**{reverse('summary_detail', args=[second.pk])}")
    expect(hod.locator("main")).to_contain_text("Tabell 3 er rettet.")
    assert axe_violations(hod) == []
