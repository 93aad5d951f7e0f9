"""Who may see and do what. All role logic of the portal is in this file (idea 2 of the design).

``scope_of(user)`` says where a user belongs and fails closed; ``RIGHTS`` says which roles have a right;
``can(user, right, obj)`` joins the two and gives the reason. Outside the scope a page answers 404,
inside it without the right 403.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import BooleanField, Case, Exists, Model, OuterRef, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from municipalities.models import Membership, MunicipalityLink, MunicipalityVersion, Role
from municipalities.models.people import MUNICIPAL_ROLES, NATIONAL_ROLES, REGIONAL_ROLES
from municipalities.querysets import valid_on
from municipalities.right_sources import Source

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

MUNICIPAL = frozenset(MUNICIPAL_ROLES)
REGIONAL = frozenset(REGIONAL_ROLES)
NATIONAL = frozenset(NATIONAL_ROLES)
HDIR = frozenset({Role.HDIR, Role.HDIR_ADMIN})


@dataclass(frozen=True)
class Grant:
    """One valid membership: a role, and the municipality or office it is tied to (none for a national one)."""

    role: str
    municipality_id: int | None = None
    office_id: int | None = None


@dataclass(frozen=True)
class Scope:
    """Where a user belongs on a day. No grants means that nothing is seen."""

    grants: tuple[Grant, ...] = ()
    today: date = date.min

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(grant.role for grant in self.grants)

    def only(self, roles: Iterable[str]) -> Scope:
        """The part of the scope that these roles give."""
        wanted = frozenset(roles)
        return Scope(tuple(grant for grant in self.grants if grant.role in wanted), self.today)

    @property
    def municipality_ids(self) -> frozenset[int]:
        return frozenset(grant.municipality_id for grant in self.grants if grant.municipality_id is not None)

    @property
    def office_ids(self) -> frozenset[int]:
        return frozenset(grant.office_id for grant in self.grants if grant.office_id is not None)

    def has(self, roles: Iterable[str]) -> bool:
        return bool(self.roles & frozenset(roles))


EMPTY = Scope()
CHANGES_BACK = 3


@dataclass(frozen=True)
class Right:
    """A right: the roles that have it, a sentence for the security officer's table, and the paragraph that it comes
    from (a test fails where there is none)."""

    roles: frozenset[str]
    sentence: _StrPromise
    source: Source | None = None


@dataclass(frozen=True)
class Decision:
    """Whether something is allowed; ``reason`` is a sentence to show when it is not."""

    ok: bool
    reason: str | _StrPromise = ""

    def __bool__(self) -> bool:
        return self.ok


_SF = frozenset({Role.STATSFORVALTER})
_EDITOR = frozenset({Role.MUNICIPALITY_EDITOR})

RIGHTS: dict[str, Right] = {
    "home.read": Right(MUNICIPAL | REGIONAL | NATIONAL, _("See one's own front page."), Source.DESIGN_ONE_FILE),
    "register.read": Right(
        MUNICIPAL | REGIONAL | HDIR | {Role.EVALUATOR},
        _("Read the registers of municipalities, plans and networks."),
        Source.PUBLIC_ACCESS,
    ),
    "region.read": Right(
        REGIONAL | HDIR | {Role.EVALUATOR},
        _("See the page of a region with all its municipalities."),
        Source.ADDENDUM_OFFICES,
    ),
    "register.edit": Right(
        _SF | {Role.HDIR_ADMIN},
        _("Register plan decisions, anchoring, steps and phases of municipalities."),
        Source.LETTER_REPORTING,
    ),
    "network.edit": Right(
        REGIONAL | {Role.HDIR_ADMIN}, _("Keep the networks of one's own region."), Source.LETTER_NETWORKS
    ),
    "support.edit": Right(
        REGIONAL | {Role.HDIR_ADMIN}, _("Register support in one's own region."), Source.ADDENDUM_OFFICES
    ),
    "correction.propose": Right(
        _EDITOR, _("Propose a correction of what is registered about one's own unit."), Source.ADDENDUM_REPORTING
    ),
    "correction.answer": Right(
        REGIONAL | {Role.HDIR_ADMIN},
        _("Answer proposed corrections; KS and USHT those about networks and support."),
        Source.ADDENDUM_REPORTING,
    ),
    "risk.read": Right(_SF | HDIR, _("See the five risk patterns of a municipality."), Source.LETTER_SUPPORT),
    "risk.assess": Right(_SF, _("Confirm or dismiss a risk pattern and note the follow-up."), Source.LETTER_SUPPORT),
    "membership.place": Right(
        frozenset({Role.HDIR_ADMIN}),
        _("Decide where the contacts of a municipality that was split belong."),
        Source.DESIGN_IDENTITY,
    ),
    "report.read": Right(
        MUNICIPAL | REGIONAL | HDIR | {Role.EVALUATOR},
        _("Read a report, its answers and its history."),
        Source.PUBLIC_ACCESS,
    ),
    "report.list": Right(
        frozenset({Role.KS, Role.USHT, Role.EVALUATOR}),
        _("See the list of reports that are sent in."),
        Source.ADDENDUM_OFFICES,
    ),
    "report.edit": Right(
        _EDITOR | _SF,
        _("Fill in the form of one's own municipality; the statsforvalter one that it has taken over."),
        Source.LETTER_REPORTING,
    ),
    "report.submit": Right(
        _EDITOR | _SF,
        _("Send in the report of one's own municipality; the statsforvalter one that it has taken over."),
        Source.LETTER_REPORTING,
    ),
    "report.message": Right(
        _EDITOR | _SF, _("Write about a report to colleagues, or to the other side."), Source.DESIGN_WORKFLOW
    ),
    "report.review": Right(
        _SF | HDIR, _("See the work list and reports beside their predecessors."), Source.LETTER_REPORTING
    ),
    "report.return": Right(_SF, _("Return a report with a comment."), Source.DESIGN_WORKFLOW),
    "report.approve": Right(_SF, _("Approve a report."), Source.DESIGN_WORKFLOW),
    "report.reopen": Right(
        _SF, _("Take back an approval, or reopen an approved report with a reason."), Source.DESIGN_ROUND
    ),
    "report.extend": Right(_SF, _("Give one municipality a later deadline, with a reason."), Source.DESIGN_ROUND),
    "report.on_behalf": Right(
        _SF, _("Take over the reporting of a municipality, on its behalf."), Source.LETTER_REPORTING
    ),
    "report.note": Right(_SF, _("Write and read internal notes about a report."), Source.INTERNAL),
    "national.read": Right(HDIR, _("See the status of all offices."), Source.ADDENDUM_HDIR),
    "summary.build": Right(HDIR, _("Build a national summary and write its assessment."), Source.PLAN_YEAR),
    "summary.approve": Right(
        HDIR, _("Approve a national summary, and take the approval back until it is sent."), Source.DESIGN_SUMMARY
    ),
    "summary.send": Right(HDIR, _("Mark a national summary as sent to the ministry."), Source.ADDENDUM_HDIR),
    "summary.withdraw": Right(
        HDIR, _("Withdraw a national summary that was sent, with a reason."), Source.DESIGN_SUMMARY
    ),
    "summary.read": Right(
        HDIR | {Role.HOD}, _("Read national summaries; the ministry reads those that are sent."), Source.ADDENDUM_HDIR
    ),
    "volume.read": Right(
        _SF | HDIR | {Role.HOD},
        _("Read the volume of a region: the statsforvalter its own when it is approved, the ministry when it is sent."),
        Source.PLAN_HALF_YEAR,
    ),
    "figure.read": Right(
        HDIR, _("Go from a figure to the municipalities and answers behind it."), Source.DESIGN_SUMMARY
    ),
    "figures.open": Right(
        HDIR, _("Open the figures of a round to those who reported, and close them again."), Source.DESIGN_ROUND
    ),
    "round.open": Right(frozenset({Role.HDIR_ADMIN}), _("Open a reporting round."), Source.ADDENDUM_REPORTING),
    "round.compose": Right(HDIR, _("Compose the form and the dates of a round."), Source.ADDENDUM_REPORTING),
    "round.publish": Right(
        frozenset({Role.HDIR_ADMIN}),
        _("Publish a round or a new version of its form, and wipe a test round."),
        Source.DESIGN_ROUND,
    ),
    "round.unlock": Right(
        frozenset({Role.HDIR_ADMIN}), _("Open a locked round for corrections until a day."), Source.DESIGN_ROUND
    ),
    "regional.read": Right(_SF | HDIR, _("Read the report of a region."), Source.ADDENDUM_OFFICES),
    "regional.edit": Right(_SF, _("Fill in and deliver the report of one's own region."), Source.ADDENDUM_OFFICES),
    "regional.judge": Right(HDIR, _("Accept or return the report of a region."), Source.ADDENDUM_HDIR),
    "notice.edit": Right(HDIR, _("See what notices are sent, and write their texts."), Source.DESIGN_ROUND),
    "status.read": Right(
        MUNICIPAL | REGIONAL | HDIR | {Role.EVALUATOR},
        _("See how far a round has come, and who has delivered."),
        Source.PUBLIC_ACCESS,
    ),
    "burden.read": Right(HDIR, _("See how much work a round has been, in sums."), Source.ADDENDUM_REPORTING),
    "grants.read": Right(
        MUNICIPAL | REGIONAL | HDIR | {Role.EVALUATOR},
        _("Read grant schemes, their criteria, formulas and appropriations."),
        Source.PUBLIC_ACCESS,
    ),
    "grants.edit": Right(HDIR, _("Keep grant schemes, criteria, formulas and appropriations."), Source.ADDENDUM_MEANS),
    "priority.read": Right(
        MUNICIPAL | _SF | HDIR,
        _("See how municipalities meet the criteria: the municipality itself, its statsforvalter, Hdir all."),
        Source.LETTER_PRIORITY,
    ),
    "priority.document": Right(
        _SF, _("Add documentation to a criterion, or overrule its outcome with a reason."), Source.LETTER_PRIORITY
    ),
    "priority.decide": Right(
        HDIR, _("Decide a priority list, and try other criteria before that."), Source.ADDENDUM_MEANS
    ),
    "application.read": Right(
        MUNICIPAL | _SF | HDIR,
        _("See applications for grants: the municipality its own, its statsforvalter, Hdir all."),
        Source.LETTER_PRIORITY,
    ),
    "application.import": Right(HDIR, _("Take in lists of applications for grants."), Source.ADDENDUM_MEANS),
    "access.offices": Right(
        frozenset({Role.HDIR_ADMIN}),
        _("Give people at the offices and at national bodies access, and take it away."),
        Source.GDPR_ACCESS,
    ),
    "access.municipalities": Right(
        _SF, _("Give the contacts of a municipality in one's own region access, and take it away."), Source.GDPR_ACCESS
    ),
    "access.review": Right(
        frozenset({Role.HDIR_ADMIN}) | _SF | _EDITOR,
        _("Go through who has access: Hdir's administrators all, the statsforvalter its region, contacts their own."),
        Source.GDPR_ACCESS,
    ),
    "contact.invite": Right(
        _EDITOR, _("Invite colleagues in one's own municipality, and take their access away."), Source.GDPR_ACCESS
    ),
    "login.local": Right(
        frozenset({Role.HDIR_ADMIN}),
        _("Log in with a password of the portal when that is closed to all others."),
        Source.GDPR_ACCESS,
    ),
    "service.manage": Right(_EDITOR, _("Give the municipality's own system access to deliver."), Source.GDPR_ACCESS),
    "trail.read": Right(
        frozenset({Role.HDIR_ADMIN}), _("Search the trail of changes and readings, and take it out."), Source.GDPR_PROOF
    ),
    "operations.read": Right(
        frozenset({Role.HDIR_ADMIN}), _("See how jobs, mails and services are doing."), Source.GDPR_ACCESS
    ),
    "rights.read": Right(HDIR, _("See the table of rights, with its sources."), Source.GDPR_PROOF),
}


def scope_of(user: Any, *, today: date) -> Scope:
    """Where ``user`` belongs on ``today``. Anonymous, inactive or without a valid membership: the empty scope.

    The answer is kept on the user object, which lives as long as one request or one job.
    """
    if user is None or not getattr(user, "is_authenticated", False) or not user.is_active:
        return EMPTY
    kept: dict[date, Scope] = user.__dict__.setdefault("_scopes", {})
    if today not in kept:
        rows = Membership.objects.filter(valid_on(today), user_id=user.pk).order_by("id")
        known = MUNICIPAL | REGIONAL | NATIONAL
        grants = tuple(Grant(row.role, row.municipality_id, row.office_id) for row in rows if row.role in known)
        kept[today] = Scope(_represented(grants, user.represents), today)
    return kept[today]


def acting_as(user: Any, obj: Any, *, today: date) -> str:
    """In which role and where ``user`` acts on ``obj``, for the trail, which keeps no names: ``ks office:3``,
    ``municipality_editor municipality:12``, ``hdir``. Of several roles the one at the object's own unit, else the first
    one; empty for nobody and for one without a role."""
    grants = scope_of(user, today=today).grants
    unit, office = getattr(obj, "municipality_id", None), getattr(obj, "office_id", None)
    near = [one for one in grants if (unit and one.municipality_id == unit) or (office and one.office_id == office)]
    if not grants:
        return ""
    grant = (near or list(grants))[0]
    where = [f"municipality:{grant.municipality_id}"] if grant.municipality_id else []
    where += [f"office:{grant.office_id}"] if grant.office_id else []
    return " ".join([grant.role, *where])


def _represented(grants: tuple[Grant, ...], represents: frozenset[int] | None) -> tuple[Grant, ...]:
    """Without the municipal roles at municipalities that the login does not represent."""
    if represents is None:
        return grants
    return tuple(grant for grant in grants if grant.municipality_id is None or grant.municipality_id in represents)


def units_in(scope: Scope, path: str = "id") -> Q:
    """The condition that the Municipality at ``path`` lies in the scope; a subquery, so a list stays one query."""
    if scope.has(NATIONAL - {Role.HOD}):
        return Q()
    own = Q(**{f"{path}__in": scope.municipality_ids}) | Q(**{f"{path}__in": predecessors(scope).values("old_id")})
    return own | Q(**{f"{path}__in": _of_offices(scope).values("municipality_id")})


def predecessors(scope: Scope) -> QuerySet[MunicipalityLink]:
    """The mergers and splits of which one's own units were made until today: their history is read, not changed.

    Followed back through ``CHANGES_BACK`` changes of the map (Ålesund of today, that of 2020, and its parts of 2019).
    """
    kinds = (MunicipalityLink.Kind.MERGER, MunicipalityLink.Kind.SPLIT)
    known = MunicipalityLink.objects.filter(kind__in=kinds, on__lte=scope.today)
    own = Q(new_id__in=scope.municipality_ids)
    found = known.filter(own)
    for _back in range(CHANGES_BACK - 1):
        found = known.filter(own | Q(new_id__in=found.values("old_id")))
    return found


def _of_offices(scope: Scope) -> QuerySet[MunicipalityVersion]:
    """The newest version of every unit for which one's offices answer, or answered last before it ended."""
    known = MunicipalityVersion.objects.filter(valid_from__lte=scope.today)
    later = known.filter(municipality=OuterRef("municipality"), valid_from__gt=OuterRef("valid_from"))
    return known.filter(~Exists(later), office_id__in=scope.office_ids)


def visible_filter(model: type[Model], scope: Scope) -> Q:
    """What of ``model`` lies in the scope. A model with rules of its own has ``visible_in(scope) -> Q``;
    the others name the way to their municipality in ``scope_path``."""
    if not scope.grants:
        return Q(pk__in=())
    own = getattr(model, "visible_in", None)
    if own is not None:
        return own(scope)
    return units_in(scope, model.scope_path)  # type: ignore[attr-defined]


def allowed_filter(model: type[Model], right: str, scope: Scope) -> Q:
    """What of ``model`` the right reaches in the scope. Where rows are seen by more than may change them, the model
    says in ``editable_in(scope) -> Q`` which ones an ``….edit`` or ``….submit`` right reaches."""
    mine = scope.only(RIGHTS[right].roles)
    reach = visible_filter(model, mine)
    narrower = getattr(model, "editable_in", None)
    if narrower is not None and right.endswith((".edit", ".submit")) and mine.grants:
        reach &= narrower(mine)
    return reach


def reached(model: type[Model], right: str, user: Any, *, today: date) -> Case:
    """Whether the right reaches a row, as a value that a query of it can bring along (True or False): ``can`` for a
    row that is read anyway, without a question of its own."""
    scope = scope_of(user, today=today).only(RIGHTS[right].roles)
    inside = When(allowed_filter(model, right, scope), then=Value(True)) if scope.grants else None
    return Case(*filter(None, [inside]), default=Value(False), output_field=BooleanField())


def can(user: Any, right: str, obj: Any = None, *, today: date) -> Decision:
    """Whether ``user`` has ``right`` on ``obj`` (or at all, when no object is given).

    Allowed when a role that has the right gives a scope in which the object lies. Raises KeyError for a
    right that is not in ``RIGHTS``.
    """
    scope = scope_of(user, today=today).only(RIGHTS[right].roles)
    if not scope.grants:
        return Decision(False, _("Your role does not have this right."))
    if obj is None:
        return Decision(True)
    reach = allowed_filter(type(obj), right, scope)
    inside = type(obj).objects.get_queryset().filter(reach, pk=obj.pk).exists()
    return Decision(True) if inside else Decision(False, _("This does not belong to your unit."))
