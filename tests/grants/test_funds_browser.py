"""The pages of the offices' funds and the appropriations in a real browser: axe, a phone, no scripts, the keyboard."""

from __future__ import annotations

import pytest
from django.urls import reverse

from grants.models import Appropriation, KeyTable
from grants.services import funds
from grants.services.shipped import shipped_load
from tests.browser import axe_violations
from tests.grants.test_key_tables import as_bytes, table
from tests.world import build_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def stage(settings, transactional_db):
    settings.PORTAL_CLOCK = "2022-05-04T09:00"
    settings.SECURE_SSL_REDIRECT = False
    world = build_world()
    shipped_load()
    return world


def sound(page, width: int, what: str) -> None:
    """The page passes axe and is no wider than the screen."""
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert axe_violations(page) == [], (what, width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width, (what, width)


@pytest.mark.looks
def test_the_pages_pass_axe_and_fit_a_phone(stage, open_page):
    row = Appropriation.objects.across_all(reason="test").first()
    reading = [
        reverse("allocation_list"), reverse("allocation_page", args=[2022]) + "?eksempel=troms-og-finnmark",
        reverse("appropriation_list"),
    ]  # fmt: skip
    pages = {
        "editor-3004": reading,
        "hdir": [
            *reading, reverse("allocation_edit", args=[2022]), reverse("allocation_edit", args=[2023]),
            reverse("key_tables"), reverse("appropriation_new"), reverse("appropriation_edit", args=[row.pk]),
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
                sound(page, width, url)
            assert page.goto(reverse("allocation_page", args=[2030])).status == 404
            sound(page, width, "a year without a formula")


def test_a_formula_is_tried_mended_and_saved_without_scripts(stage, open_page):
    page = open_page(width=390, user=stage.user("hdir"), java_script_enabled=False)
    page.goto(reverse("allocation_edit", args=[2022]))
    page.fill("[name=flat]", "4 100")
    page.click("button[value=preview]")
    assert page.input_value("[name=flat]") == "4 100"
    assert page.locator("#id_total_error").count() == 1 and page.locator("button[value=save]").count() == 0
    page.fill("[name=municipalities]", "5 900")
    page.click("button[value=preview]")
    assert page.locator("tfoot").inner_text().replace("\u00a0", " ").split("\t")[1] == "10 000"
    page.click("button[value=save]")
    assert page.url.endswith(reverse("allocation_page", args=[2022]))
    assert [part.amount for part in funds.formula_of(2022).parts] == [4_100, 5_900]


def test_a_table_is_taken_in_and_the_result_of_sharing_by_it_shown(stage, open_page):
    page = open_page(user=stage.user("hdir"))
    page.goto(reverse("key_tables"))
    page.set_input_files("[name=file]", {"name": "x.json", "mimeType": "application/json", "buffer": b"{}"})
    page.click("main form button[type=submit]")
    sound(page, 1280, "a file that is no table")
    good = {"name": "07459.json", "mimeType": "application/json", "buffer": as_bytes(table())}
    page.set_input_files("[name=file]", good)
    page.click("main form button[type=submit]")
    sound(page, 1280, "what is in a table")
    page.click("main form button[type=submit]")
    assert KeyTable.objects.across_all(reason="test").count() == 1
    sound(page, 1280, "the tables that were taken in")
    page.goto(reverse("allocation_edit", args=[2022]))
    page.fill("[name=flat]", "0")
    page.fill("[name=by_table]", "5 000")
    page.select_option("[name=table]", index=1)
    page.click("button[value=preview]")
    sound(page, 1280, "the result")
    with page.expect_download() as found:
        page.goto(reverse("allocation_page", args=[2022]))
        page.click("a[href$='/word/']")
    assert found.value.suggested_filename == "fordeling-2022.docx"


def test_an_appropriation_is_entered_from_the_keyboard_alone(stage, open_page):
    page = open_page(user=stage.user("hdir"))
    page.goto(reverse("appropriation_new"))
    page.focus("[name=year]")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("KS")
    for _step in range(3):
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "amount"
    page.keyboard.type("10,25")
    while page.evaluate("document.activeElement.type") != "submit":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**" + reverse("appropriation_list"))
    row = Appropriation.objects.across_all(reason="test").get(year=2022)
    assert (row.receiver, row.amount) == ("ks", 10_250)
