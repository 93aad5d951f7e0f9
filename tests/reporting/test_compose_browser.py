"""Hdir composes a round in a real browser, and a municipality then meets what was composed."""

from __future__ import annotations

import pytest
from django.urls import reverse

from reporting.compose.editing import question_of, questions_of
from reporting.form_spec import KINDS
from reporting.models import Report, Round
from tests.browser import axe_violations
from tests.reporting.factories import AUTUMN, SPRING, open_round
from tests.world import build_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CHOSEN = ("one_of", "several_of", "matrix")


@pytest.fixture
def world(settings, transactional_db):
    settings.PORTAL_CLOCK = "2022-03-21T09:00:00"
    made = build_world()
    open_round(AUTUMN)
    return made


def composed() -> Round:
    rows = Round.objects.get_queryset().select_related("form_version")
    return rows.get(reference_date=SPRING)


def order(section: str) -> list[str]:
    return [one["code"] for part, one in questions_of(composed().form_version.definition) if part["key"] == section]


def press(page, value: str, name: str = "action") -> None:
    """A button that sends the form, and the page that follows."""
    with page.expect_navigation():
        page.click(f'button[name="{name}"][value="{value}"]:visible')


def save(page) -> None:
    with page.expect_navigation():
        page.click('.actions button[name="action"][value="save"]')


def begin(page) -> None:
    page.goto(reverse("round_new"))
    page.fill("[name=reference_date]", "1.5.2022")
    page.fill("[name=letter]", "22/4811, 10. mars 2022")
    page.fill("[name=opens_on]", "21.3.2022")
    with page.expect_navigation():
        page.click("main form button[type=submit]")


def add(page, kind: str) -> str:
    """A question of a kind at the end of the part about results, with the answers and rows that it needs."""
    page.goto(reverse("compose_add", args=[composed().pk, "results"]))
    page.fill("#ny-nb", f"Prøve {kind}")
    page.fill("#ny-nn", f"Prøve {kind} på nynorsk")
    page.select_option("#ny-kind", kind)
    with page.expect_navigation():
        page.click("form:has(#ny-nb) button[type=submit]")
    for what in ("option",) * 2 * (kind in CHOSEN) + ("row",) * 2 * (kind == "matrix"):
        press(page, f"{what}_add")
        place = page.locator(f"#{what}s .compose-lines > li").count() - 1
        page.fill(f"#{what}-{place}-nb", f"Valg {what} {place}")
        page.fill(f"#{what}-{place}-nn", f"Val {what} {place}")
    save(page)
    return f"own.prove_{kind}"


def test_hdir_composes_a_round_with_a_question_of_every_kind_and_the_municipality_meets_it(world, open_page):
    page = open_page(user=world.user("hdir-admin"))
    begin(page)
    codes = [add(page, kind) for kind in KINDS]
    round_ = composed()
    assert order("results")[-len(KINDS) :] == codes
    assert [question_of(round_.form_version.definition, code)["kind"] for code in codes] == list(KINDS)

    # one place up, by the keyboard
    page.goto(reverse("round_compose", args=[round_.pk]) + "?apen=results")
    page.focus(f'button[name="move"][value="up:{codes[-1]}"]')
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert order("results")[-2:] == [codes[-1], codes[-2]]
    page.wait_for_selector(f'button[value="up:{codes[-1]}"]:focus')

    # a question that is shown by the answer to another
    page.goto(reverse("compose_question", args=[round_.pk, "own.prove_long_text"]))
    page.select_option("#cond-new", "own.prove_yes_no")
    press(page, "cond_add")
    page.check('input[name="cond_0_values"][value="no"]')
    save(page)
    condition = {"question": "own.prove_yes_no", "any_of": ["no"]}
    assert question_of(composed().form_version.definition, "own.prove_long_text")["shown_when"] == [condition]

    # as the municipality will see it
    page.goto(reverse("compose_preview_section", args=[round_.pk, "results"]) + "?sprak=nn")
    seen = page.inner_text("main")
    assert all(f"Prøve {kind} på nynorsk" in seen for kind in KINDS)
    assert page.is_disabled("#q-own-prove_short_text")

    page.goto(reverse("round_compose", args=[round_.pk]))
    with page.expect_navigation():
        page.click(f'a[href="{reverse("round_publish", args=[round_.pk])}"]')
    with page.expect_navigation():
        page.click("main form button[type=submit]")
    assert composed().published_at is not None

    report = Report.objects.across_all(reason="test").get(round=round_, municipality__versions__number="3004")
    theirs = open_page(user=world.user("editor-3004"))
    theirs.goto(reverse("report_section", args=[report.pk, "results"]))
    text = theirs.inner_text("main")
    assert all(f"Prøve {kind}" in text for kind in KINDS if kind != "long_text")
    assert theirs.is_hidden("#q-own-prove_long_text")
    theirs.check("#q-own-prove_yes_no-no")
    theirs.wait_for_selector("#q-own-prove_long_text", state="visible")


@pytest.mark.looks
@pytest.mark.parametrize("language", ["nb", "nn"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_pages_of_the_composer_are_without_faults(world, open_page, live_server, settings, width, language):
    page = open_page(user=world.user("hdir-admin"), width=width)
    begin(page)
    pk = composed().pk
    page.context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": live_server.url}])
    page.reload()
    assert page.get_attribute("html", "lang") == language
    for name, rest in (
        ("round_list", []), ("round_new", []), ("round_compose", [pk]), ("round_dates", [pk]), ("round_publish", [pk]),
        ("round_unlock", [pk]), ("round_try", [pk]), ("compose_question", [pk, "plan.status"]),
        ("compose_question", [pk, "solutions"]), ("compose_section", [pk, "plan"]), ("compose_add", [pk, "plan"]),
        ("compose_preview_section", [pk, "plan"]),
    ):  # fmt: skip
        page.goto(reverse(name, args=rest))
        assert not axe_violations(page), name
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name


def test_what_is_not_saved_is_not_left_unasked(world, open_page):
    page = open_page(user=world.user("hdir-admin"))
    begin(page)
    page.goto(reverse("compose_question", args=[composed().pk, "plan.case"]))
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.fill("#e-text-nb", "Halvt skrevet")
    page.click("text=Leve hele livet >> nth=0", no_wait_after=True)
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    assert page.input_value("#e-text-nb") == "Halvt skrevet"
    page.locator('input[name="text_nb"]').press("Enter")  # Enter saves, and does not press the first button it finds
    page.wait_for_selector("[data-compose-editor]:not([data-unsaved])")
    assert question_of(composed().form_version.definition, "plan.case")["text"]["nb"] == "Halvt skrevet"
