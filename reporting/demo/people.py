"""The demo's invented people: who can log in, with which role. Names are made up and belong to nobody."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password

from municipalities.models import Municipality, Office, Role, User
from municipalities.services import membership_grant, office_names
from municipalities.services.training import NUMBER, training_unit

FIRST = (
    "Kari", "Per", "Liv", "Ola", "Anne", "Nils", "Ingrid", "Arne", "Marit", "Jon", "Sunniva", "Máret", "Ánte", "Fatima",
    "Eirik", "Solveig", "Tor", "Åse", "Øyvind", "Amina", "Torunn", "Lars", "Hege", "Biret", "Simen", "Gro",
)  # fmt: skip
LAST = (
    "Berg", "Holm", "Dahl", "Lunde", "Solheim", "Lie", "Moen", "Haugen", "Strand", "Nygård", "Eira", "Sara", "Bakke",
    "Hansen", "Khan", "Vik", "Aas", "Østby", "Myhre", "Sæther", "Fjeld", "Utsi", "Brekke", "Nordgaard-Johannessen",
)  # fmt: skip


@dataclass(frozen=True)
class Cast:
    """The demo's users by what they are for: a unit's id, an office's id, or a national role."""

    contacts: Mapping[int, User]
    colleagues: Mapping[int, User]
    reviewers: Mapping[int, User]
    national: Mapping[str, User]


def person(username: str) -> tuple[str, str]:
    """The invented first and last name of a user name, always the same."""
    rng = random.Random(f"person:{username}")  # noqa: S311 - invented data, no secret
    return rng.choice(FIRST), rng.choice(LAST)


def cast_make(*, day: dt.date, now: dt.datetime, password: str, language_nn: frozenset[str]) -> Cast:
    """Make every demo user that is not there, with roles from ``day`` on. ``language_nn`` are the county numbers whose
    contacts read nynorsk. All get the same password, hashed once."""
    maker = _Maker(day, now, make_password(password))
    units = list(Municipality.objects.across_all(reason="a contact for every unit").units_as_of(day))
    contacts = {
        unit.pk: maker.user(
            f"kommune-{unit.number}",
            Role.MUNICIPALITY_EDITOR,
            municipality=unit,
            language="nn" if unit.county_number in language_nn else "nb",
        )
        for unit in units
    }
    colleagues = {
        unit.pk: maker.user(f"kommune-{unit.number}-kollega", Role.MUNICIPALITY_EDITOR, municipality=unit)
        for unit in units
        if unit.number in ("3004", "5001")
    }
    for unit in units:
        if unit.number == "3004":
            maker.user("kommune-3004-leser", Role.MUNICIPALITY_READER, municipality=unit)
    maker.user(f"kommune-{NUMBER}", Role.MUNICIPALITY_EDITOR, municipality=training_unit(now=now))
    reviewers = {}
    keys = office_names(day)
    for office in Office.objects.across_all(reason="staff for every office"):
        key = keys[office.pk].key
        reviewers[office.pk] = maker.user(f"statsforvalter-{key}", Role.STATSFORVALTER, office=office)
        maker.user(f"ks-{key}", Role.KS, office=office)
        maker.user(f"usht-{key}", Role.USHT, office=office)
    national = {name: maker.user(name, role) for name, role in NATIONAL.items()}
    return Cast(contacts, colleagues, reviewers, national)


NATIONAL = {"hdir": Role.HDIR, "hdir-admin": Role.HDIR_ADMIN, "hod": Role.HOD, "evaluator": Role.EVALUATOR}


class _Maker:
    def __init__(self, day: dt.date, now: dt.datetime, password_hash: str) -> None:
        self.day, self.now, self.password_hash = day, now, password_hash

    def user(
        self,
        username: str,
        role: str,
        *,
        municipality: Municipality | None = None,
        office: Office | None = None,
        language: str = "nb",
    ) -> User:
        first, last = person(username)
        user, made = User.objects.get_or_create(
            username=username,
            defaults={
                "first_name": first,
                "last_name": last,
                "email": f"{username}@example.no",
                "language": language,
                "password": self.password_hash,
            },
        )
        if not made and user.password != self.password_hash:
            user.password = self.password_hash
            user.save(update_fields=["password"])
        membership_grant(
            user=user, role=role, municipality=municipality, office=office, valid_from=self.day, now=self.now
        )
        return user


def logins(cast: Cast) -> Iterator[tuple[str, str]]:
    """``(user name, name)`` of those worth showing first."""
    for user in (*cast.colleagues.values(), *cast.reviewers.values(), *cast.national.values()):
        yield user.username, str(user)
