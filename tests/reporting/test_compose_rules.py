"""The rules of composing, without a database: editing, what stops publishing, what differs, what it costs."""

from __future__ import annotations

import copy

import pytest

from reporting import question_bank
from reporting.compose import EditRefused, differences, editing, estimate, faults
from reporting.compose.editing import question_of
from reporting.compose.indicators import CORE
from reporting.form_spec import KINDS, FormSpec

T = {"nb": "Tekst", "nn": "Tekst"}
OPTIONS = [{"key": "a", "text": T}, {"key": "b", "text": T}]
ROWS = ([{"key": "1.1", "text": T, "group": "1"}], [{"key": "1", "text": T}])


@pytest.fixture(scope="module")
def standard():
    """The portal's own form."""
    bank = {entry["code"]: entry for entry in question_bank.read_questions()}
    return question_bank.compose(question_bank.read_layout(), bank, {"solutions": ROWS})


def one(code="x", kind="short_text", **values):
    """A form of one section with one question, and whatever is given of it."""
    question = {**editing.own_question(code, kind), "text": T, **values}
    return {"sections": [{"key": "one", "title": T, "questions": [question]}]}


def two(first, second):
    form = one()
    form["sections"][0]["questions"] = [first, second]
    return form


def codes(form):
    return [question["code"] for _section, question in editing.questions_of(form)]


class TestEditing:
    def test_nothing_is_changed_in_place(self, standard):
        before = copy.deepcopy(standard)
        editing.question_set(standard, code="plan.status", values={"required": False})
        editing.question_move(standard, code="plan.status", by=1)
        editing.question_remove(standard, code="plan.status")
        editing.section_move(standard, key="plan", by=-1)
        editing.question_add(standard, question=editing.own_question("new", "date"), section="plan")
        assert standard == before

    @pytest.mark.parametrize("kind", KINDS)
    def test_a_question_of_every_kind_is_added_and_can_be_published_when_it_has_its_words(self, kind):
        form = editing.question_add(one(), question=editing.own_question("own.new", kind), section="one", after="x")
        assert codes(form) == ["x", "own.new"] and faults(form, "region")
        values = {"text": T}
        if kind in ("one_of", "several_of", "matrix"):
            values["options"] = OPTIONS
        if kind == "matrix":
            values["rows"] = [{"key": "1", "text": T}]
        if kind == "register":
            values["limits"] = {"register": "networks"}
        form = editing.question_set(form, code="own.new", values=values)
        assert faults(form, "region") == []
        assert FormSpec.parse(form).question("own.new").kind == kind

    @pytest.mark.parametrize(
        ("question", "section"),
        [
            (editing.own_question("x", "date"), "one"),
            (editing.own_question("Not A Code", "date"), "one"),
            (editing.own_question("y" * 41, "date"), "one"),
            (editing.own_question("y", "colour"), "one"),
            (editing.own_question("y", "date"), "two"),
        ],
    )
    def test_what_cannot_be_added_is_refused(self, question, section):
        with pytest.raises(EditRefused):
            editing.question_add(one(), question=question, section=section)

    def test_moving_goes_through_the_sections_and_stops_at_the_ends(self):
        form = editing.section_add(two(one("a")["sections"][0]["questions"][0], editing.own_question("b", "date")),
                                   key="two", title=T)  # fmt: skip
        form = editing.question_move(form, code="b", by=1)
        assert [len(section["questions"]) for section in form["sections"]] == [1, 1]
        assert codes(editing.question_move(form, code="b", by=1)) == ["a", "b"]
        form = editing.question_move(form, code="b", by=-1)
        assert [len(section["questions"]) for section in form["sections"]] == [2, 0]
        assert codes(editing.question_move(form, code="b", by=-1)) == ["b", "a"]
        assert codes(editing.question_move(form, code="a", by=-1)) == ["a", "b"]
        assert editing.question_move(form, code="a", section="two")["sections"][1]["questions"][0]["code"] == "a"

    def test_a_section_with_questions_is_not_removed(self):
        with pytest.raises(EditRefused):
            editing.section_remove(one(), key="one")
        empty = editing.question_remove(one(), code="x")
        assert editing.section_remove(empty, key="one")["sections"] == []

    @pytest.mark.parametrize("key", ["", "Del 1", "one", "x" * 41])
    def test_the_key_of_a_section(self, key):
        with pytest.raises(EditRefused):
            editing.section_add(one(), key=key, title=T)

    def test_what_the_composer_does_not_know_is_kept_and_what_is_empty_goes(self):
        form = one(more=T, future={"x": 1})
        form = editing.question_set(form, code="x", values={"more": {"nb": " ", "nn": ""}, "required": False})
        assert question_of(form, "x")["future"] == {"x": 1} and "more" not in question_of(form, "x")
        assert "required" not in question_of(form, "x")

    def test_options_go_with_the_kind_that_has_them(self):
        form = editing.question_set(one("x", "one_of", options=OPTIONS), code="x", values={"kind": "long_text"})
        assert "options" not in question_of(form, "x")

    def test_what_depends_on_a_question(self):
        shown = {**editing.own_question("b", "date"), "shown_when": [{"question": "a", "any_of": ["yes"]}]}
        form = two(editing.own_question("a", "yes_no"), shown)
        assert editing.depends_on(form, "a") == ("b",) and editing.depends_on(form, "b") == ()


class TestFaults:
    def test_the_portal_s_own_form_has_none(self, standard):
        assert faults(standard) == []

    @pytest.mark.parametrize(
        ("form", "code"),
        [
            ({"sections": []}, "empty"),
            ({"sections": [{"key": "one", "title": T, "questions": []}]}, "section_empty"),
            ({"sections": [{"key": "one", "title": {"nb": "x", "nn": ""}, "questions": []}]}, "title_missing"),
            (one(text={"nb": "x", "nn": ""}), "text_missing"),
            (one(text={"nb": "", "nn": "x"}), "text_missing"),
            (one(help={"nb": "x", "nn": ""}), "help_missing"),
            (one(more={"nb": "", "nn": "x"}), "more_missing"),
            (one("x", "one_of", options=OPTIONS[:1]), "options_few"),
            (one("x", "one_of", options=[OPTIONS[0], OPTIONS[0]]), "options_keys"),
            (one("x", "one_of", options=[OPTIONS[0], {"key": "b", "text": {"nb": "x", "nn": ""}}]), "options_text"),
            (one("x", "one_of", options=[OPTIONS[0], {"key": "b", "text": T, "help": {"nb": "x"}}]), "options_help"),
            (one("x", "matrix", options=OPTIONS), "rows_few"),
            (one("x", "whole_number", limits={"min": 5, "max": 1}), "limits_order"),
            (one("x", "long_text", limits={"max_length": 0}), "limits_length"),
            (one("x", "several_of", options=OPTIONS, limits={"exclusive": ["gone"]}), "limits_exclusive"),
            (one("x", "register"), "limits_register"),
            (one(shown_when=[{"question": "gone", "any_of": ["yes"]}]), "condition_order"),
        ],
    )
    def test_each_is_said(self, form, code):
        assert code in {fault.code for fault in faults(form, "region")}

    @pytest.mark.parametrize(
        ("kind", "condition", "code"),
        [
            ("yes_no", {"question": "a"}, "condition_empty"),
            ("yes_no", {"question": "a", "any_of": ["perhaps"]}, "condition_answer"),
            ("yes_no", {"question": "a", "none_of": ["perhaps"]}, "condition_answer"),
            ("yes_no", {"question": "a", "at_least": 2}, "condition_answer"),
            ("whole_number", {"question": "a", "any_of": ["2"]}, "condition_number"),
        ],
    )
    def test_a_condition_that_can_never_hold(self, kind, condition, code):
        second = {**one("b")["sections"][0]["questions"][0], "shown_when": [condition]}
        form = two({**editing.own_question("a", kind), "text": T}, second)
        assert [fault.code for fault in faults(form, "region")] == [code]

    def test_the_core_indicators_each_need_a_question(self, standard):
        form = editing.question_remove(standard, code="support.received")
        missing = [fault for fault in faults(form) if fault.code == "indicator_missing"]
        assert [fault.values["indicator"] for fault in missing] == ["support.received"]
        assert {fault.values["indicator"] for fault in faults(one())} == set(CORE)
        assert faults(one(), "region") == []
        assert faults(one(), core=False) == []  # an extra round

    @pytest.mark.parametrize(("code", "key"), [("plan.status", "inside"), ("plan.anchoring", "samfunnsdel"),
                                               ("network.participates", "yes"), ("solutions", "adopted")])  # fmt: skip
    def test_the_answers_that_figures_are_counted_from_stay(self, standard, code, key):
        question = question_of(standard, code)
        rest = [option for option in question["options"] if option["key"] != key]
        form = editing.question_set(standard, code=code, values={"options": rest})
        assert ("indicator_answers", code) in {(fault.code, fault.question) for fault in faults(form)}
        again = editing.question_set(standard, code=code, values={"options": question["options"][::-1]})
        assert not [fault for fault in faults(again) if fault.code.startswith("indicator")]

    def test_a_core_question_keeps_its_kind_and_no_other_takes_its_place(self, standard):
        form = editing.question_set(standard, code="progress.phase", values={"kind": "several_of"})
        assert ("indicator_kind", "progress.phase") in {(fault.code, fault.question) for fault in faults(form)}
        section = standard["sections"][0]["key"]
        other = {**question_of(standard, "plan.status"), "code": "own.plan"}
        both = editing.question_add(standard, question=other, section=section)
        assert ("indicator_twice", "own.plan") in {(fault.code, fault.question) for fault in faults(both)}
        instead = editing.question_remove(both, code="plan.status")
        assert "indicator_missing" in {fault.code for fault in faults(instead)}

    def test_twice(self):
        question = one("a")["sections"][0]["questions"][0]
        assert [fault.code for fault in faults(two(question, question), "region")] == ["twice"]

    def test_whatever_is_taken_from_a_question_is_said_in_words(self, standard):
        """No fault is left to the reader of forms, who speaks of codes."""
        for _section, question in editing.questions_of(standard):
            for name in set(question) - {"code", "kind"}:
                form = copy.deepcopy(standard)
                question_of(form, question["code"]).pop(name)
                assert "unreadable" not in {fault.code for fault in faults(form)}, (question["code"], name)


class TestDifferences:
    def test_the_same_form_differs_in_nothing(self, standard):
        assert differences(standard, copy.deepcopy(standard)) == []

    def test_new_changed_moved_and_removed_in_the_form_s_order(self, standard):
        form = editing.question_remove(standard, code="comment")
        form = editing.question_set(form, code="plan.case", values={"help": T})
        form = editing.question_add(form, question={**editing.own_question("own.n", "date"), "text": T}, section="plan")
        form = editing.question_move(form, code="org.responsible", by=2)
        found = [(entry.kind, entry.code) for entry in differences(standard, form)]
        assert found == [
            ("moved", "org.responsible"), ("changed", "plan.case"), ("new", "own.n"), ("removed", "comment"),
        ]  # fmt: skip

    def test_what_of_it_is_changed_and_which_answers_came_and_went(self):
        new = [OPTIONS[0], {"key": "c", "text": {"nb": "Ny", "nn": "Ny"}}]
        before = one("x", "one_of", options=OPTIONS)
        entry = differences(before, editing.question_set(before, code="x", values={"options": new, "required": True}))[
            0
        ]
        assert set(entry.parts) == {"options", "required"}
        assert entry.added == ({"nb": "Ny", "nn": "Ny"},) and entry.taken == (T,)

    def test_a_row_more_costs_its_time(self):
        row = {"key": "1", "text": T}
        before = one("x", "matrix", options=OPTIONS, rows=[row])
        after = editing.question_set(before, code="x", values={"rows": [row, {"key": "2", "text": T}]})
        assert differences(before, after)[0].seconds == 12


class TestEstimate:
    def test_it_adds_up(self, standard):
        found = estimate(standard)
        assert found.questions == 23 and found.filled == 21
        assert sum(found.by_section.values()) == pytest.approx(found.seconds) == sum(found.by_question.values())
        assert found.hours_for_all == round(found.seconds * 371 / 3600)

    def test_measured_time_takes_the_place_of_the_guess(self):
        assert estimate(one(), measured={"x": 90.0}).seconds == 90
        assert estimate(one()).seconds == 40

    def test_what_is_filled_in_is_read_and_what_is_conditional_is_not_seen_by_all(self):
        assert estimate(one(prefill=["last"])).seconds == 16
        assert estimate(one(shown_when=[{"question": "a", "any_of": ["b"]}])).seconds == 20

    def test_minutes_to_the_nearest_half(self):
        assert estimate(one(), measured={"x": 100.0}).minutes == 1.5
