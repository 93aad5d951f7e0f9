"""What kind each change from an old code to a new one is. Pure.

Klass says only that something went from one code to another. The kind follows from all changes of the day together:

* several old codes with the same new one: a merger;
* the same old code with several new ones: a split;
* one to one with another code: a renumbering, with the same code: a renaming;
* the old code goes on existing, and the new one existed or was made of others: a boundary adjustment. So is a piece
  that an ending municipality gave to one that goes on unchanged, when the rest of it went elsewhere.

One case cannot be told from the codes: an ending municipality with several new codes, of which one continues a
municipality of the same name under a new number. That is taken for a split and told as ``in_doubt``; whoever imports
can state that it was a boundary adjustment.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

Pair = tuple[str, str]
MERGER, SPLIT, RENUMBERING, RENAMING, BOUNDARY = "merger", "split", "renumbering", "renaming", "boundary"


@dataclass(frozen=True)
class Kinds:
    """The kind of each change, and for each new code the old ones that it came from (boundary adjustments not)."""

    of: Mapping[Pair, str]
    sources: Mapping[str, tuple[str, ...]]
    targets: Mapping[str, tuple[str, ...]]


def kinds_of(
    pairs: Iterable[Pair],
    before: Collection[str],
    after: Collection[str],
    *,
    stated: Collection[Pair] = (),
    known: Mapping[Pair, str] | None = None,
) -> Kinds:
    """Infer the kind of every (old, new) of one day.

    ``before`` and ``after`` are the codes of the day before and of the day. ``stated`` are said to be boundary
    adjustments; ``known`` are the kinds that the registers hold already, and win.
    """
    pairs, known = sorted(set(pairs)), known or {}
    all_sources, all_targets = _ends(pairs)
    boundaries = {
        pair
        for pair in pairs
        if known.get(pair, BOUNDARY if pair in stated else "") == BOUNDARY
        or (pair not in known and _is_piece(pair, before, after, all_sources, all_targets))
    }
    rest = [pair for pair in pairs if pair not in boundaries]
    sources, targets = _ends(rest)
    of = dict.fromkeys(boundaries, BOUNDARY)
    for pair in rest:
        of[pair] = known.get(pair) or _kind(pair, (before, after), sources, targets)
    return Kinds(of, {k: tuple(v) for k, v in sources.items()}, {k: tuple(v) for k, v in targets.items()})


def in_doubt(kinds: Kinds, names: Mapping[str, frozenset[str]], renamed: Mapping[str, frozenset[str]]) -> list[Pair]:
    """The splits that may have been boundary adjustments. ``names`` are the old codes' names, ``renamed`` the new's."""
    doubtful = []
    for (old, new), kind in kinds.of.items():
        others = [source for source in kinds.sources.get(new, ()) if source != old]
        if kind != SPLIT or len(others) != 1 or new in kinds.targets:
            continue
        only = kinds.targets.get(others[0], ()) == (new,)
        if only and names.get(others[0], frozenset()) & renamed.get(new, frozenset()):
            doubtful.append((old, new))
    return sorted(doubtful)


def _ends(pairs: Iterable[Pair]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    sources, targets = defaultdict(list), defaultdict(list)
    for old, new in pairs:
        sources[new].append(old)
        targets[old].append(new)
    return sources, targets


def _is_piece(
    pair: Pair,
    before: Collection[str],
    after: Collection[str],
    sources: Mapping[str, list[str]],
    targets: Mapping[str, list[str]],
) -> bool:
    old, new = pair
    if old == new:
        return False
    if old in after:
        return new in before or any(source not in after for source in sources[new])
    return new in before and new not in targets and len(targets[old]) > 1


def _kind(
    pair: Pair,
    days: tuple[Collection[str], Collection[str]],
    sources: Mapping[str, list[str]],
    targets: Mapping[str, list[str]],
) -> str:
    old, new = pair
    before, after = days
    if len(targets[old]) > 1:
        return SPLIT
    if len(sources[new]) > 1 or (old != new and new in before):  # the other one goes on, and need not be named
        return MERGER
    if old == new:
        return RENAMING
    return SPLIT if old in after else RENUMBERING
