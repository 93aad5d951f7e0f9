"""What has changed between two texts, word by word. Pure: no Django.

A reader wants to see which words are new, not which letters; and where nearly everything is new, the two texts side
by side say more than a patchwork of marks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
_MAX_TOKENS = 3000
"""Longer texts are compared at their two ends only: the full comparison grows with the square of the length."""
_PATCHWORK = 0.35
"""Below this share of words in common, the whole of both texts is marked."""


@dataclass(frozen=True)
class Piece:
    """A stretch of text, ``changed`` when it is only on its own side."""

    text: str
    changed: bool = False


@dataclass(frozen=True)
class TextDiff:
    """The old text and the new one, each cut into pieces; joined, the pieces give the text back."""

    old: tuple[Piece, ...]
    new: tuple[Piece, ...]


def text_diff(old: str, new: str) -> TextDiff:
    """The words that only ``old`` has and those that only ``new`` has."""
    if old == new:
        return TextDiff(_pieces([(old, False)]), _pieces([(new, False)]))
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    head = _common(before, after)
    tail = _common(before[head:][::-1], after[head:][::-1])
    middle_old, middle_new = before[head : len(before) - tail], after[head : len(after) - tail]
    left, right = _compare(middle_old, middle_new)
    if _kept_words(before, head, tail, left) < _PATCHWORK * max(_words(before), _words(after)):
        return TextDiff(_pieces([(old, True)]), _pieces([(new, True)]))
    start, end = ("".join(before[:head]), False), ("".join(before[len(before) - tail :]), False)
    return TextDiff(_pieces([start, *left, end]), _pieces([start, *right, end]))


def _common(one: list[str], other: list[str]) -> int:
    """How many tokens the two have in common from the start."""
    count = 0
    for first, second in zip(one, other, strict=False):
        if first != second:
            break
        count += 1
    return count


def _compare(old: list[str], new: list[str]) -> tuple[list[tuple[str, bool]], list[tuple[str, bool]]]:
    """Both sides as (text, changed), where the shared stretches are at least a word long."""
    if max(len(old), len(new)) > _MAX_TOKENS:
        return [("".join(old), True)], [("".join(new), True)]
    left: list[tuple[str, bool]] = []
    right: list[tuple[str, bool]] = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        # A blank or a comma that both have is no island between two changes.
        changed = kind != "equal" or not (_words(old[a:b]) or a == 0 or b == len(old))
        left.append(("".join(old[a:b]), changed))
        right.append(("".join(new[c:d]), changed))
    return left, right


def _words(tokens: list[str]) -> int:
    return sum(1 for token in tokens if token[0].isalnum())


def _kept_words(before: list[str], head: int, tail: int, left: list[tuple[str, bool]]) -> int:
    ends = before[:head] + before[len(before) - tail :]
    return _words(ends) + sum(_words(_TOKEN.findall(text)) for text, changed in left if not changed)


def _pieces(parts: list[tuple[str, bool]]) -> tuple[Piece, ...]:
    """Neighbours of one kind joined, empty ones left out, blanks at the ends of a change moved out of it."""
    joined: list[list[Any]] = []
    for text, changed in parts:
        if not text:
            continue
        if joined and joined[-1][1] == changed:
            joined[-1][0] += text
        else:
            joined.append([text, changed])
    pieces: list[Piece] = []
    for text, changed in joined:
        if not changed:
            pieces.append(Piece(text))
            continue
        core = text.strip()
        lead = text[: len(text) - len(text.lstrip())] if core else text
        rest = text[len(lead) + len(core) :]
        pieces += [Piece(part, flag) for part, flag in ((lead, False), (core, True), (rest, False)) if part]
    return _merge(pieces)


def _merge(pieces: list[Piece]) -> tuple[Piece, ...]:
    merged: list[Piece] = []
    for piece in pieces:
        if merged and merged[-1].changed == piece.changed:
            merged[-1] = Piece(merged[-1].text + piece.text, piece.changed)
        else:
            merged.append(piece)
    return tuple(merged)
