"""The pages of schemes, criteria and applications in a real browser: axe, both languages, a phone, no scripts."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.urls import reverse

from grants.models import GrantApplication
from grants.services.applications import list_plan, list_take_in
from grants.services.criteria import criteria_get
from grants.services.schemes import scheme_years
from grants.services.shipped import shipped_load
from tests.browser import axe_violations
from tests.grants.lists import TODAY, row, sent, written
from tests.world import build_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LONG = "Et langt notat om hva kommunen har søkt om, og hvorfor beløpet er satt ned i år"


@pytest.fixture
def stage(settings, transactional_db, now):
    settings.PORTAL_CLOCK = "2022-05-04T09:00"
    settings.SECURE_SSL_REDIRECT = False
    world = build_world()
    shipped_load()
    rows = [
        row(status="granted", granted_kr=1_300_000, applied_kr=1_450_000, shielded="yes", note=LONG),
        row(number="5421", unit="Senja", scheme="kompetanse-innovasjon", status="refused"),
    ]
    kept = sent(world, written(*rows), now=now)
    plan, _register = list_plan(kept, today=TODAY)
    list_take_in(held=kept, seen=plan.hash, actor=world.user("hdir"), now=now)
    changes = [row(status="withdrawn"), row(number="3025", unit="Asker", applied_kr=9_000, note=LONG)]
    world.preview = sent(world, written(*changes), now=now)
    world.faulty = sent(world, written(row(number="0106"), row(applied_kr=12, note=LONG)), now=now)
    world.small = sent(world, written(row(number="3025", unit="Asker", applied_kr=9_000)), now=now)
    return world


@pytest.mark.looks
def test_the_pages_pass_axe_in_both_languages_and_fit_a_phone(stage, open_page):
    held = GrantApplication.objects.across_all(reason="test").order_by("id")[0]
    scheme = [2021, "kompetanse-innovasjon"]
    pages = {
        "hdir": [
            reverse("scheme_list", args=[2021]), reverse("scheme_list", args=[2019]),
            reverse("scheme_detail", args=scheme), reverse("scheme_new", args=[2021]),
            reverse("scheme_edit", args=scheme), reverse("scheme_remove", args=scheme),
            reverse("criteria_page", args=[2021]), reverse("criteria_page", args=[2019]),
            reverse("criteria_edit", args=[2021]), reverse("application_list", args=[2021]),
            reverse("application_list", args=[2021]) + "?ordning=frisklivstilbud",
            reverse("application_edit", args=[2021, held.pk]), reverse("application_lists", args=[2021]),
            reverse("application_preview", args=[stage.preview.pk]),
            reverse("application_preview", args=[stage.faulty.pk]),
            reverse("application_preview", args=[stage.small.pk]),
        ],
        "editor-3004": [
            reverse("scheme_list", args=[2021]), reverse("scheme_detail", args=scheme),
            reverse("criteria_page", args=[2021]), reverse("application_list", args=[2021]),
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
                assert axe_violations(page) == [], (url, width)
                assert page.evaluate("document.documentElement.scrollWidth") <= width, (url, width)


def test_a_list_is_sent_in_and_taken_in_without_scripts(stage, open_page, tmp_path: Path):
    page = open_page(user=stage.user("hdir"), java_script_enabled=False)
    file = tmp_path / "liste.xlsx"
    file.write_bytes(written(row(number="0301", unit="Oslo", applied_kr=2_000_000)))
    page.goto(reverse("application_lists", args=[2021]))
    page.set_input_files("[name=file]", str(file))
    page.click("main form[enctype] button[type=submit]")
    assert page.locator(".grant-changes li").count() == 1
    page.click("main form:has([name=seen]) button[type=submit]")
    assert page.locator(".page-messages .ds-alert[data-color=success]").count() == 1
    unit = stage.unit("0301").pk
    assert GrantApplication.objects.across_all(reason="test").get(municipality=unit).applied_kr == 2_000_000


def test_a_year_is_copied_and_its_criteria_changed_without_scripts(stage, open_page):
    page = open_page(user=stage.user("hdir"), java_script_enabled=False)
    page.goto(reverse("scheme_list", args=[2021]))
    page.click(f"form[action='{reverse('scheme_copy', args=[2021])}'] button")
    assert page.url.endswith(reverse("scheme_list", args=[2022]))
    assert scheme_years() == [2022, 2021]
    page.goto(reverse("criteria_edit", args=[2022]))
    page.uncheck("[name=network-planned_counts]")
    page.click("main form button[type=submit]")
    assert page.url.endswith(reverse("criteria_page", args=[2022]))
    assert criteria_get(2022).rows["network"] == {"planned_counts": False}
    assert criteria_get(2021).rows["network"] == {"planned_counts": True}
