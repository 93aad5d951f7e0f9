"""What the claims of a checked ID token say, as plain values. Pure; nothing here is stored as it came."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

LEVELS = {"substantial": 3, "idporten-loa-substantial": 3, "high": 4, "idporten-loa-high": 4}
"""Levels of assurance by the names that Ansattporten and ID-porten give them (eIDAS substantial and high)."""

_AUTHORITY = "iso6523-actorid-upis"
_ORGANISATION = re.compile(r"0192:([0-9]{9})")  # 0192 is the Central Coordinating Register in ISO 6523
_WEIGHTS = (3, 2, 7, 6, 5, 4, 3, 2)


@dataclass(frozen=True)
class Answer:
    """Who came from a provider. ``email`` is there only where the provider says that it is verified; ``contact`` is
    the address for notices to staff, which proves nothing. Neither the national identity number nor anything else of
    the token is carried on."""

    provider: str
    subject: str
    organisations: tuple[str, ...] = ()
    groups: frozenset[str] = frozenset()
    email: str = ""
    contact: str = ""
    first_name: str = ""
    last_name: str = ""
    session: str = ""
    acr: str = ""


def answer_of(claims: Mapping[str, Any], provider: str, asked: Iterable[Mapping[str, Any]]) -> Answer:
    """The part of the claims that the portal uses; ``asked`` is what ``authorization_details`` of the request said."""
    verified = claims.get("email_verified") is True or claims.get("xms_edov") in (True, "1", "true")
    address = _text(claims, "email", 150).lower()
    first, last = _text(claims, "given_name", 150), _text(claims, "family_name", 150)
    if not (first or last):
        first, _space, last = _text(claims, "name", 150).rpartition(" ")
    groups = claims.get("groups")
    groups = groups if isinstance(groups, list) else []
    return Answer(
        provider=provider,
        subject=str(claims["sub"]),
        organisations=tuple(organisations(claims.get("authorization_details"), asked)),
        groups=frozenset(entry for entry in groups if isinstance(entry, str)),
        email=address if verified else "",
        contact=address or _text(claims, "preferred_username", 150).lower(),
        first_name=first,
        last_name=last,
        session=_text(claims, "sid", 500),
        acr=_text(claims, "acr", 60),
    )


def acr_suffices(acr: Any, lowest: str) -> bool:
    """Whether the level ``acr`` is at least ``lowest``; a level that is not known never is."""
    return isinstance(acr, str) and LEVELS.get(acr, 0) >= LEVELS[lowest]


def organisations(details: Any, asked: Iterable[Mapping[str, Any]] = ()) -> list[str]:
    """The organisation numbers of those that the person represents, each once, in the token's order.

    A reportee counts with the scheme 0192 and a number that is well formed. The request goes through the person's own
    browser, so where something was ``asked`` for only representation of just that counts: another service of Altinn,
    which she put in its place, gives nothing.
    """
    wanted = [(entry.get("type"), entry.get("resource")) for entry in asked]
    found: dict[str, None] = {}
    for entry in details if isinstance(details, list) else []:
        if not isinstance(entry, dict) or (wanted and (entry.get("type"), entry.get("resource")) not in wanted):
            continue
        for party in _parties(entry):
            number = _number_of(party)
            if number:
                found[number] = None
    return list(found)


def organisation_number_valid(number: str) -> bool:
    """Whether the ninth digit is the check digit of the other eight (modulus 11, as the register defines it)."""
    if len(number) != 9 or not (number.isascii() and number.isdigit()):
        return False
    rest = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number, strict=False)) % 11
    return (11 - rest) % 11 == int(number[8])


def _parties(entry: Mapping[str, Any]) -> list[Any]:
    """``reportees`` of Altinn 2's services; ``authorized_parties`` with ``orgno`` of Altinn 3's resources."""
    rows = entry.get("reportees")
    more = entry.get("authorized_parties")
    parties = list(rows) if isinstance(rows, list) else []
    parties += [row.get("orgno") for row in more if isinstance(row, dict)] if isinstance(more, list) else []
    return parties


def _number_of(party: Any) -> str:
    if not isinstance(party, dict):
        return ""
    authority = party.get("Authority", party.get("authority"))
    match = _ORGANISATION.fullmatch(party["ID"]) if isinstance(party.get("ID"), str) else None
    if authority != _AUTHORITY or match is None or not organisation_number_valid(match[1]):
        return ""
    return match[1]


def _text(claims: Mapping[str, Any], name: str, longest: int) -> str:
    value = claims.get(name)
    return value.strip()[:longest] if isinstance(value, str) and value.isprintable() else ""
