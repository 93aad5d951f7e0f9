"""Composing a summary: by the services and by the pages, two writers at once, and what a version takes with it."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.urls import reverse

from municipalities.models import Event
from reform.tasks import BackgroundTask
from reporting.documents import build, outline
from reporting.models import Composition, NationalSummary
from reporting.services import compositions, summaries
from reporting.services.compositions import Gap, Writer
from tests.reporting.documents.population import BEFORE, FROZEN, populate
from tests.reporting.test_faults import Elements
from tests.world import build_world

LATER = FROZEN + dt.timedelta(days=2)
HALF, YEARLY = NationalSummary.Kind.HALF_YEAR, NationalSummary.Kind.YEARLY


@pytest.fixture(autouse=True)
def days(settings, monkeypatch):
    settings.PORTAL_CLOCK = LATER.isoformat()
    monkeypatch.setattr(BackgroundTask, "start", lambda self, *keys, **where: None)


@pytest.fixture
def people(world):
    return populate(world, extra=3)


@pytest.fixture
def hdir(world, client, people):
    client.force_login(world.user("hdir"))
    return client


@pytest.fixture
def by(world, people):
    def writer(edit_number: int = 0, name: str = "hdir", kind: str = HALF) -> Writer:
        return Writer(kind, people.now, world.user(name), LATER, edit_number)

    return writer


def stored(kind: str = HALF) -> Composition:
    return Composition.objects.across_all(reason="test").get(kind=kind)


def url(people, page: str = "", *args) -> str:
    name = f"summary_compose_{page}" if page else "summary_compose"
    return reverse(name, args=["notat", people.now.pk, *args])


# --- services -------------------------------------------------------------------------------------


def test_what_is_composed_is_kept_with_who_and_when(world, by):
    compositions.composition_order(by=by(0), keys=["plan", "annex"])
    compositions.composition_words(by=by(1), texts={"nb": {"status": " Godt\r\ni gang. ", "x": "bort"}})
    compositions.composition_remark(by=by(2), table="plan", texts={"nb": "Les med varsomhet."})
    compositions.composition_risks(by=by(3), risks={"prize": {"level": 4, "nb": "Ingen vert."}})
    row = stored()
    assert (row.outline, row.edit_number, row.changed_by) == (["plan", "annex"], 4, world.user("hdir"))
    assert row.assessment == {"nb": {"status": "Godt\ni gang."}, "nn": {}}
    assert row.remarks == {"nb": {"plan": "Les med varsomhet."}, "nn": {}}
    assert row.risks == {"prize": {"level": 4, "nb": "Ingen vert."}}
    told = Event.objects.across_all(reason="test").filter(object_type="reporting.composition").order_by("pk")
    assert [event.note for event in told] == ["order", "words", "remark plan", "risks"]


def test_the_usual_order_is_kept_as_no_choice(by):
    compositions.composition_order(by=by(0), keys=["plan"])
    compositions.composition_order(by=by(1), keys=outline.usual("half_year"))
    assert stored().outline == []


def test_a_comment_and_a_judgement_are_taken_away_by_leaving_them_empty(by):
    compositions.composition_remark(by=by(0), table="plan", texts={"nb": "Ja.", "nn": "Ja."})
    compositions.composition_remark(by=by(1), table="plan", texts={"nb": " "})
    compositions.composition_risks(by=by(2), risks={"prize": {"level": 2, "nb": "Ja."}, "training": {"level": 1}})
    compositions.composition_risks(by=by(3), risks={"prize": {"level": None}})
    row = stored()
    assert row.remarks == {"nb": {}, "nn": {}} and row.risks == {"training": {"level": 1}}


@pytest.mark.parametrize(
    ("call", "wrong"),
    [
        (compositions.composition_order, {"keys": ["plan", "plan"]}),
        (compositions.composition_order, {"keys": ["unknown"]}),
        (compositions.composition_order, {"keys": []}),
        (compositions.composition_words, {"texts": {"nn": {"goals": "x" * 8001}}}),
        (compositions.composition_remark, {"table": "", "texts": {}}),
        (compositions.composition_remark, {"table": "../x", "texts": {}}),
        (compositions.composition_remark, {"table": "plan", "texts": {"nn": "x" * 8001}}),
        (compositions.composition_risks, {"risks": {"unknown": {"level": 1}}}),
        (compositions.composition_risks, {"risks": {"prize": {"level": 5}}}),
        (compositions.composition_risks, {"risks": {"prize": {"level": 1, "nb": "x" * 8001}}}),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(by, call, wrong):
    with pytest.raises(ValidationError):
        call(by=by(0), **wrong)
    assert not Composition.objects.across_all(reason="test").exists()


def test_whoever_is_slower_is_told_and_changes_nothing(by):
    compositions.composition_words(by=by(0), texts={"nb": {"status": "Først."}})
    with pytest.raises(compositions.StaleComposition) as stale:
        compositions.composition_words(by=by(0), texts={"nb": {"status": "Sist."}})
    assert stale.value.now.assessment["nb"] == {"status": "Først."} == stored().assessment["nb"]


@pytest.mark.parametrize("name", ["hod", "evaluator", "statsforvalter-oslo-og-viken", "editor-3004"])
def test_only_hdir_composes(by, name):
    with pytest.raises(PermissionDenied):
        compositions.composition_order(by=by(0, name), keys=["plan"])


def test_a_yearly_report_is_made_of_the_autumn_round_only(world, by, people):
    with pytest.raises(compositions.NoYearlyReport):
        compositions.composition_order(by=by(0, kind=YEARLY), keys=["plan"])
    with pytest.raises(compositions.NoYearlyReport):
        summaries.summary_request(round=people.now, actor=world.user("hdir"), now=LATER, kind=YEARLY)


def test_what_is_missing_is_named_by_language():
    row = Composition(
        kind=HALF,
        assessment={
            "nb": {"status": "Ja.", "local": "Ja."},
            "nn": {"status": "Ja.", "goals": "Ja.", "progress": "Ja."},
        },
        remarks={"nb": {"plan": "Ja."}, "nn": {}},
        risks={"prize": {"level": 2, "nn": "Ja."}, "training": {"nb": "Ja."}},
    )
    assert compositions.gaps(row) == [
        Gap("words", "goals", "nb"), Gap("words", "progress", "nb"),
        Gap("words", "local", "nn"), Gap("remark", "plan", "nn"),
        Gap("risk", "prize", "nb"), Gap("risk", "training"),
    ]  # fmt: skip
    yearly = compositions.gaps(Composition(kind=YEARLY))
    assert {gap.key for gap in yearly if gap.what == "words"} == {
        "status", "goals", "progress", "national", "regional", "local",
    }  # fmt: skip
    assert sum(gap.what == "risk" for gap in yearly) == 20


def test_a_version_takes_a_copy_and_what_is_written_later_changes_nothing(world, people, by):
    compositions.composition_order(by=by(0), keys=["plan"])
    compositions.composition_words(by=by(1), texts={"nb": {"status": "Godt i gang."}})
    compositions.composition_remark(by=by(2), table="plan", texts={"nb": "Les."})
    compositions.composition_risks(by=by(3), risks={"prize": {"level": 4}})
    made = summaries.summary_request(round=people.now, actor=world.user("hdir"), now=LATER)
    compositions.composition_order(by=by(4), keys=["support"])
    compositions.composition_words(by=by(5), texts={"nb": {"status": "Noe annet."}})
    summaries.summary_build(pk=made.pk, clock=lambda: LATER)
    made.refresh_from_db()
    assert (made.outline, made.assessment["nb"], made.remarks["nb"]) == (
        ["plan"], {"status": "Godt i gang."}, {"plan": "Les."},
    )  # fmt: skip
    names = {table.name for table in build.summary_content(made, "nb").tables()}
    assert "plan" in names and "support" not in names


# --- pages ----------------------------------------------------------------------------------------


def test_parts_are_moved_left_out_and_taken_in_by_buttons(hdir, people):
    page = url(people)

    def press(move: str):
        number = hdir.get(page).context["composition"].edit_number
        return hdir.post(page, {"move": move, "edit_number": number})

    def order() -> list[str]:
        return [key for key, _name in hdir.get(page).context["chosen"]]

    assert order() == list(outline.usual("half_year"))
    assert press("up:plan").status_code == 302
    assert order().index("plan") == outline.usual("half_year").index("plan") - 1
    assert press("down:plan").status_code == 302 and order() == list(outline.usual("half_year"))
    assert press("out:support").status_code == 302 and "support" not in order()
    assert [key for key, _name in hdir.get(page).context["left_out"]] == ["support"]
    assert press("in:support").status_code == 302
    assert order()[-2:] == ["support", "annex"]
    assert press("up:judgement").status_code == 302 and order()[0] == "judgement"
    for wrong in ("up:gone", "away:plan", "in:plan", "", "in:gone"):
        assert press(wrong).status_code == 404


def test_the_buttons_of_an_old_page_change_nothing(hdir, people):
    page = url(people)
    assert hdir.post(page, {"move": "out:plan", "edit_number": "0"}).status_code == 302
    refused = hdir.post(page, {"move": "out:support", "edit_number": "0"})
    assert refused.status_code == 409
    assert stored().outline == [key for key in outline.usual("half_year") if key != "plan"]
    assert hdir.post(page, {"move": "out:support", "edit_number": "x"}).status_code == 409


def test_the_assessment_is_written_and_stands_in_the_preview_without_a_version(hdir, people):
    sent = {"edit_number": "0", "nb_status": "Godt i gang <b>æ</b>.", "nn_status": "Godt i gang."}
    assert hdir.post(url(people, "words"), sent).status_code == 302
    assert Elements(hdir.get(url(people, "words")).content.decode()).texts["id_nb_status"].strip() == sent["nb_status"]
    page = hdir.get(url(people, "preview"))
    assert page.status_code == 200 and "Godt i gang &lt;b&gt;æ&lt;/b&gt;." in page.content.decode()
    assert "/tall/" not in page.content.decode()
    assert not NationalSummary.objects.get_queryset().exists()


def test_a_text_that_is_too_long_is_kept_on_the_page(hdir, people):
    long = "å" * 8001
    answer = hdir.post(url(people, "words"), {"edit_number": "0", "nb_goals": long})
    assert answer.status_code == 422 and 'aria-invalid="true"' in answer.content.decode()
    assert long in answer.content.decode()
    assert not Composition.objects.across_all(reason="test").exists()


@pytest.mark.parametrize(
    ("page", "field"), [("words", "nb_status"), ("tasks", "prize_nb"), ("table", "nb")]
)  # fmt: skip
def test_two_writers_lose_nothing(hdir, people, page, field):
    """The slower one sees both texts, and saves her own knowingly or not at all."""
    address = url(people, page, *(["plan"] if page == "table" else []))
    assert hdir.post(address, {"edit_number": "0", field: "Den første."}).status_code == 302
    refused = hdir.post(address, {"edit_number": "0", field: "Den andre."})
    assert refused.status_code == 409
    text = refused.content.decode()
    assert "Den første." in text and Elements(text).texts[f"id_{field}"].strip() == "Den andre."
    again = {"edit_number": refused.context["form"]["edit_number"].value(), field: "Den andre."}
    assert hdir.post(address, again).status_code == 302
    assert "Den andre." in hdir.get(address).content.decode()


def test_a_comment_is_written_at_its_table(hdir, people):
    address = url(people, "table", "plan")
    assert hdir.get(address).status_code == 200
    assert hdir.post(address, {"edit_number": "0", "nb": "Les med varsomhet.", "nn": ""}).status_code == 302
    overview = hdir.get(url(people))
    said = {table["name"]: table["said"] for table in overview.context["tables"]}
    assert said["plan"] == ["nb"] and said["core"] == []
    assert ("nynorsk", address) in [(line["what"], line["url"]) for line in overview.context["missing"]]
    assert "Les med varsomhet." in hdir.get(url(people, "preview")).content.decode()
    assert hdir.get(url(people, "table", "gone")).status_code == 404


def test_the_risk_of_a_task_is_judged_on_four_steps(hdir, people):
    address = url(people, "tasks")
    assert hdir.post(address, {"edit_number": "0", "prize_level": "5"}).status_code == 422
    sent = {"edit_number": "0", "prize_level": "3", "prize_nb": "Ingen vert.", "prize_nn": "Ingen vert."}
    assert hdir.post(address, sent).status_code == 302
    assert stored().risks == {"prize": {"level": 3, "nb": "Ingen vert.", "nn": "Ingen vert."}}
    assert hdir.get(url(people)).context["judged"] == 1
    assert "Ingen vert." in hdir.get(url(people, "preview")).content.decode()


def test_a_version_is_made_from_the_page_and_twice_leads_to_the_same(hdir, people):
    first = hdir.post(url(people, "make"))
    second = hdir.post(url(people, "make"))
    made = NationalSummary.objects.get_queryset().get()
    assert first["Location"] == second["Location"] == reverse("summary_detail", args=[made.pk])


def test_the_yearly_report_is_composed_and_shown_before_the_year_is_over_but_not_made(hdir, people, settings):
    autumn = people.rounds[BEFORE]
    page = reverse("summary_compose", args=["arsrapport", autumn.pk])
    make = reverse("summary_compose_make", args=["arsrapport", autumn.pk])
    settings.PORTAL_CLOCK = "2021-12-31T12:00+01:00"
    shown = hdir.get(page)
    assert shown.context["due"] == dt.date(2022, 2, 1) and shown.context["too_early"]
    assert shown.context["chosen"][0][0] == "tasks"
    preview = hdir.get(reverse("summary_compose_preview", args=["arsrapport", autumn.pk]))
    assert preview.status_code == 200
    assert hdir.post(make)["Location"] == page and not NationalSummary.objects.get_queryset().exists()
    settings.PORTAL_CLOCK = "2022-01-01T00:30+01:00"
    assert hdir.post(make).status_code == 302
    made = NationalSummary.objects.get_queryset().get()
    assert (made.kind, made.as_of) == ("yearly", dt.date(2021, 12, 31))
    summaries.summary_build(pk=made.pk, clock=lambda: LATER)
    detail = hdir.get(reverse("summary_detail", args=[made.pk]))
    assert detail.status_code == 200 and detail.context["compose_url"] == page


def test_there_is_no_composition_of_what_cannot_be(hdir, people):
    for kind, pk in (("arsrapport", people.now.pk), ("ukjent", people.now.pk), ("notat", 999_999)):
        assert hdir.get(reverse("summary_compose", args=[kind, pk])).status_code == 404


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_the_same_moment_one_is_told():
    """Both saw the same composition: the second waits for the lock, and finds that it has moved on."""
    world = build_world()
    people = populate(world)
    ready, outcomes = threading.Barrier(2), []

    def save(name: str) -> None:
        try:
            who = Writer(HALF, people.now, world.user(name), LATER, 0)
            ready.wait(timeout=10)
            compositions.composition_words(by=who, texts={"nb": {"status": name}})
            outcomes.append("saved")
        except compositions.StaleComposition as stale:
            outcomes.append(stale.now.assessment["nb"]["status"])
        finally:
            connection.close()

    threads = [threading.Thread(target=save, args=[name]) for name in ("hdir", "hdir-admin")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(outcomes) in (["hdir", "saved"], ["hdir-admin", "saved"])
    row = stored()
    assert row.edit_number == 1 and row.assessment["nb"]["status"] in outcomes
