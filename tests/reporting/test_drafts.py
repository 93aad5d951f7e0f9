"""A draft saves field by field, keeps whatever is typed, and is never overwritten by somebody else."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied

from municipalities.models import Event, Role
from municipalities.transitions import WrongState
from reporting.models import DraftChange, Report
from reporting.services.drafts import (
    DraftConflict,
    RoundClosed,
    UnknownField,
    comment_save,
    draft_answers,
    draft_open,
    draft_save,
    draft_save_many,
    register_choices,
    section_confirm,
    spec_of,
    use_last,
)
from tests.reporting.factories import (
    AUTUMN,
    ReportFactory,
    answers,
    at,
    editor,
    items,
    network,
    office,
    open_round,
    reviewer,
    unit,
    user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def report():
    return ReportFactory.not_started()


@pytest.fixture
def kari(report):
    return editor(report.municipality, "kari")


@pytest.fixture
def per(report):
    return editor(report.municipality, "per")


@pytest.fixture
def save(report, kari):
    """Save a field of the report as it is read anew, as another request would."""

    def run(key, raw, base_rev=0, actor=None, now=None):
        row = again(report)
        return draft_save(
            report=row, key=key, raw=raw, base_rev=base_rev, actor=actor or kari, now=now or at(report.round.opens_on)
        )

    return run


def again(report):
    rows = Report.objects.get_queryset().select_related("round__form_version", "municipality")
    return rows.get(pk=report.pk)


def field(report, key):
    return again(report).draft["fields"].get(key, {})


def history(report):
    return list(DraftChange.objects.get_queryset().filter(report=report).values_list("key", "value", "lost"))


def test_a_saved_field_has_value_rev_who_and_when(report, save):
    saved = save("plan.case", "  PS 82/21 ")
    assert (saved.value, saved.rev, saved.error) == ("PS 82/21", 1, None)
    stored = field(report, "plan.case")
    assert stored == {"value": "PS 82/21", "rev": 1, "by": "Kari", "at": "2022-03-21T09:00:00+01:00"}
    row = again(report)
    assert row.draft_saved_by == "Kari" and row.draft_saved_at == at(report.round.opens_on)
    assert history(report) == [("plan.case", "PS 82/21", False)]


def test_the_first_save_starts_the_report_and_opening_it_does_not(report, save, kari):
    draft_open(report=report, actor=kari, now=at(report.round.opens_on))
    assert again(report).status == "not_started"
    save("plan.case", "A")
    save("comment", "B")
    assert again(report).status == "draft"
    assert Event.objects.get_queryset().filter(name="start").count() == 1


def test_two_people_on_different_fields_both_survive(report, save, kari, per):
    save("comment", "A", 0, kari)
    save("plan.case", "B", 0, per)
    assert (field(report, "comment")["value"], field(report, "plan.case")["value"]) == ("A", "B")


def test_the_second_on_the_same_field_sees_both_and_the_losing_value_is_kept(report, save, kari, per):
    save("plan.case", "PS 1/21", 0, per, at(report.round.opens_on, 10, 38))
    with pytest.raises(DraftConflict) as met:
        save("plan.case", "PS 2/21", 0, kari)
    clash = met.value
    assert (clash.mine, clash.theirs, clash.their_name, clash.rev) == ("PS 2/21", "PS 1/21", "Per", 1)
    assert clash.their_at.startswith("2022-03-21T10:38")
    assert field(report, "plan.case")["value"] == "PS 1/21"
    assert history(report) == [("plan.case", "PS 1/21", False), ("plan.case", "PS 2/21", True)]
    chosen = save("plan.case", clash.mine, clash.rev, kari)
    assert (chosen.value, chosen.rev) == ("PS 2/21", 2)


def test_the_same_value_is_no_conflict_and_no_change(report, save, kari, per):
    save("plan.case", "PS 1/21", 0, per)
    saved = save("plan.case", "PS 1/21 ", 0, kari)
    assert saved.rev == 1
    assert again(report).draft_version == 2  # filled in, saved
    assert len(history(report)) == 1


def test_a_conflict_over_what_cannot_be_an_answer_shows_the_text_as_typed(report, save, kari, per):
    save("progress.delay_months", "seks", 0, per)
    with pytest.raises(DraftConflict) as met:
        save("progress.delay_months", "omtrent 7", 0, kari)
    assert (met.value.mine, met.value.theirs) == ("omtrent 7", "seks")


def test_what_cannot_be_an_answer_keeps_the_text_and_says_why(report, save):
    saved = save("progress.delay_months", "seks")
    assert (saved.value, saved.code, saved.raw) == (None, "not_a_number", "seks")
    assert saved.error
    view = draft_open(report=again(report), actor=None, now=at(report.round.opens_on))
    shown = view.fields["progress.delay_months"]
    assert (shown.value, shown.raw, shown.error) == (None, "seks", saved.error)
    assert "progress.delay_months" not in view.answers
    assert save("progress.delay_months", "6", 1).value == 6
    assert "raw" not in field(report, "progress.delay_months")


HOSTILE = ["\x00NUL", "\ud800lone", "\u202eevil", "x" * 100_000, "x" * 300_000, {"a": [1]}, [["x"]], True, 10**30,
           float("nan"), "🎉" * 5_000, {"a": "\x00\ud800"}, "\ufffe",
           "=cmd|' /C calc'!A0", "<script>", " \t ", "\x07"]  # fmt: skip


@pytest.mark.parametrize("raw", HOSTILE, ids=[str(place) for place in range(len(HOSTILE))])
def test_hostile_input_in_every_field_is_a_sentence_at_the_field_and_the_rest_is_saved(report, kari, raw):
    spec = spec_of(report)
    good = ("comment", "Står her.", None)
    sent = [(key, raw, None) for key in spec.field_keys() if key != "comment"]
    saved = draft_save_many(report=report, items=[*sent, good], actor=kari, now=at(report.round.opens_on))
    stored = again(report).draft["fields"]
    assert stored["comment"]["value"] == "Står her."
    for one in saved:
        if one.error:
            assert one.value is None and one.error.endswith(".") and len(one.error) < 250
            kept = stored[one.key]["raw"]
            assert 0 < len(kept) <= 250_000
            if isinstance(raw, str):
                expected = raw[:250_000].replace("\x00", "\u2400").replace("\ud800", "\ufffd")
                assert kept == expected
    assert saved[-1].error is None


def test_a_forged_key_is_refused_and_among_many_only_itself(report, kari, save):
    for key in ("forged", "solutions", "solutions:9.9", "plan.case:1.1", "", "__class__"):
        with pytest.raises(UnknownField):
            save(key, "x")
    assert "fields" not in again(report).draft
    now = at(report.round.opens_on)
    saved = draft_save_many(report=report, items=[("forged", "x", 0), ("comment", "A", 0)], actor=kari, now=now)
    assert [one.code for one in saved] == ["unknown_field", ""]
    assert set(again(report).draft["fields"]) == {"comment"}


def test_saving_many_stores_what_does_not_clash_and_names_all_clashes(report, save, kari, per):
    save("plan.case", "hers", 0, per)
    save("comment", "hers", 0, per)
    now = at(report.round.opens_on)
    sent = [("plan.case", "mine", 0), ("comment", "mine", 0), ("result.example", "mine", 0)]
    with pytest.raises(DraftConflict) as met:
        draft_save_many(report=again(report), items=sent, actor=kari, now=now)
    assert [clash.key for clash in met.value.every] == ["plan.case", "comment"]
    assert field(report, "result.example")["value"] == "mine"


def test_hidden_answers_are_kept_and_come_back(report, save):
    save("plan.status", "own")
    save("plan.case", "PS 82/21")
    save("plan.status", "none", 1)
    shown, hidden = draft_answers(again(report))
    assert "plan.case" not in shown and hidden == {"plan.case": "PS 82/21"}
    saved = save("plan.status", "own", 2)
    assert "plan.case" in saved.visible
    assert draft_answers(again(report))[0]["plan.case"] == "PS 82/21"


def test_who_may_not_edit_changes_nothing(report, save):
    others = [
        user(Role.MUNICIPALITY_READER, municipality=report.municipality),
        editor(unit("Nabo")),
        reviewer(report.office),
        user(Role.HDIR),
        None,
    ]
    for one in others:
        with pytest.raises(PermissionDenied):
            draft_save(report=report, key="comment", raw="x", base_rev=0, actor=one, now=at(report.round.opens_on))
    assert again(report).draft == {}
    view = draft_open(report=report, actor=others[0], now=at(report.round.opens_on))
    assert view.answers == {} and again(report).draft == {}


@pytest.mark.parametrize("state", ["submitted", "approved"])
def test_what_is_sent_in_cannot_be_changed(state):
    report = getattr(ReportFactory, state)()
    one = editor(report.municipality)
    with pytest.raises(WrongState):
        draft_save(report=report, key="comment", raw="x", base_rev=None, actor=one, now=at(report.round.opens_on))
    assert not draft_open(report=report, actor=one, now=at(report.round.opens_on)).editable


def test_a_returned_report_can_be_changed_and_stays_returned():
    report = ReportFactory.returned()
    one = editor(report.municipality)
    now = at(report.round.municipality_deadline + dt.timedelta(days=5))
    draft_save(report=report, key="comment", raw="x", base_rev=None, actor=one, now=now)
    assert again(report).status == "returned"


def test_before_the_round_opens_and_after_it_closes_nothing_is_saved(report, save):
    for day in (report.round.opens_on - dt.timedelta(days=1), report.round.closes_on + dt.timedelta(days=1)):
        with pytest.raises(RoundClosed):
            save("comment", "x", 0, None, at(day))
    save("comment", "x", 0, None, at(report.round.closes_on, 23, 59))
    assert field(report, "comment")["value"] == "x"


def test_a_network_must_exist_and_cover_the_region(report, save):
    ours, theirs = network("Agder", report.office), network("Rogaland", office("rogaland"))
    everywhere = network("Hele landet")
    spec = spec_of(report)
    choices = register_choices(spec.question("network.which"), report, report.round.opens_on)
    assert choices == [(ours.pk, "Agder"), (everywhere.pk, "Hele landet")]
    assert save("network.which", [str(ours.pk)]).value == [str(ours.pk)]
    assert save("network.which", [str(theirs.pk)], 1).code == "unknown_option"


def test_progress_counts_what_is_answered_and_seen(report, save, kari):
    now = at(report.round.opens_on)
    steps = {step.key: step for step in draft_open(report=report, actor=kari, now=now).progress}
    assert (steps["organisation"].total, steps["organisation"].done) == (3, 0)  # org.involved is optional
    save("org.responsible", "director")
    save("org.sectors", ["health"])
    save("org.analysis", "yes")
    saved = save("org.involved", ["hospital"])
    step = next(step for step in saved.progress if step.key == "organisation")
    assert (step.total, step.filled, step.done, step.is_done) == (4, 4, 4, True)
    saved = save("progress.delay_months", "mange")
    assert next(step for step in saved.progress if step.key == "progress").errors == 1


def last_autumn(**changes):
    """A report of this spring whose unit answered last autumn."""
    home = unit()
    autumn = open_round(AUTUMN)
    sent = ReportFactory.submitted(round_=autumn, municipality=home, values=answers(**changes))
    return sent, ReportFactory.not_started(municipality=home)


def test_what_is_filled_in_counts_as_seen_when_somebody_went_on():
    _sent, report = last_autumn()
    one = editor(report.municipality)
    now = at(report.round.opens_on)
    view = draft_open(report=report, actor=one, now=now)
    step = view.progress[0]
    assert (step.filled, step.done) == (4, 0)
    assert not view.fields["org.responsible"].confirmed
    section_confirm(report=report, section="organisation", actor=one, now=now)
    view = draft_open(report=report, actor=one, now=now)
    assert (view.progress[0].filled, view.progress[0].done) == (4, 4)
    assert view.fields["org.responsible"].confirmed and view.fields["org.responsible"].source
    assert again(report).status == "draft"


def test_saving_a_filled_in_value_as_it_is_confirms_it_and_changing_it_takes_the_mark_off():
    _sent, report = last_autumn()
    one = editor(report.municipality)
    now = at(report.round.opens_on)
    draft_open(report=report, actor=one, now=now)
    draft_save(report=report, key="org.responsible", raw="director", base_rev=1, actor=one, now=now)
    assert field(report, "org.responsible")["confirmed"] is True
    draft_save(report=report, key="org.analysis", raw="no", base_rev=1, actor=one, now=now)
    assert "source" not in field(report, "org.analysis")


def test_last_time_s_answer_can_be_put_back():
    _sent, report = last_autumn()
    one = editor(report.municipality)
    now = at(report.round.opens_on)
    draft_open(report=report, actor=one, now=now)
    draft_save(report=report, key="solutions:1.1", raw="considered", base_rev=1, actor=one, now=now)
    saved = use_last(report=report, key="solutions:1.1", base_rev=2, actor=one, now=now)
    assert saved.value == "in_place"
    with pytest.raises(UnknownField):
        use_last(report=report, key="forged", base_rev=0, actor=one, now=now)


def test_an_explanation_is_saved_and_never_overwritten_unseen(report, kari, per):
    now = at(report.round.opens_on)
    who = {"report": report, "finding": "long_delay", "now": now}
    assert comment_save(**who, text=" Ny ledelse. ", actor=kari, base="") == "Ny ledelse."
    assert again(report).status == "draft"
    with pytest.raises(DraftConflict) as met:
        comment_save(**who, text="Korona.", actor=per, base="")
    assert (met.value.mine, met.value.theirs) == ("Korona.", "Ny ledelse.")
    assert ("comment long_delay", "Korona.", True) in history(report)
    assert comment_save(**who, text="Korona.", actor=per, base="Ny ledelse.") == "Korona."
    assert again(report).draft["comments"] == {"long_delay": "Korona."}


@pytest.mark.parametrize("text", ["x" * 1001, "a\x00b", ["x"], 7])
def test_an_explanation_that_cannot_be_one_is_kept_in_the_history(report, kari, text):
    with pytest.raises(ValueError, match=r"\.$"):
        comment_save(report=report, finding="long_delay", text=text, actor=kari, now=at(report.round.opens_on))
    assert [lost for _key, _value, lost in history(report)] == [True]


@pytest.mark.parametrize("finding", ["", "long delay", "x" * 41, "required:forged", "../x"])
def test_an_explanation_of_nothing_is_refused(report, kari, finding):
    with pytest.raises(UnknownField):
        comment_save(report=report, finding=finding, text="x", actor=kari, now=at(report.round.opens_on))


def test_a_save_costs_few_queries(report, kari, save, django_assert_max_num_queries):
    save("comment", "A")
    now = at(report.round.opens_on)
    report = again(report)
    draft_save(report=report, key="comment", raw="warm", base_rev=1, actor=kari, now=now)
    with django_assert_max_num_queries(6):  # begin, may she, the row, the change, the draft, commit
        draft_save(report=report, key="comment", raw="B", base_rev=2, actor=kari, now=now)


def test_saving_many_costs_no_more_than_saving_one(report, kari, save, django_assert_max_num_queries):
    save("comment", "A")
    now = at(report.round.opens_on)
    row, sent = again(report), items(answers())
    with django_assert_max_num_queries(6):
        draft_save_many(report=row, items=sent, actor=kari, now=now)
