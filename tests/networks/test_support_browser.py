"""The pages of support and of proposed corrections in a real browser: axe, no scripts, and the keyboard alone."""

from __future__ import annotations

import pytest
from django.urls import reverse

from municipalities.services.corrections import correction_propose
from networks.models import SupportActivity
from networks.services.support import Support, support_give
from tests.browser import axe_violations
from tests.world import VIKEN, build_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def stage(settings, transactional_db, now):
    settings.PORTAL_CLOCK = "2022-05-04T09:00"
    settings.SECURE_SSL_REDIRECT = False
    world = build_world()
    office, unit = world.office(VIKEN), world.unit("3004")
    support = Support(
        office, "course", "usht", now.date(), (unit.pk,), solutions=("1.1",),
        title="Et langt navn på et kurs om aldersvennlige lokalsamfunn og planlegging", note="Ett\nto <tre>",
    )  # fmt: skip
    world.activity = support_give(support, actor=world.user(f"ks-{VIKEN}"), now=now).activity
    support_give(
        Support(office, "letter", "together", now.date(), whole_region=True), actor=world.user(f"ks-{VIKEN}"), now=now
    )
    world.proposal, _made = correction_propose(
        municipality=unit, about="support", text="Møtet mangler.", actor=world.user("editor-3004"), now=now
    )
    return world


@pytest.mark.looks
def test_the_pages_pass_axe_and_fit_a_phone(stage, open_page):
    pk = stage.activity.pk
    pages = {
        f"statsforvalter-{VIKEN}": [
            reverse("support_list"), reverse("support_list") + "?fra=x&kommune=Atlantis", reverse("support_new"),
            reverse("support_detail", args=[pk]), reverse("support_edit", args=[pk]),
            reverse("support_remove", args=[pk]), reverse("correction_list"),
            reverse("correction_detail", args=[stage.proposal.pk]),
        ],
        "editor-3004": [
            reverse("support_list"), reverse("support_detail", args=[pk]), reverse("correction_new", args=["3004"]),
            reverse("correction_detail", args=[stage.proposal.pk]), reverse("correction_list"),
        ],
    }  # fmt: skip
    for username, urls in pages.items():
        for width, language in ((1280, "nb"), (390, "nn"), (320, "nb")):
            user = stage.user(username)
            user.language = language
            user.save()
            page = open_page(width=width, user=user)
            for url in urls:
                assert page.goto(url).status == 200
                assert page.locator(f"html[lang={language}]").count() == 1
                page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
                assert axe_violations(page) == [], (url, width)
                assert page.evaluate("document.documentElement.scrollWidth") <= width, (url, width)


def test_a_line_is_saved_without_scripts(stage, open_page):
    page = open_page(user=stage.user(f"ks-{VIKEN}"), java_script_enabled=False)
    page.goto(reverse("support_new"))
    page.select_option("[name=kind]", "planning")
    page.fill("[name=units_text]", "301; Atlantis\nAsker")
    page.click("main form button[type=submit]")
    assert page.input_value("[name=units_text]").replace("\r", "") == "301; Atlantis\nAsker"
    assert "Atlantis" in page.text_content("#id_units_text_error")
    page.fill("[name=units_text]", "301; Asker")
    page.click("main form button[type=submit]")
    assert page.locator(".page-messages .ds-alert[data-color=success]").count() == 1
    row = SupportActivity.objects.across_all(reason="test").get(kind="planning")
    assert {unit.pk for unit in row.municipalities.all()} == {stage.unit("0301").pk, stage.unit("3025").pk}


def test_the_next_line_is_written_from_the_keyboard_alone(stage, open_page):
    page = open_page(user=stage.user(f"ks-{VIKEN}"))
    page.goto(reverse("support_new") + "?dato=2022-03-01&neste=1")
    assert page.evaluate("document.activeElement.name") == "kind"
    page.keyboard.press("ArrowDown")
    for _step in range(3):  # who gave it, the ways to say to whom, the box
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "units_text"
    page.keyboard.type("3004, 3025")
    while page.evaluate("document.activeElement.type") != "submit":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector(".page-messages .ds-alert[data-color=success]")
    assert "dato=2022-03-01" in page.url
    row = SupportActivity.objects.across_all(reason="test").get(on="2022-03-01")
    assert (row.kind, row.municipalities.count()) == ("dialogue", 2)
