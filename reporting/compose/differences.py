"""What differs between two forms, question by question, in the order of the newer one. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reporting.compose.editing import TEXTS, questions_of
from reporting.compose.estimate import question_seconds

NEW, CHANGED, MOVED, REMOVED = "new", "changed", "moved", "removed"
PARTS = ("kind", "options", "rows", "limits", "required", "shown_when", "prefill", "indicator")
"""What of a question is compared besides its texts, by the names that ``Difference.parts`` uses."""


@dataclass(frozen=True)
class Difference:
    """One question that is new, changed, moved or removed. ``text`` is its name in both languages, ``parts`` what of it
    is changed, ``added`` and ``taken`` the answers or rows that came and went (both languages), ``seconds`` how much
    more (or less) it takes a municipality."""

    kind: str
    code: str
    text: Mapping[str, str]
    parts: tuple[str, ...] = ()
    added: tuple[Mapping[str, str], ...] = ()
    taken: tuple[Mapping[str, str], ...] = ()
    seconds: float = 0.0


def differences(
    before: Mapping[str, Any], after: Mapping[str, Any], *, measured: Mapping[str, float] | None = None
) -> list[Difference]:
    """What the form ``after`` asks otherwise than ``before``: in its order, what is removed last."""
    known = measured or {}
    old = {question["code"]: (section.get("key"), question) for section, question in questions_of(before)}
    new = {question["code"]: (section.get("key"), question) for section, question in questions_of(after)}
    moved = _moved([code for code in old if code in new], [code for code in new if code in old])
    found = []
    for code, (section, question) in new.items():
        if code not in old:
            found.append(Difference(NEW, code, _name(question), seconds=question_seconds(question, known)))
            continue
        change = _change(old[code][1], question, known)
        if change is not None:
            found.append(change)
        elif code in moved or old[code][0] != section:
            found.append(Difference(MOVED, code, _name(question)))
    for code, (_section, question) in old.items():
        if code not in new:
            found.append(Difference(REMOVED, code, _name(question), seconds=-question_seconds(question, known)))
    return found


def _change(old: Mapping[str, Any], new: Mapping[str, Any], known: Mapping[str, float]) -> Difference | None:
    parts = [name for name in TEXTS if (old.get(name) or {}) != (new.get(name) or {})]
    parts += [name for name in PARTS if (old.get(name) or None) != (new.get(name) or None)]
    if not parts:
        return None
    added: list[Mapping[str, str]] = []
    taken: list[Mapping[str, str]] = []
    for name in ("options", "rows"):
        was = {entry.get("key"): entry.get("text") or {} for entry in old.get(name) or ()}
        now = {entry.get("key"): entry.get("text") or {} for entry in new.get(name) or ()}
        added += [text for key, text in now.items() if key not in was]
        taken += [text for key, text in was.items() if key not in now]
    seconds = question_seconds(new, known) - question_seconds(old, known)
    return Difference(CHANGED, new["code"], _name(new), tuple(parts), tuple(added), tuple(taken), seconds)


def _name(question: Mapping[str, Any]) -> Mapping[str, str]:
    """The question's words, else its code where it has none yet."""
    text = question.get("text") or {}
    return text if any(text.values()) else {"nb": question["code"], "nn": question["code"]}


def _moved(before: list[str], after: list[str]) -> set[str]:
    """The codes that stand elsewhere among the common ones: all but a longest run that kept its order."""
    place = {code: index for index, code in enumerate(before)}
    best: list[list[str]] = []
    for code in after:
        runs = [run for run in best if place[run[-1]] < place[code]]
        best.append([*_longest(runs), code])
    kept = set(_longest(best))
    return set(after) - kept


def _longest(runs: list[list[str]]) -> list[str]:
    """The first of the longest runs; nothing of none."""
    return max(runs, key=lambda run: len(run)) if runs else []
