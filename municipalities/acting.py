"""For which of her municipalities a person works now, and which of them her login represents.

The session holds both. The choice only says which unit the pages of "my municipality" show: what she may see and do is
said by ``access`` alone, and is never made wider here. What her login represents makes it narrower: a municipal
membership outside it gives no rights in that session.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth import get_user
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, gettext

from municipalities.access import Scope, scope_of
from municipalities.models import MunicipalityVersion, User
from municipalities.querysets import valid_on

ACTING, REPRESENTS = "acting_municipality", "represents"


class RepresentsMiddleware:
    """Right after the login: ``request.user`` knows which municipalities the login represents (the session's
    ``represents``, a list of ids; without it the login is not restricted). Pages, and the API where it is asked with
    the session, get the same user; a token or a system's key has no session and is not restricted by it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.user = SimpleLazyObject(lambda: _user_of(request))  # type: ignore[assignment]
        return self.get_response(request)


def _user_of(request: HttpRequest) -> Any:
    """The user of the session, restricted. Kept on the request, as the log line looks for it there."""
    user: Any = request.__dict__.get("_cached_user")
    if user is None:
        user = request._cached_user = get_user(request)  # type: ignore[attr-defined]
    if isinstance(user, User):
        user.represents = represented(request.session)
    return user


def represented(session: Any) -> frozenset[int] | None:
    """The municipalities that the session's login represents; None when it is not restricted. What cannot be read
    stands for none at all."""
    if REPRESENTS not in session:
        return None
    given = session[REPRESENTS]
    known = given if isinstance(given, list | tuple | set | frozenset) else ()
    return frozenset(pk for pk in known if isinstance(pk, int) and not isinstance(pk, bool))


@dataclass(frozen=True)
class Choice:
    """A municipality or district that a person can work for: what it is called, and its county (two have one name)."""

    pk: int
    label: str
    county: str
    sort_key: str


@dataclass(frozen=True)
class Acting:
    """``unit_id`` is the municipality that she works for now (None: none, or not chosen yet); ``choices`` are those
    that she can choose between, empty for one who has no choice."""

    choices: tuple[Choice, ...] = ()
    unit_id: int | None = None

    @property
    def must_choose(self) -> bool:
        return bool(self.choices) and self.unit_id is None

    @property
    def chosen(self) -> Choice | None:
        return self.choice(self.unit_id)

    def choice(self, pk: int | None) -> Choice | None:
        """The choice with this id; None when she has not got it."""
        return next((choice for choice in self.choices if choice.pk == pk), None)


def acting_of(request: Any) -> Acting:
    """Whom the one who is logged in works for. A choice that is no longer hers is none: then she chooses anew.

    No query for one who has a single municipality; for others one, and none where the names are kept.
    """
    kept: Acting | None = request.__dict__.get("_acting")
    if kept is None:
        kept = request._acting = _acting(
            scope_of(request.user, today=request.today), getattr(request, "session", {}).get(ACTING)
        )
    return kept


def _acting(scope: Scope, wanted: Any) -> Acting:
    ids = scope.municipality_ids
    if len(ids) < 2:
        return Acting((), next(iter(ids), None))
    found = choices(ids, scope.today)
    if len(found) < 2:  # the others are no more
        return Acting((), found[0].pk if found else None)
    return Acting(found, wanted if isinstance(wanted, int) and wanted in {choice.pk for choice in found} else None)


def choices(ids: frozenset[int], today: date) -> tuple[Choice, ...]:
    """Those of the units that exist today, in Norwegian order. Kept for ten minutes by unit, day and language."""
    keys = {f"acting:{pk}:{today}:{get_language()}": pk for pk in ids}
    kept: dict[str, Choice | None] = cache.get_many(keys)
    missing = {key: pk for key, pk in keys.items() if key not in kept}
    if missing:
        rows = MunicipalityVersion.objects.filter(valid_on(today), municipality_id__in=missing.values())
        by_unit = {row.municipality_id: _choice(row) for row in rows.select_related("municipality", "county")}
        fresh = {key: by_unit.get(pk) for key, pk in missing.items()}
        cache.set_many(fresh, 600)
        kept.update(fresh)
    return tuple(sorted((row for row in kept.values() if row is not None), key=lambda row: (row.sort_key, row.county)))


def _choice(row: MunicipalityVersion) -> Choice:
    words = gettext("%(name)s district") if row.municipality.is_district else gettext("%(name)s municipality")
    return Choice(row.municipality_id, words % {"name": row.display_name}, row.county.name, row.sort_key)


def act_for(request: HttpRequest, unit_id: int) -> bool:
    """Work for this municipality from now on, in this session; False when it is not one of hers today."""
    if acting_of(request).choice(unit_id) is None:
        return False
    request.session[ACTING] = unit_id
    request.__dict__.pop("_acting", None)
    return True


def choose_first(request: HttpRequest) -> HttpResponse:
    """The way to the page where one chooses, and from there back to this one."""
    here = request.get_full_path() if request.method in ("GET", "HEAD") else request.path
    return redirect(f"{reverse('acting_choose')}?{urlencode({'next': here})}")
