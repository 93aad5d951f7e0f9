"""What the frame of every page shows: menu by right, person and unit, language, links at the foot."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, gettext, gettext_lazy

from municipalities.access import RIGHTS, Grant, Scope, scope_of
from municipalities.acting import Acting, Choice, acting_of
from municipalities.models import MunicipalityVersion, OfficeName, Role
from municipalities.querysets import valid_on
from reform import clock
from reform.sessions import Left, left

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class NavItem:
    """A link of the menu; ``current`` is the value of aria-current: ``page``, ``true`` (a page below it) or empty."""

    label: str
    url: str
    current: str = ""


@dataclass(frozen=True)
class Nav:
    """The menu: the lines that are always seen, and those behind the button More (none in a short menu)."""

    shown: list[NavItem] = field(default_factory=list)
    more: list[NavItem] = field(default_factory=list)

    @property
    def more_is_here(self) -> bool:
        """Whether the page that is open stands behind the button."""
        return any(item.current for item in self.more)


@dataclass(frozen=True)
class Crumb:
    """A step of the breadcrumbs; the last one is the page itself."""

    label: Any
    url: str
    current: bool = False


@dataclass(frozen=True)
class LanguageChoice:
    code: str
    label: str
    chosen: bool


@dataclass
class Frame:
    """All that templates/frame.html and its parts need. ``trail`` is filled by the tag ``crumb``; ``home_url`` is
    the page that the front door leads this person to (empty for a visitor); ``elsewhere`` is the municipality that the
    page is about, where it is hers but not the one that she works for now."""

    demo: bool
    here: str
    contact: str
    languages: list[LanguageChoice]
    footer: list[NavItem]
    home_label: str
    home_url: str = ""
    signed_in: bool = False
    person: str = ""
    unit: str = ""
    session: Left | None = None
    user_id: int | None = None
    acting: Acting = field(default_factory=Acting)
    elsewhere: Choice | None = None
    trail: list[Crumb] = field(default_factory=list)

    @property
    def steps(self) -> list[Crumb]:
        """The breadcrumbs from the front page on, which is there once, whatever the page itself calls it."""
        if not self.home_url or self.home_url in {crumb.url for crumb in self.trail}:
            return self.trail
        return [Crumb(self.home_label, self.home_url), *self.trail]

    @property
    def level_above(self) -> Crumb | None:
        """The nearest step that is not the page itself: all that a narrow screen shows."""
        return next((crumb for crumb in reversed(self.steps) if not crumb.current), None)


@dataclass(frozen=True)
class Place:
    """A line of the menu: shown to those who have the right (None: everybody), and to municipalities only or not.
    ``below`` are the beginnings of the names of the addresses that belong under it; where the menu is too long for one
    line, those that are ``seldom`` needed stand behind a button."""

    label: _StrPromise
    url_name: str
    right: str | None
    below: tuple[str, ...] = ()
    municipal: bool | None = None
    seldom: bool = False


MENU = (
    Place(gettext_lazy("Front page"), "municipality_home", "home.read", ("report_",), municipal=True),
    Place(gettext_lazy("National status"), "national_status", "national.read", ("figure_", "explore", "compare_")),
    Place(gettext_lazy("Rounds"), "round_list", "round.compose", ("round_", "compose_")),
    Place(gettext_lazy("Status"), "round_status", "status.read", municipal=True),
    Place(
        gettext_lazy("What is registered"),
        "municipality_own",
        "register.read",
        ("municipality_detail",),
        municipal=True,
    ),
    Place(
        gettext_lazy("Municipalities"),
        "municipality_list",
        "region.read",
        ("municipality_detail", "region_"),
        municipal=False,
    ),
    Place(gettext_lazy("Work list"), "work_list", "report.review", ("report_", "reports_", "register_differences")),
    Place(gettext_lazy("Regions"), "regional_list", "regional.read", ("regional_",)),
    Place(gettext_lazy("Reports"), "report_list", "report.list", ("report_",)),
    Place(gettext_lazy("Networks"), "network_list", "register.read", ("network_", "workbook_"), seldom=True),
    Place(gettext_lazy("Support"), "support_list", "register.read", ("support_",), seldom=True),
    Place(
        gettext_lazy("Grants"),
        "grants_home",
        "grants.read",
        ("scheme_", "criteria_", "priority_", "application_", "allocation_", "appropriation_", "key_table"),
        seldom=True,
    ),
    Place(gettext_lazy("Volumes"), "volume_list", "volume.read", seldom=True),
    Place(gettext_lazy("Corrections"), "correction_list", "correction.answer", ("correction_",), seldom=True),
    Place(gettext_lazy("Risk"), "risk_list", "risk.assess", ("risk_",)),
    Place(gettext_lazy("Summaries"), "summary_list", "summary.read", ("summary_",)),
    Place(gettext_lazy("Notices"), "notice_list", "notice.edit", ("notice_",), seldom=True),
    Place(gettext_lazy("Access"), "access_offices", "access.offices", ("access_", "placements"), seldom=True),
    Place(gettext_lazy("Access"), "access_municipalities", "access.municipalities", ("access_",), seldom=True),
    Place(gettext_lazy("Rights"), "rights", "rights.read", seldom=True),
    Place(gettext_lazy("The trail"), "trail", "trail.read", seldom=True),
    Place(gettext_lazy("Operations"), "operations", "operations.read", seldom=True),
    Place(gettext_lazy("Help"), "help", None),
)
LONG_MENU = 6
ONE_LINE = 8
HOMES = (
    ("national.read", "national_status"),
    ("report.return", "work_list"),
    ("summary.read", "summary_list"),
    ("report.list", "report_list"),
)
FOOTER = (
    (gettext_lazy("Accessibility statement"), "accessibility"),
    (gettext_lazy("Privacy"), "privacy"),
    (gettext_lazy("All checks in the form"), "checks_list"),
    (gettext_lazy("Help"), "help"),
)


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor: ``frame`` and ``nav`` for every page, error pages and the login page included."""
    user = getattr(request, "user", None)
    today = getattr(request, "today", None)
    signed_in = user is not None and user.is_authenticated and today is not None
    content = Frame(
        demo=settings.PORTAL_DEMO,
        here=_address_of_this_page(request),
        contact=settings.PORTAL_CONTACT,
        languages=[LanguageChoice(code, name, code == get_language()) for code, name in settings.LANGUAGES],
        footer=[_item(request, label, name) for label, name in FOOTER],
        home_label=gettext("Front page"),
        signed_in=signed_in,
    )
    if not signed_in or today is None:
        return {"frame": content, "nav": Nav()}
    scope = scope_of(user, today=today)
    content.person = str(user)
    content.user_id = user.pk
    content.session = left(getattr(request, "session", {}), clock.seconds())
    content.acting = acting_of(request)
    content.unit = _unit_in_the_head(content.acting, scope)
    about = getattr(request, "about_unit", None)
    content.elsewhere = content.acting.choice(about) if about != content.acting.unit_id else None
    content.home_url = reverse(home_of(scope) or "home")
    content.footer.insert(0, _item(request, gettext("The reform's period and phases"), "reform_page"))
    return {"frame": content, "nav": menu(request, scope)}


def home_of(scope: Scope) -> str | None:
    """The name of the page where a person's work is; None where her role has none yet."""
    if scope.municipality_ids:
        return "municipality_home"
    return next((name for right, name in HOMES if scope.has(RIGHTS[right].roles)), None)


def menu(request: HttpRequest, scope: Scope) -> Nav:
    """The lines of the menu that this person has use for; a menu of more than ``ONE_LINE`` lines is folded."""
    places = [
        place
        for place in MENU
        if (place.right is None or scope.has(RIGHTS[place.right].roles))
        and (place.municipal is None or place.municipal == bool(scope.municipality_ids))
    ]
    if len(places) > LONG_MENU:  # the help stands at the foot of every page too
        places = [place for place in places if place.right is not None]
    folded = len(places) > ONE_LINE
    lines = [(place.seldom and folded, _item(request, place.label, place.url_name, place.below)) for place in places]
    return Nav([item for more, item in lines if not more], [item for more, item in lines if more])


def unit_label(scope: Scope) -> str:
    """What a person belongs to, in words: her municipality, her office, or her national role; the first she got."""
    return _place(scope.grants[0], scope) if scope.grants else ""


def _unit_in_the_head(acting: Acting, scope: Scope) -> str:
    """The municipality that she works for, where she has several; else what she belongs to."""
    if acting.must_choose:
        return gettext("Choose municipality")
    if acting.chosen is not None:
        return acting.chosen.label
    mine = [grant for grant in scope.grants if grant.municipality_id == acting.unit_id]
    return unit_label(Scope(tuple(mine), scope.today) if mine else scope)


def roles_in_words(scope: Scope) -> list[tuple[str, str]]:
    """Every role that holds today, as (role, where); a national role is its own place."""
    words = [(str(Role(grant.role).label), _place(grant, scope)) for grant in scope.grants]
    return [(role, "" if role == place else place) for role, place in words]


def _place(grant: Grant, scope: Scope) -> str:
    """Where a grant holds. Kept for ten minutes by unit, day and language: every page shows it."""
    if grant.municipality_id is None and grant.office_id is None:
        return str(Role(grant.role).label)
    key = f"unit:{grant.municipality_id}:{grant.office_id}:{scope.today}:{get_language()}"
    label = cache.get(key)
    if label is None:
        label = _municipality_label(grant, scope) if grant.municipality_id else _office_label(grant, scope)
        cache.set(key, label, 600)
    return f"{Role(grant.role).label}, {label}" if grant.role in (Role.KS, Role.USHT) else label


def _municipality_label(grant: Grant, scope: Scope) -> str:
    rows = MunicipalityVersion.objects.filter(valid_on(scope.today), municipality_id=grant.municipality_id)
    row = rows.select_related("municipality").first()
    if row is None:
        return ""
    words = gettext("%(name)s district") if row.municipality.is_district else gettext("%(name)s municipality")
    return words % {"name": row.display_name}


def _office_label(grant: Grant, scope: Scope) -> str:
    row = OfficeName.objects.filter(valid_on(scope.today), office_id=grant.office_id).first()
    return row.name if row else ""


def _item(request: HttpRequest, label: Any, name: str, below: tuple[str, ...] = ()) -> NavItem:
    match = getattr(request, "resolver_match", None)
    here = (match.url_name or "") if match else ""
    current = "page" if here == name else "true" if here.startswith(below or ("\0",)) else ""
    return NavItem(str(label), reverse(name), current)


def _address_of_this_page(request: HttpRequest) -> str:
    """Where to come back to after a change of language: this page, or the front page where it cannot be read anew."""
    match = getattr(request, "resolver_match", None)
    view = getattr(match.func, "view_class", None) if match else None
    if request.method in ("GET", "HEAD") or hasattr(view, "get"):
        return request.get_full_path()
    return "/"
