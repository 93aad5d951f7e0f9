"""The word-level comparison of two texts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reporting.textdiff import text_diff


def marked(pieces) -> str:
    return "".join(f"[{piece.text}]" if piece.changed else piece.text for piece in pieces)


def test_equal_texts_have_no_mark():
    assert marked(text_diff("Vi er i gang.", "Vi er i gang.").new) == "Vi er i gang."


def test_a_new_sentence_is_marked_and_the_rest_is_not():
    diff = text_diff("Arbeidet er i gang.", "Arbeidet er i gang. Vedtak i november.")
    assert marked(diff.old) == "Arbeidet er i gang."
    assert marked(diff.new) == "Arbeidet er i gang. [Vedtak i november.]"


def test_a_changed_word_is_marked_whole_on_both_sides():
    diff = text_diff("Vedtaket ventes i juni 2022 i kommunestyret.", "Vedtaket ventes i november 2022 i kommunestyret.")
    assert marked(diff.old) == "Vedtaket ventes i [juni] 2022 i kommunestyret."
    assert marked(diff.new) == "Vedtaket ventes i [november] 2022 i kommunestyret."


def test_changes_with_a_blank_between_are_one_mark():
    diff = text_diff(
        "Planen ble lagt fram for rådet og alle var enige.", "Planen blir vist fram for rådet og alle var enige."
    )
    assert marked(diff.new) == "Planen [blir vist] fram for rådet og alle var enige."


def test_another_text_is_marked_whole():
    diff = text_diff("Vi venter på staten.", "Høringen er ferdig, og planen vedtas til høsten av kommunestyret.")
    assert marked(diff.old) == "[Vi venter på staten.]"
    assert marked(diff.new).startswith("[Høringen")
    assert marked(diff.new).count("[") == 1


def test_from_and_to_nothing():
    assert marked(text_diff("", "Nytt").new) == "[Nytt]"
    assert text_diff("", "Nytt").old == ()
    assert marked(text_diff("Gammelt", "").old) == "[Gammelt]"


def test_very_long_texts_are_compared_at_their_ends():
    old = "start " + "a b " * 5000 + "slutt"
    new = "start " + "c d " * 5000 + "slutt"
    assert "".join(piece.text for piece in text_diff(old, new).new) == new


WORDS = st.lists(st.sampled_from(["a", "b", "ø", "vei", ",", " ", "  ", "\n", "."]), max_size=40).map("".join)


@given(WORDS | st.text(max_size=60), WORDS | st.text(max_size=60))
def test_the_pieces_give_the_texts_back(old, new):
    diff = text_diff(old, new)
    assert "".join(piece.text for piece in diff.old) == old
    assert "".join(piece.text for piece in diff.new) == new
    if old == new:
        assert not any(piece.changed for piece in diff.old + diff.new)
    for one, other in zip(diff.new, diff.new[1:], strict=False):
        assert one.changed != other.changed
