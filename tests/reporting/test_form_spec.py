"""A form is read from its definition, and only a whole one is accepted."""

import copy

import pytest

from reporting.form_spec import FormError, FormSpec, local, visible_codes

T = {"nb": "Tekst", "nn": "Tekst"}


def question(code, kind="short_text", **more):
    return {"code": code, "kind": kind, "text": T, **more}


def form(*questions, key="plan"):
    return {"sections": [{"key": key, "title": T, "questions": list(questions)}]}


YES = [{"key": "yes", "text": T}, {"key": "no", "text": T}]
MATRIX = {
    "options": YES,
    "rows": [{"key": "1.1", "text": T, "group": "1"}, {"key": "1.2", "text": T, "group": "1"}],
    "groups": [{"key": "1", "text": T}],
}


def test_field_keys_name_matrix_rows_by_code_and_row():
    spec = FormSpec.parse(form(question("a"), question("m", "matrix", **MATRIX)))
    assert spec.field_keys() == ("a", "m:1.1", "m:1.2")
    asked, row = spec.field("m:1.2")
    assert (asked.code, row) == ("m", "1.2")
    with pytest.raises(KeyError):
        spec.field("m")
    with pytest.raises(KeyError):
        spec.field("m:9.9")


def test_yes_no_brings_its_own_options():
    spec = FormSpec.parse(form(question("a", "yes_no")))
    assert spec.question("a").option_keys == ("yes", "no")


@pytest.mark.parametrize(
    ("definition", "says"),
    [
        ({}, "sections"),
        ([], "sections"),
        (form(), "at least one question"),
        (form(question("a"), question("a")), "twice"),
        (form(question("Å")), "code"),
        (form(question("a" * 41)), "40"),
        (form(question("a", "slider")), "unknown kind"),
        (form({"code": "a", "kind": "date", "text": {"nb": "Bare bokmål"}}), "nb and nn"),
        (form({"code": "a", "kind": "date", "text": {"nb": "Ja", "nn": "  "}}), "nb and nn"),
        (form(question("a", "one_of")), "options"),
        (form(question("a", "one_of", options=[])), "options"),
        (form(question("a", "one_of", options=[YES[0], YES[0]])), "own key"),
        (form(question("a", "matrix", options=YES)), "rows"),
        (form(question("a", "matrix", options=YES, rows=[{"key": "x" * 13, "text": T}])), "12"),
        (form(question("a", "matrix", options=YES, groups=[{"key": "1", "text": T}],
                       rows=[{"key": "1", "text": T, "group": "2"}])), "no group"),
        (form(question("a", limits={"colour": "red"})), "limits"),
        (form(question("a", shown_when=[{"question": "b", "any_of": ["x"]}]), question("b")), "not above"),
        (form(question("a", required_when=[{"question": "b", "any_of": ["x"]}]), question("b")), "not above"),
        (form(question("a"), question("b", shown_when=[{"question": "a"}])), "one of any_of, none_of and at_least"),
        (form(question("a"), question("b", shown_when=[{"question": "a", "any_of": ["x"], "none_of": ["y"]}])),
         "one of"),
        (form(question("a"), question("b", shown_when=[{"any_of": ["a"]}])), "name a question"),
        (form(question("a"), key="Del 1"), "small letters"),
    ],
)  # fmt: skip
def test_a_broken_definition_is_refused_and_says_where(definition, says):
    with pytest.raises(FormError, match=says):
        FormSpec.parse(definition)


def test_a_condition_that_names_the_answers_that_do_not_show():
    spec = FormSpec.parse(
        form(question("a", "several_of", options=YES), question("b", shown_when=[{"question": "a", "none_of": ["no"]}]))
    )
    assert "b" in visible_codes(spec, {"a": ["yes"]})
    assert "b" not in visible_codes(spec, {"a": ["yes", "no"]})
    assert "b" not in visible_codes(spec, {})  # what is not answered shows nothing


def test_two_sections_with_the_same_key_are_refused():
    definition = form(question("a"))
    definition["sections"].append(copy.deepcopy(form(question("b"))["sections"][0]))
    with pytest.raises(FormError, match="different keys"):
        FormSpec.parse(definition)


def chain():
    return FormSpec.parse(
        form(
            question("a", "yes_no"),
            question("b", "yes_no", shown_when=[{"question": "a", "any_of": ["yes"]}]),
            question("c", shown_when=[{"question": "b", "any_of": ["yes"]}]),
            question("n", "whole_number"),
            question("d", shown_when=[{"question": "n", "at_least": 1}]),
            question("m", "several_of", options=YES),
            question("e", shown_when=[{"question": "m", "any_of": ["no"]}]),
        )
    )


@pytest.mark.parametrize(
    ("answers", "shown"),
    [
        ({}, "anm"),
        ({"a": "yes"}, "abnm"),
        ({"a": "yes", "b": "yes"}, "abcnm"),
        ({"a": "no", "b": "yes"}, "anm"),  # the hidden b does not show c
        ({"n": 0}, "anm"),
        ({"n": 1}, "anmd"),
        ({"m": ["yes"]}, "anm"),
        ({"m": ["yes", "no"]}, "anme"),
    ],
)
def test_what_is_shown_follows_from_the_answers_that_are_shown(answers, shown):
    assert visible_codes(chain(), answers) == set(shown)


def test_a_question_follows_the_one_that_shows_it():
    assert chain().question("c").parent == "b"


def test_a_question_may_be_required_only_with_certain_answers():
    needed = question("b", required_when=[{"question": "a", "any_of": ["yes"]}])
    spec = FormSpec.parse(form(question("a", "yes_no"), needed, question("c"), question("d", required=True)))
    asked = {asked.code: asked for asked in spec.questions()}
    assert [asked["b"].is_required(answers) for answers in ({}, {"a": "no"}, {"a": "yes"})] == [False, False, True]
    assert [asked[code].optional for code in "abcd"] == [True, False, True, False]
    assert asked["d"].is_required({}) and not asked["c"].is_required({"a": "yes"})


def test_texts_come_in_the_reader_s_language():
    text = {"nb": "Ikke", "nn": "Ikkje"}
    assert (local(text, "nn"), local(text, "nn-no"), local(text, "nb"), local(None, "nb")) == (
        "Ikkje", "Ikkje", "Ikke", "",
    )  # fmt: skip
