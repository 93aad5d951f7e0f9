"""The municipality's form in a real browser: saving, a lost connection, a lost session, two tabs, and sending in."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from reform.models import Solution
from reporting.compose import editing
from reporting.models import Report, Round, Submission
from reporting.services.form_mending import form_correct
from tests.browser import axe_violations
from tests.reporting.factories import AUTUMN, SPRING, ReportFactory, answers, at, open_round
from tests.world import World, build_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "et-langt-passord-1"


@pytest.fixture
def place(settings, transactional_db, monkeypatch) -> World:
    """Fredrikstad with an approved report in the last round and a draft in this one."""
    monkeypatch.setattr("reporting.services.submissions.receipt_make", lambda **_how: None)  # no PDF is looked at here
    settings.PORTAL_CLOCK = "2022-04-19T10:40:00"
    world = build_world()
    editor = world.user("editor-3004")
    editor.set_password(PASSWORD)
    editor.save()
    unit, by = world.unit("3004"), world.user("statsforvalter-oslo-og-viken")
    ReportFactory.approved(round_=open_round(AUTUMN), municipality=unit, actor=editor, by=by, values=whole())
    ReportFactory.draft(round_=open_round(SPRING), municipality=unit, actor=editor, values=whole())
    return world


def whole(**changes: Any) -> dict[str, Any]:
    return answers(solutions={row.code: "in_place" for row in Solution.objects.all()}, **changes)


def report() -> Report:
    rows = Report.objects.across_all(reason="test")
    return rows.get(round__reference_date=SPRING, municipality__versions__number="3004")


def value(key: str) -> Any:
    return report().draft["fields"].get(key, {}).get("value")


def section(key: str) -> str:
    return reverse("report_section", args=[report().pk, key])


def state(page, wanted: str) -> None:
    """Wait until the status line is in this state."""
    page.wait_for_selector(f'[data-status][data-state="{wanted}"]')


def leave(page, selector: str, text: str) -> None:
    """Write in a field and leave it by the keyboard."""
    page.fill(selector, text)
    page.keyboard.press("Tab")


def settled(page) -> None:
    """Wait until everything is sent and nothing waits in the browser."""
    until(page, "reportForm.queue.idle && localStorage.length === 0")


def until(page, condition: str) -> None:
    """Wait for a condition (``wait_for_function`` needs an eval, which the site's policy forbids)."""
    for _try in range(200):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    raise AssertionError(condition)


def test_a_field_is_saved_as_it_is_left_and_is_there_after_a_reload(place, open_page):
    page = open_page(user=place.user("editor-3004"))
    page.goto(section("plan"))
    leave(page, "#q-plan-case", "PS 99/22")
    settled(page)
    state(page, "saved")
    assert value("plan.case") == "PS 99/22"
    page.reload()
    assert page.input_value("#q-plan-case") == "PS 99/22"


def test_a_wrong_value_gets_its_sentence_and_a_right_one_takes_it_away(place, open_page):
    page = open_page(user=place.user("editor-3004"))
    page.goto(section("plan"))
    leave(page, "#q-plan-decided_on", "17.17.2022")
    page.wait_for_selector("#q-plan-decided_on-error:not([hidden])")
    assert page.get_attribute("#q-plan-decided_on", "aria-invalid") == "true"
    assert page.get_attribute("#q-plan-decided_on", "aria-describedby").startswith("q-plan-decided_on-error")
    leave(page, "#q-plan-decided_on", "3/2-22")
    settled(page)
    assert page.is_hidden("#q-plan-decided_on-error")
    assert page.input_value("#q-plan-decided_on") == "03.02.2022"


def test_questions_come_and_go_with_the_answers(place, open_page):
    page = open_page(user=place.user("editor-3004"))
    page.goto(section("plan"))
    assert page.is_visible("#q-plan-decided_on")
    page.check("#q-plan-status-process")
    page.wait_for_selector("#q-plan-expected_on", state="visible")
    assert page.is_hidden("#q-plan-decided_on")
    page.check("#q-plan-status-own")
    assert page.input_value("#q-plan-decided_on") == "17.06.2021"
    settled(page)


def test_a_lost_connection_loses_nothing(place, open_page):
    page = open_page(user=place.user("editor-3004"))
    page.goto(section("plan"))
    page.context.set_offline(True)
    leave(page, "#q-plan-case", "PS 50/22")
    state(page, "retry")
    leave(page, "#q-plan-link", "https://kommunen.example/50")
    assert value("plan.case") == "PS 82/21"
    page.context.set_offline(False)
    settled(page)
    state(page, "saved")
    assert value("plan.case") == "PS 50/22"
    assert value("plan.link") == "https://kommunen.example/50"


def test_what_is_half_written_when_the_page_dies_is_there_again(place, open_page):
    page = open_page(user=place.user("editor-3004"))
    page.goto(section("results"))
    page.context.set_offline(True)
    page.type("#q-comment", " Og mer.")
    until(page, "localStorage.length === 1")
    page.context.set_offline(False)
    page.goto(section("results"))
    settled(page)
    assert "Og mer." in value("comment")
    assert "Og mer." in page.input_value("#q-comment")


def test_a_session_that_ran_out_leads_to_the_login_and_back_with_nothing_lost(place, open_page):
    page = open_page(user=place.user("editor-3004"))
    page.goto(section("plan"))
    page.context.clear_cookies()
    leave(page, "#q-plan-case", "PS 51/22")
    state(page, "login")
    page.click("[data-status-link]")
    page.fill("[name=login]", "editor-3004")
    page.fill("[name=password]", PASSWORD)
    page.click("main [type=submit]")
    page.wait_for_url(f"**{section('plan')}")
    settled(page)
    assert value("plan.case") == "PS 51/22"
    assert page.input_value("#q-plan-case") == "PS 51/22"


@pytest.mark.parametrize("choice", ["mine", "theirs"])
def test_two_tabs_never_overwrite_each_other(place, open_page, choice):
    first = open_page(user=place.user("editor-3004"))
    second = first.context.new_page()
    first.goto(section("plan"))
    second.goto(section("plan"))
    leave(first, "#q-plan-case", "PS 1/22")
    settled(first)
    leave(second, "#q-plan-case", "PS 2/22")
    state(second, "elsewhere")
    assert value("plan.case") == "PS 1/22"
    assert axe_violations(second) == []
    second.check(f"#q-plan-case-{choice}")
    second.click("[data-choose]")
    settled(second)
    state(second, "saved")
    wanted = "PS 2/22" if choice == "mine" else "PS 1/22"
    assert second.input_value("#q-plan-case") == wanted
    assert value("plan.case") == wanted


def test_a_report_that_was_sent_in_meanwhile_says_so_and_keeps_what_is_typed(place, open_page):
    from reporting.services.submissions import submission_submit
    from tests.reporting.factories import at

    page = open_page(user=place.user("editor-3004"))
    page.goto(section("plan"))
    submission_submit(report=report(), actor=place.user("editor-3004"), now=at(SPRING.replace(month=4, day=19)))
    leave(page, "#q-plan-case", "PS 3/22")
    state(page, "stopped")
    assert page.input_value("#q-plan-case") == "PS 3/22"
    assert page.get_attribute("[data-status-link]", "href") == reverse("report_detail", args=[report().pk])
    assert value("plan.case") == "PS 82/21"


def test_a_question_that_is_taken_out_while_it_is_written_loses_nothing_and_stops_nothing(place, open_page):
    page = open_page(user=place.user("editor-3004"))
    page.goto(section("results"))
    round_ = Round.objects.across_all(reason="test").get(reference_date=SPRING)
    definition = editing.question_remove(round_.form_version.definition, code="comment")
    who = {"actor": place.user("hdir-admin"), "now": at(dt.date(2022, 4, 19), 10, 39)}
    form_correct(round_=round_, definition=definition, note={"nb": "Rettet.", "nn": "Retta."}, **who)
    leave(page, "#q-comment", "Dette hadde jeg alt skrevet.")
    leave(page, "#q-result-example", "Og dette.")
    settled(page)
    assert page.input_value("#q-comment") == "Dette hadde jeg alt skrevet."
    assert page.locator("#q-comment-error").is_visible()
    assert not page.locator("#q-result-example-error").is_visible()
    assert value("result.example") == "Og dette."
    page.locator('button[name="next"]').last.click()
    page.wait_for_selector("h1")
    page.goto(reverse("report_changes", args=[report().pk]))
    assert page.get_by_text("Dette hadde jeg alt skrevet.").is_visible()


def test_last_times_answer_is_put_back_by_one_button(place, open_page):
    page = open_page(user=place.user("editor-3004"))
    page.goto(section("plan"))
    offer = page.locator("#sp-q-plan-case [data-use-last]")
    assert offer.is_hidden()
    leave(page, "#q-plan-case", "PS 4/22")
    offer.click()
    settled(page)
    assert value("plan.case") == "PS 82/21"


def test_the_whole_form_can_be_gone_through_by_the_keyboard(place, open_page):
    page = open_page(user=place.user("editor-3004"))
    page.goto(section("organisation"))
    page.focus("#q-org-responsible-director")
    page.keyboard.press("ArrowDown")
    settled(page)
    assert value("org.responsible") == "sector"
    for key in ("progress", "plan", "network", "support", "results"):
        page.focus("[name=next]")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{section(key)}")
    page.focus("[name=next]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/se-over/")
    page.goto(section("plan"))
    page.focus("#q-plan-case")
    page.keyboard.press("End")
    page.keyboard.type("b")
    page.keyboard.press("Enter")
    settled(page)
    assert page.url.endswith(section("plan"))
    assert value("plan.case") == "PS 82/21b"


def test_the_matrix_counts_and_shows_what_is_missing(place, open_page):
    page = open_page(user=place.user("editor-3004"))
    page.goto(section("plan"))
    page.click("[data-matrix-open]")
    row = page.locator('[data-key="solutions:3.2"]')
    row.locator('input[value="considered"]').check()
    settled(page)
    assert row.get_attribute("data-changed") is not None
    assert value("solutions:3.2") == "considered"


def test_an_error_is_found_from_the_list_and_a_warning_is_explained_on_the_way_to_the_receipt(place, open_page):
    page = open_page(user=place.user("editor-3004"))
    page.goto(section("progress"))
    leave(page, "#q-progress-delay_months", "30")
    page.check("#q-progress-delay_reason-pandemic")
    settled(page)
    assert page.is_visible("#f-long-delay")  # the question of the check comes at once
    page.goto(section("plan"))
    leave(page, "#q-plan-decided_on", "")
    settled(page)
    page.goto(reverse("report_summary", args=[report().pk]))
    page.click("[value=submit]")
    page.wait_for_selector("[data-focus-first]:focus")
    assert axe_violations(page) == []
    page.click("[data-focus-first] a >> nth=0")
    page.wait_for_selector("#q-plan-decided_on:focus")
    leave(page, "#q-plan-decided_on", "17.06.2021")
    settled(page)
    page.goto(reverse("report_summary", args=[report().pk]))
    leave(page, "#f-long-delay", "Koronaarbeid tok to år.")
    settled(page)
    page.click("[value=submit]")
    page.wait_for_url("**/kvittering/")
    submission = Submission.objects.across_all(reason="test").get(report=report())
    assert submission.findings[0]["comment"] == "Koronaarbeid tok to år."
    assert axe_violations(page) == []
    page.go_back()
    page.reload()
    assert page.locator("h1").count() == 1
    assert Submission.objects.across_all(reason="test").filter(report=report()).count() == 1


@pytest.mark.looks
@pytest.mark.parametrize(("width", "language"), [(1280, "nb"), (390, "nn"), (320, "nb")])
def test_the_pages_fit_and_axe_finds_nothing(place, open_page, live_server, settings, width, language):
    page = open_page(width=width, user=place.user("editor-3004"))
    page.context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": live_server.url}])
    pk = report().pk
    for address in (
        reverse("municipality_home"), section("organisation"), section("plan"), section("network"),
        section("results"), reverse("report_summary", args=[pk]), reverse("report_detail", args=[pk]),
        reverse("report_nothing_new", args=[pk]), reverse("checks_list"),
    ):  # fmt: skip
        page.goto(address)
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        assert axe_violations(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address


def test_the_form_works_without_script(place, open_page):
    page = open_page(user=place.user("editor-3004"), java_script_enabled=False)
    page.goto(section("plan"))
    page.fill("#q-plan-case", "PS 77/22")
    page.check("#q-plan-status-process")
    page.click("noscript button, .savebar button")
    assert page.is_visible("#q-plan-expected_on")
    assert page.is_hidden("#q-plan-decided_on")
    page.click(".form-end [name=next]")
    assert page.url.endswith(section("network"))
    assert value("plan.case") == "PS 77/22"
