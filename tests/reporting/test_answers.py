"""From what people type to canonical values, and back to words."""

import datetime as dt
import json
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reporting.answers import (
    NBSP,
    AnswerRow,
    answer_rows,
    answers_hash,
    date_text,
    diff,
    format_answer,
    number_text,
)
from reporting.answers_typed import KEEP_AT_MOST, clean, error_text, keepable
from reporting.form_spec import KINDS, FormSpec

T = {"nb": "Tekst", "nn": "Tekst"}
OPTIONS = [
    {"key": key, "text": {"nb": nb, "nn": nn}}
    for key, nb, nn in (("a", "Vurdert, ikke nå", "Vurdert, ikkje no"), ("b", "På plass", "På plass"),
                        ("none", "Ingen", "Ingen"))
]  # fmt: skip
SPEC = FormSpec.parse(
    {
        "sections": [
            {
                "key": "all",
                "title": T,
                "questions": [
                    {"code": "yes_no", "kind": "yes_no", "text": T},
                    {"code": "one_of", "kind": "one_of", "text": T, "options": OPTIONS},
                    {"code": "several_of", "kind": "several_of", "text": T, "options": OPTIONS,
                     "limits": {"exclusive": ["none"]}},
                    {"code": "whole_number", "kind": "whole_number", "text": T, "limits": {"min": 0, "max": 2000}},
                    {"code": "decimal", "kind": "decimal", "text": T},
                    {"code": "per_cent", "kind": "per_cent", "text": T},
                    {"code": "date", "kind": "date", "text": T},
                    {"code": "short_text", "kind": "short_text", "text": T, "limits": {"max_length": 20}},
                    {"code": "long_text", "kind": "long_text", "text": T},
                    {"code": "matrix", "kind": "matrix", "text": T, "options": OPTIONS,
                     "rows": [{"key": "1.1", "text": T}, {"key": "1.2", "text": T}]},
                    {"code": "register", "kind": "register", "text": T},
                ],
            }
        ]
    }
)  # fmt: skip
VALID = {
    "yes_no": "yes", "one_of": "b", "several_of": ["a", "b"], "whole_number": 7, "decimal": "12.5",
    "per_cent": "50", "date": "2021-06-17", "short_text": "PS 82/21", "long_text": "To\nlinjer",
    "matrix": {"1.1": "a"}, "register": ["3", "12"],
}  # fmt: skip
NOTHING = (None, "", "   ", "\n\t", NBSP)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


def q(code):
    return SPEC.question(code)


def value(code, raw):
    cleaned = clean(q(code), raw)
    assert cleaned.error is None, cleaned.error
    return cleaned.value


def code_of(code, raw):
    cleaned = clean(q(code), raw)
    assert cleaned.value is None
    assert cleaned.error and cleaned.error.endswith(".")
    return cleaned.code


def test_every_kind_is_tried():
    assert {question.kind for question in SPEC.questions()} == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("raw", NOTHING)
def test_nothing_is_no_answer_and_no_error(kind, raw):
    assert value(kind, raw) is None


@pytest.mark.parametrize("kind", KINDS)
def test_a_canonical_value_is_its_own_cleaning(kind):
    assert value(kind, VALID[kind]) == VALID[kind]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("raw", [{"$gt": ""}, [[]], [{}], {"a": {"b": []}}, True, 3.5, float("nan"), float("inf")])
def test_another_type_is_an_error_and_never_a_crash(kind, raw):
    if (kind, str(raw)) in {("yes_no", "True"), ("decimal", "3.5"), ("per_cent", "3.5")}:
        assert value(kind, raw) is not None
    else:
        assert code_of(kind, raw)


@pytest.mark.parametrize("kind", KINDS)
def test_100_000_characters_are_one_clear_sentence(kind):
    cleaned = clean(q(kind), "å" * 100_000)
    assert cleaned.value is None
    assert cleaned.error.count(". ") <= 1 and len(cleaned.error) < 200


@pytest.mark.parametrize("sign", ["\x00", "\x07", "\x1b", "\x7f", "\x9b", "\u202e", "\u2066", "\ud800", "\ufffe"])
@pytest.mark.parametrize("kind", KINDS)
def test_controls_and_reading_direction_overrides_are_refused(kind, sign):
    assert code_of(kind, f"før{sign}etter") == (
        "control" if kind in ("short_text", "long_text") else code_of(kind, "ø")
    )
    assert code_of(kind, sign)


@pytest.mark.parametrize("text", ["🎉 fest 👩‍👩‍👧", "שלום עולם", "مرحبا", "Guovdageaidnu áčđ", "=1+1", "<b>x</b>",
                                  "file:///etc/passwd", "a\u200fb"])  # fmt: skip
def test_emoji_and_right_to_left_and_formulas_are_text(text):
    assert value("short_text", text) == text


def test_blanks_around_are_taken_off_and_line_ends_are_one_kind():
    assert value("long_text", " \n A\r\nB\rC\x0bD\u2028E \t") == "A\nB\nC\nD\nE"
    assert value("short_text", f" PS{NBSP} 82/21\n") == "PS 82/21"
    assert value("short_text", "\ufeffA\u00adB") == "AB"
    assert value("short_text", "A\u030a") == "Å"


@pytest.mark.parametrize("raw", ["\u200b", "\u200d\u200d", "\u2060 \u200e"])
def test_what_cannot_be_seen_is_no_answer(raw):
    assert value("long_text", raw) is None


def test_a_text_that_is_too_long_says_by_how_much():
    cleaned = clean(q("short_text"), "x" * 21)
    assert cleaned.code == "too_long"
    assert "21" in cleaned.error and "20" in cleaned.error
    assert value("short_text", "x" * 20 + "   ") == "x" * 20


@pytest.mark.parametrize(
    ("raw", "number"),
    [("12,5", "12.5"), ("12.5", "12.5"), ("1 234", "1234"), (f"1{NBSP}234,50", "1234.5"), ("1\u202f234", "1234"),
     ("+3", "3"), ("−3,5", "-3.5"), ("–3", "-3"), (" 7 ", "7"), (12, "12"), (12.25, "12.25"), ("0", "0"), ("-0", "0"),
     ("0,10", "0.1"), ("0.125", "0.125"), ("100", "100"), ("1234.567", "1234.567"),
     ("1.234,5", "1234.5"), ("1.234.567", "1234567"), ("-1.234.567,25", "-1234567.25")],
)  # fmt: skip
def test_decimals_as_people_write_them(raw, number):
    assert value("decimal", raw) == number


@pytest.mark.parametrize(
    ("raw", "code"),
    [("1.234", "ambiguous_number"), ("12,", "not_a_number"), ("tolv", "not_a_number"), ("1 23", "not_a_number"),
     ("12 mnd", "not_a_number"), ("1e5", "not_a_number"), ("٣", "not_a_number"), ("1,2,3", "not_a_number"),
     ("1.23,5", "not_a_number"), ("1,234.5", "not_a_number"), ("1.234.56", "not_a_number"),
     ("9" * 11, "too_many_digits"), ("0,12345", "too_many_digits"), (10**20, "too_many_digits"),
     (float("nan"), "not_a_number"), (1e300, "not_a_number"), ("½", "not_a_number")],
)  # fmt: skip
def test_what_is_no_number_says_so(raw, code):
    assert code_of("decimal", raw) == code


@pytest.mark.parametrize(
    ("kind", "raw", "either", "other"),
    [("decimal", "1.234", f"1{NBSP}234", "1,234"), ("decimal", " -12.345 ", f"-12{NBSP}345", "-12,345"),
     ("whole_number", "1.234", f"1{NBSP}234", "1,234"), ("per_cent", "1.234 %", f"1{NBSP}234", "1,234")],
)  # fmt: skip
def test_a_number_that_can_be_two_is_asked_about_by_both_of_them(kind, raw, either, other):
    """A full stop before three digits parts the thousands for some and the decimals for others; nobody guesses."""
    cleaned = clean(q(kind), raw)
    assert (cleaned.value, cleaned.code) == (None, "ambiguous_number")
    assert either in cleaned.error and other in cleaned.error
    assert clean(q("decimal"), either).value != clean(q("decimal"), other).value


@given(st.integers(min_value=-(10**10) + 1, max_value=10**10 - 1), st.integers(min_value=0, max_value=9999))
def test_a_number_is_the_same_however_its_thousands_are_parted(whole, rest):
    wanted = value("decimal", f"{whole},{rest:04}")
    for part in (" ", NBSP, "\u202f", "\u2009", "."):
        grouped = f"{whole:,}".replace(",", part)
        assert value("decimal", f"{grouped},{rest:04}") == wanted
    assert value("decimal", number_text(Decimal(wanted))) == wanted


def test_whole_numbers_have_no_decimals_and_limits():
    assert value("whole_number", "1 234") == 1234
    assert value("whole_number", 6.0) == 6
    assert value("whole_number", "6,0") == 6
    assert code_of("whole_number", "6,5") == "not_whole"
    assert code_of("whole_number", "-1") == "out_of_range"
    assert code_of("whole_number", "2001") == "out_of_range"
    assert code_of("whole_number", True) == "wrong_type"


def test_per_cent_takes_the_sign_and_stays_within_a_hundred():
    assert value("per_cent", f"12,5{NBSP}%") == "12.5"
    assert code_of("per_cent", "101") == "out_of_range"
    assert code_of("per_cent", "-1") == "out_of_range"


@pytest.mark.parametrize(
    "raw",
    ["17.06.2021", "17.6.2021", "17.6.21", "17. 6. 2021", "17/6/2021", "17-06-2021", "17 06 2021", "2021-06-17",
     "2021-6-17", "17062021", "17. juni 2021", "17 juni 2021", "17. jun. 2021", "17. JUNI 2021", " 17.06.2021 ",
     f"17.{NBSP}juni{NBSP}2021"],
)  # fmt: skip
def test_dates_as_people_write_them(raw):
    assert value("date", raw) == "2021-06-17"


@pytest.mark.parametrize(
    ("raw", "code"),
    [("31.02.2021", "no_such_day"), ("2021-13-01", "no_such_day"), ("00.01.2021", "no_such_day"),
     ("17.06.1821", "no_such_day"), ("17.06", "not_a_date"), ("juni 2021", "not_a_date"),
     ("17. mon 2021", "not_a_date"),
     ("i fjor", "not_a_date"), ("2021-06-17T00:00", "not_a_date"), (20210617, "wrong_type"),
     ("17.06.20211", "not_a_date")],
)  # fmt: skip
def test_what_is_no_date_says_so(raw, code):
    assert code_of("date", raw) == code


def test_options_are_those_of_the_question():
    assert code_of("one_of", "forged") == "unknown_option"
    assert code_of("several_of", ["a", "forged"]) == "unknown_option"
    assert code_of("matrix", {"1.1": "forged"}) == "unknown_option"
    assert code_of("matrix", {"9.9": "a"}) == "unknown_row"
    assert code_of("several_of", ["none", "a"]) == "exclusive"
    assert value("several_of", ["none"]) == ["none"]
    assert value("several_of", ["b", "a", "b", ""]) == ["a", "b"]
    assert value("several_of", []) is None
    assert value("yes_no", False) == "no"
    assert clean(q("matrix"), "b", row="1.1").value == "b"
    assert clean(q("matrix"), "forged", row="1.1").code == "unknown_option"


def test_a_register_answer_is_ids_that_exist():
    assert value("register", [12, "3"]) == ["3", "12"]
    assert value("register", "12") == ["12"]
    assert code_of("register", ["-1"]) == "unknown_option"
    assert code_of("register", ["٣"]) == "unknown_option"
    assert clean(q("register"), ["12"], known={"3"}).code == "unknown_option"
    assert clean(q("register"), ["3"], known={"3"}).value == ["3"]


@settings(deadline=None)
@given(st.sampled_from(KINDS), JSON)
def test_cleaning_never_raises_and_what_it_gives_is_json_that_cleans_to_itself(kind, raw):
    cleaned = clean(q(kind), raw)
    assert cleaned.value is None or cleaned.error is None
    if cleaned.value is not None:
        assert json.loads(json.dumps(cleaned.value)) == cleaned.value
        assert clean(q(kind), cleaned.value) == cleaned
        assert answer_rows(SPEC, {kind: cleaned.value})
        assert format_answer(q(kind), cleaned.value, "nb")
        json.dumps(cleaned.value, ensure_ascii=False).encode()  # no surrogate gets through


@settings(deadline=None)
@given(st.text(alphabet=st.characters(), max_size=60))
def test_any_text_becomes_an_answer_or_an_error_and_can_be_stored(text):
    cleaned = clean(q("long_text"), text)
    if cleaned.value is not None:
        cleaned.value.encode()
        assert "\x00" not in cleaned.value
        assert cleaned.value == cleaned.value.strip()
    kept = keepable(text)
    kept.encode()
    assert "\x00" not in kept and len(kept) == len(text)


def test_what_cannot_be_an_answer_is_kept_within_bounds():
    assert keepable("a\x00b\ud800") == "a\u2400b\ufffd"
    assert len(keepable("x" * (KEEP_AT_MOST + 1))) == KEEP_AT_MOST
    assert keepable({"a": ["ø"]}) == '{"a": ["\\u00f8"]}'
    assert keepable(float("nan")) == "NaN"
    nested = []
    for _ in range(100_000):
        nested = [nested]
    assert keepable(nested) == ""


def test_every_error_has_its_own_sentence():
    codes = ["too_long", "out_of_range", "control", "ambiguous_number", "wrong_type", "unknown_option", "unknown_row",
             "exclusive", "not_a_number", "not_whole", "too_many_digits", "not_a_date", "no_such_day"]  # fmt: skip
    sentences = {error_text(q("whole_number"), code, "raw") for code in codes}
    assert len(sentences) == len(codes)


def test_answers_become_typed_rows_in_form_order():
    answers = {**VALID, "unknown": "x"}
    rows = answer_rows(SPEC, answers)
    assert AnswerRow("several_of", value="a") in rows and AnswerRow("several_of", value="b") in rows
    assert AnswerRow("matrix", row="1.1", value="a") in rows
    assert AnswerRow("whole_number", number=Decimal(7)) in rows
    assert AnswerRow("decimal", number=Decimal("12.5")) in rows
    assert AnswerRow("date", date=dt.date(2021, 6, 17)) in rows
    assert AnswerRow("long_text", text="To\nlinjer") in rows
    assert [row.question for row in rows] == sorted((row.question for row in rows), key=list(VALID).index)


def test_the_hash_is_of_the_answers_and_not_of_their_order():
    assert answers_hash({"a": 1, "b": "ø"}) == answers_hash({"b": "ø", "a": 1})
    assert answers_hash({"a": 1}) != answers_hash({"a": 2})


@pytest.mark.parametrize(
    ("code", "given", "words"),
    [("one_of", "a", "Vurdert, ikkje no"), ("several_of", ["a", "b"], "Vurdert, ikkje no, På plass"),
     ("yes_no", "yes", "Ja"), ("whole_number", 1234, f"1{NBSP}234"), ("decimal", "-12.5", "−12,5"),
     ("per_cent", "12.5", f"12,5{NBSP}%"), ("date", "2022-05-01", f"1.{NBSP}mai 2022"), ("matrix", "b", "På plass"),
     ("matrix", {"1.1": "b", "1.2": "b"}, f"2{NBSP}på plass"), ("long_text", "Fritt", "Fritt"),
     ("register", ["3", "9"], "Nettverk Agder, 9"), ("one_of", "gone", "gone")],
)  # fmt: skip
def test_answers_in_words(code, given, words):
    assert format_answer(q(code), given, "nn", {"3": "Nettverk Agder"}) == words


def test_numbers_and_dates_are_norwegian():
    assert number_text(1230) == f"1{NBSP}230"
    assert number_text("0.5") == "0,5"
    assert date_text(dt.date(2022, 11, 1)) == f"1.{NBSP}november 2022"


def test_differences_field_by_field():
    old = {"one_of": "a", "matrix": {"1.1": "a", "1.2": "b"}, "date": "2021-01-01", "gone": "x"}
    new = {"one_of": "b", "matrix": {"1.1": "a", "1.2": "a"}, "short_text": "ny"}
    changes = {change.key: (change.kind, change.old, change.new) for change in diff(SPEC, old, new)}
    assert changes == {
        "one_of": ("changed", "a", "b"),
        "matrix:1.2": ("changed", "b", "a"),
        "date": ("removed", "2021-01-01", None),
        "short_text": ("new", None, "ny"),
    }
    assert diff(SPEC, new, new) == []
