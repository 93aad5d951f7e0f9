"""A report beside the one before it: question by question, with what differs marked in words, items and rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from reporting.answers import format_answer, value_at
from reporting.form_spec import TEXT_KINDS, FormSpec, QuestionSpec, local
from reporting.textdiff import Piece, text_diff

SAME = "same"


@dataclass(frozen=True)
class Move:
    """One row of a matrix, in words; ``old`` and ``new`` are empty where it is not answered."""

    key: str
    name: str
    old: str
    new: str

    @property
    def changed(self) -> bool:
        return self.old != self.new


@dataclass(frozen=True)
class Pair:
    """One question: both answers in words, cut into pieces. ``kind`` is ``changed``, ``new``, ``removed`` or ``same``;
    an answer that is not there has no pieces. A matrix has its rows in ``moves`` instead."""

    code: str
    name: str
    text: str
    kind: str
    old: tuple[Piece, ...] = ()
    new: tuple[Piece, ...] = ()
    moves: tuple[Move, ...] = ()

    @property
    def changed(self) -> bool:
        return self.kind != SAME

    @property
    def is_matrix(self) -> bool:
        return bool(self.moves)

    @property
    def changed_moves(self) -> tuple[Move, ...]:
        return tuple(move for move in self.moves if move.changed)

    @property
    def words(self) -> str:
        """The new answer in one line."""
        return "".join(piece.text for piece in self.new)


@dataclass(frozen=True)
class SectionPairs:
    """The answered questions of one section of the form."""

    key: str
    title: str
    pairs: tuple[Pair, ...]


def side_by_side(
    *,
    spec: FormSpec,
    answers: Mapping[str, Any],
    old_spec: FormSpec | None,
    old_answers: Mapping[str, Any] | None,
    language: str,
    names: Mapping[str, str],
) -> list[SectionPairs]:
    """All questions that are answered in one of the two reports, in the order of the form.

    ``old_answers`` None: there is no earlier report, and nothing counts as changed. ``names`` gives words to the ids
    of a register. An old answer is put into the words of the form it was given to.
    """
    sections = []
    for section in spec.sections:
        pairs = [
            _pair(question, _of(old_spec, question), answers, old_answers, language, names)
            for question in section.questions
            if question.code in answers or question.code in (old_answers or {})
        ]
        if pairs:
            sections.append(SectionPairs(section.key, local(section.title, language), tuple(pairs)))
    return sections


def no_longer_asked(
    *, spec: FormSpec, old_spec: FormSpec | None, old_answers: Mapping[str, Any] | None, language: str,
    names: Mapping[str, str],
) -> list[tuple[str, str]]:  # fmt: skip
    """(question, answer) of what only the earlier form asked."""
    if old_spec is None or not old_answers:
        return []
    return [
        (local(question.name, language), format_answer(question, old_answers[question.code], language, names))
        for question in old_spec.questions()
        if not spec.has(question.code) and question.code in old_answers
    ]


def register_ids(spec: FormSpec, *answer_sets: Mapping[str, Any]) -> set[int]:
    """The ids of register rows that the answers name."""
    codes = [question.code for question in spec.questions() if question.kind == "register"]
    return {int(pk) for answers in answer_sets for code in codes for pk in answers.get(code) or () if str(pk).isdigit()}


def _of(old_spec: FormSpec | None, question: QuestionSpec) -> QuestionSpec:
    return old_spec.question(question.code) if old_spec and old_spec.has(question.code) else question


def _pair(
    question: QuestionSpec,
    old_question: QuestionSpec,
    answers: Mapping[str, Any],
    old_answers: Mapping[str, Any] | None,
    language: str,
    names: Mapping[str, str],
) -> Pair:
    before, after = (old_answers or {}).get(question.code), answers.get(question.code)
    kind = SAME
    if old_answers is not None and before != after:
        kind = "new" if before is None else "removed" if after is None else "changed"
    name, text = local(question.name, language), local(question.text, language)
    if question.kind == "matrix":
        moves = _moves(question, old_question, answers, old_answers or {}, language)
        return Pair(question.code, name, text, kind, moves=moves)
    old = "" if before is None else format_answer(old_question, before, language, names)
    new = "" if after is None else format_answer(question, after, language, names)
    if kind != "changed":
        return Pair(question.code, name, text, kind, _whole(old), _whole(new))
    if question.kind in TEXT_KINDS:
        pieces = text_diff(old, new)
        return Pair(question.code, name, text, kind, pieces.old, pieces.new)
    if question.kind in ("several_of", "register"):
        each = [format_answer(old_question, [key], language, names) for key in before]
        other = [format_answer(question, [key], language, names) for key in after]
        return Pair(question.code, name, text, kind, _items(each, other), _items(other, each))
    return Pair(question.code, name, text, kind, _whole(old, changed=True), _whole(new, changed=True))


def _whole(text: str, *, changed: bool = False) -> tuple[Piece, ...]:
    return (Piece(text, changed),) if text else ()


def _items(items: list[str], others: Iterable[str]) -> tuple[Piece, ...]:
    """The items in one line, with those marked that only this side has."""
    known = set(others)
    pieces: list[Piece] = []
    for item in items:
        if pieces:
            pieces.append(Piece(", "))
        pieces.append(Piece(item, item not in known))
    return tuple(pieces)


def _moves(
    question: QuestionSpec,
    old_question: QuestionSpec,
    answers: Mapping[str, Any],
    old_answers: Mapping[str, Any],
    language: str,
) -> tuple[Move, ...]:
    moves = []
    for row in question.rows:
        before, after = value_at(old_answers, question, row.key), value_at(answers, question, row.key)
        if before is None and after is None:
            continue
        moves.append(
            Move(
                row.key,
                local(row.text, language),
                format_answer(old_question, before, language) if before else "",
                format_answer(question, after, language) if after else "",
            )
        )
    return tuple(moves)
