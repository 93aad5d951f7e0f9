"""What the registers lack when they are compared with the lists of Klass for a day. Pure: nothing is written here.

The identity follows the same rules as in the files that ship with the portal (docs/decisions/0004): who is renumbered
or renamed, and who keeps its number, is the same municipality; a merger and each part of a split is a new one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from municipalities.klass.kinds import BOUNDARY, MERGER, RENAMING, RENUMBERING, SPLIT, Kinds, Pair, in_doubt, kinds_of
from municipalities.klass.reading import Code, CodeChange, KlassError

ONE_DAY = dt.timedelta(days=1)
UNKNOWN_LANGUAGE = "und"
_SAMI_LETTERS = frozenset("áčđŋšŧžïöä")


@dataclass(frozen=True)
class Known:
    """A version in the registers that holds on a day. ``official_names`` are (name, language)."""

    unit_id: int
    number: str
    name: str
    official_names: tuple[tuple[str, str], ...]
    county: str
    office: str
    valid_from: dt.date
    valid_to: dt.date | None

    @property
    def names(self) -> frozenset[str]:
        return frozenset({self.name, *(name for name, _language in self.official_names)})

    def tells(self, names: tuple[str, ...]) -> bool:
        """Whether the registers have these parallel names in this order, or these and more."""
        own = tuple(name for name, _language in self.official_names) or (self.name,)
        return names == own or set(names) < self.names


@dataclass(frozen=True)
class Registers:
    """The registers' municipalities the day before and on the day, by number; the changes of the day that they hold;
    the numbers that begin later; the counties and offices that exist."""

    before: Mapping[str, Known]
    after: Mapping[str, Known]
    links: Mapping[Pair, str]
    later: frozenset[str]
    counties: frozenset[str]
    offices: frozenset[str]


@dataclass(frozen=True)
class Wish:
    """What is to be imported: the codes on the day ``on`` (counties too, where they are known), the changes of that
    day, the office of counties by number, and the pairs that were boundary adjustments."""

    on: dt.date
    codes: Mapping[str, Code]
    changes: tuple[CodeChange, ...]
    county_names: Mapping[str, str] = field(default_factory=dict)
    offices: Mapping[str, str] = field(default_factory=dict)
    boundaries: frozenset[Pair] = frozenset()


@dataclass(frozen=True)
class NewVersion:
    """A version to be written. ``unit_id`` is the identity that goes on, None for a new one; ``how`` is what happened
    to it: renumbered, renamed, merged, split; ``sources`` are the numbers it came from."""

    number: str
    name: str
    official_names: tuple[tuple[str, str], ...]
    county: str
    office: str
    unit_id: int | None
    how: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """All that is to be written, each part in the order of numbers. ``ended`` are the units that are no more, with
    the numbers they lead to; ``doubts`` the splits that may have been boundary adjustments."""

    on: dt.date
    versions: tuple[NewVersion, ...]
    ended: tuple[tuple[Known, tuple[str, ...]], ...]
    links: tuple[tuple[str, str, str], ...]
    new_counties: tuple[tuple[str, str], ...]
    ended_counties: tuple[str, ...]
    doubts: tuple[Pair, ...]

    @property
    def empty(self) -> bool:
        """Whether the registers say all of it already."""
        return not (self.versions or self.ended or self.links or self.new_counties or self.ended_counties)


def plan(wish: Wish, registers: Registers) -> Plan:
    """Compare, and say what is to be written. Raises KlassError, in one sentence, where the lists and the registers
    do not go together: an unknown code, one that vanishes or appears without a change, an office that is not known."""
    codes = {number: code for number, code in wish.codes.items() if len(number) == 4}
    kinds = _checked(wish, codes, registers)
    names = {number: known.names for number, known in registers.before.items()}
    wanted = [
        version
        for number, code in sorted(codes.items())
        if (version := _version(wish, code, kinds, registers, codes)) is not None
    ]
    missing_links = [(*pair, kind) for pair, kind in sorted(kinds.of.items()) if pair not in registers.links]
    counties = {number[:2] for number in codes}
    return Plan(
        on=wish.on,
        versions=tuple(wanted),
        ended=tuple(_ended(registers, codes, kinds, wish.on)),
        links=tuple(missing_links),
        new_counties=tuple((county, _county_name(wish, county)) for county in sorted(counties - registers.counties)),
        ended_counties=tuple(sorted(_ended_counties(registers, counties))),
        doubts=tuple(
            pair
            for pair in in_doubt(kinds, names, {number: frozenset(code.names) for number, code in codes.items()})
            if pair not in registers.links
        ),
    )


def _checked(wish: Wish, codes: Mapping[str, Code], registers: Registers) -> Kinds:
    before = registers.before
    if not before:
        raise KlassError(f"No municipality is registered on {wish.on - ONE_DAY}; load the registers first.")
    pairs = [(change.old, change.new) for change in wish.changes]
    for old, new in pairs:
        if old not in before:
            raise KlassError(f"The change from {old} to {new}: no municipality has {old} on {wish.on - ONE_DAY}.")
        if new not in codes:
            raise KlassError(f"The change from {old} to {new}: {new} is not among the codes.")
    for old, new in sorted(wish.boundaries):
        if (old, new) not in pairs:
            raise KlassError(
                f"There is no change from {old} to {new} on {wish.on} that could be a boundary adjustment."
            )
        if registers.links.get((old, new), BOUNDARY) != BOUNDARY:
            raise KlassError(f"The change from {old} to {new} is registered as a {registers.links[old, new]} already.")
    kinds = kinds_of(pairs, before, codes, stated=wish.boundaries, known=registers.links)
    _nobody_vanishes(wish, codes, registers, kinds)
    return kinds


def _nobody_vanishes(wish: Wish, codes: Mapping[str, Code], registers: Registers, kinds: Kinds) -> None:
    for number, known in sorted(registers.before.items()):
        if number not in codes and number not in kinds.targets:
            raise KlassError(
                f"{number} {known.name} is registered, but not among the codes, and no change says what became of it;"
                " is a file cut short?"
            )
    for number, code in sorted(codes.items()):
        if number not in registers.before and number not in kinds.sources:
            raise KlassError(f"{number} {code.names[0]} is new, but no change says where it came from.")
    for number, known in sorted(registers.after.items()):
        if number not in codes and number not in registers.before:
            raise KlassError(f"{number} {known.name} is registered from {known.valid_from}, but not among the codes.")


def _version(
    wish: Wish, code: Code, kinds: Kinds, registers: Registers, codes: Mapping[str, Code]
) -> NewVersion | None:
    """The version that ``code`` needs from the day on, or None when it has it, or nothing changed."""
    number = code.code
    sources = kinds.sources.get(number, ())
    same = registers.before.get(number)
    if same is None and len(sources) == 1 and kinds.of[sources[0], number] in (RENUMBERING, RENAMING):
        same = registers.before[sources[0]]
    known = [same] if same is not None else [registers.before[source] for source in sources]
    name, official = _named(code, known)
    if same is not None and same.number == number and same.name == name and same.tells(code.names):
        return None
    if _is_there(wish.on, code, same, registers):
        return None
    if same is None:
        how = "split" if all(kinds.of[source, number] == SPLIT for source in sources) else "merged"
    else:
        how = "renamed" if same.number == number else "renumbered"
    office = _office(wish, number, registers, kinds, codes, same)
    unit_id = same.unit_id if same is not None else None
    return NewVersion(number, name, official, number[:2], office, unit_id, how, sources)


def _is_there(on: dt.date, code: Code, same: Known | None, registers: Registers) -> bool:
    """Whether the registers have the version already; refused when they have it as another municipality's."""
    there = registers.after.get(code.code)
    if there is None or there.valid_from < on:
        if code.code in registers.later:
            raise KlassError(f"{code.code} {code.names[0]} is registered from a later day than {on} already.")
        return False
    earlier = {known.unit_id for known in registers.before.values()}
    if there.unit_id != same.unit_id if same is not None else there.unit_id in earlier:
        raise KlassError(f"{code.code} {code.names[0]} is registered as another municipality from {on}.")
    return True


def _named(code: Code, known: Iterable[Known]) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The Norwegian name, and the parallel ones with their language where the registers know it.

    The Norwegian one is that by which the municipality, or one it came from, was known; else the first one without
    letters that only other languages have.
    """
    known = list(known)
    names = code.names
    before = {entry.name for entry in known}
    plain = [name for name in names if not _SAMI_LETTERS & set(name.casefold())]
    name = next((name for name in names if name in before), (plain or list(names))[0])
    if len(names) == 1:
        return name, ()
    languages = {text: language for entry in known for text, language in entry.official_names}
    languages[name] = "no"
    return name, tuple((text, languages.get(text, UNKNOWN_LANGUAGE)) for text in names)


def _office(
    wish: Wish, number: str, registers: Registers, kinds: Kinds, codes: Mapping[str, Code], same: Known | None
) -> str:
    county = number[:2]
    if county in wish.offices:
        return wish.offices[county]
    if same is not None and same.county == county:
        return same.office
    found = {known.office for known in registers.before.values() if known.county == county}
    if not found:  # a new county: those from which all its municipalities come
        found = {
            registers.before[source].office
            for new in codes
            if new[:2] == county
            for source in kinds.sources.get(new, ())
        }
    if len(found) != 1:
        raise KlassError(
            f"The office of county {county} is not known, its municipalities come from {', '.join(sorted(found))};"
            f" say --office {county}=KEY."
        )
    return found.pop()


def _county_name(wish: Wish, county: str) -> str:
    name = wish.county_names.get(county)
    if not name:
        raise KlassError(f"County {county} is new and its name is not known; give the list of counties (--counties).")
    return name


def _ended(
    registers: Registers, codes: Mapping[str, Code], kinds: Kinds, on: dt.date
) -> Iterable[tuple[Known, tuple[str, ...]]]:
    for number, known in sorted(registers.before.items()):
        targets = kinds.targets.get(number, ())
        goes_on = any(kinds.of[number, target] in (RENUMBERING, RENAMING) for target in targets)
        over = known.valid_to is not None and known.valid_to < on
        if number not in codes and not goes_on and not over:
            yield known, targets


def _ended_counties(registers: Registers, counties: set[str]) -> set[str]:
    return {known.county for known in registers.before.values() if known.county in registers.counties} - counties


def summary(plan_: Plan, registers: Registers) -> list[tuple[str, list[str]]]:
    """The plan in words for a terminal: a heading and its lines, in the order new, renamed, renumbered, merged, split,
    ended, boundary adjustments, counties, and what is in doubt."""
    label = _labels(plan_, registers)
    lines: dict[str, list[str]] = {key: [] for key in ("new", "renamed", "renumbered", "merged")}
    for version in plan_.versions:
        froms = ", ".join(label(source, old=True) for source in version.sources or (version.number,))
        if version.unit_id is None:
            lines["new"].append(f"{label(version.number)} (county {version.county}, office {version.office})")
        if version.how in lines:
            lines[version.how].append(f"{froms} -> {label(version.number)}")
    kept = [(o, n) for o, n, kind in plan_.links if kind == MERGER and n in registers.before and o != n]
    lines["merged"] += [f"{label(o, old=True)} -> {label(n)}, which keeps its number" for o, n in kept]
    parts: dict[str, list[str]] = {}
    for old, new, kind in plan_.links:
        if kind == SPLIT:
            parts.setdefault(old, []).append(label(new))
    lines["split"] = [f"{label(old, old=True)} -> {', '.join(into)}" for old, into in parts.items()]
    lines["ended"] = [
        f"{known.number} {known.name} -> {', '.join(label(number) for number in into)}" for known, into in plan_.ended
    ]
    lines["boundary adjustments"] = [
        f"a part of {label(old, old=True)} -> {label(new)}" for old, new, kind in plan_.links if kind == BOUNDARY
    ]
    lines["new counties"] = [f"{number} {name}" for number, name in plan_.new_counties]
    lines["ended counties"] = list(plan_.ended_counties)
    lines["taken for a split, but the codes cannot tell it from a boundary adjustment"] = [
        f"{label(old, old=True)} -> {label(new)}: if only a part was moved, say --boundary {old}-{new}"
        for old, new in plan_.doubts
    ]
    return list(lines.items())


def _labels(plan_: Plan, registers: Registers) -> Callable[..., str]:
    """Number and names of a municipality, as it is called from the day, or the day before (``old``)."""
    new = {
        version.number: " - ".join(name for name, _language in version.official_names) or version.name
        for version in plan_.versions
    }

    def label(number: str, *, old: bool = False) -> str:
        if number in new and not old:
            return f"{number} {new[number]}"
        known = registers.before.get(number) or registers.after[number]
        return f"{number} {known.name}"

    return label
