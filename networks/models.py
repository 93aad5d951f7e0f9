"""Networks, who takes part in them, and the support that the regional apparatus has given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from municipalities.access import HDIR, NATIONAL, units_in
from municipalities.models import Municipality, Office, Role
from municipalities.models.places import Dated
from municipalities.querysets import ScopedDatedQuerySet, ScopedManager
from reform.models import Solution

if TYPE_CHECKING:
    from municipalities.access import Scope


class Network(Dated):
    """A network in which municipalities learn together; ``offices`` are the regions it covers, ``organisers`` keys of
    ``Provider`` in their order, ``themes`` the solutions it works with."""

    class Kind(models.TextChoices):
        MUNICIPAL = "municipal", _("municipal network")
        LEADER = "leader", _("leader network")
        PROFESSIONAL = "professional", _("professional network")
        REGIONAL = "regional", _("regional learning network")
        HOSPITAL = "hospital", _("forum of hospital, county and municipalities")
        AGE_FRIENDLY = "age_friendly", _("national network of age-friendly communities")

    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=14, choices=Kind.choices)
    offices = models.ManyToManyField(Office, related_name="networks")
    host = models.CharField(_("host"), max_length=200, blank=True)
    organisers = models.JSONField(_("organisers"), default=list, blank=True)
    themes = models.ManyToManyField(Solution, blank=True, related_name="+")
    note = models.TextField(_("note"), blank=True)
    objects = ScopedManager.from_queryset(ScopedDatedQuerySet)()

    class Meta(Dated.Meta):
        ordering = ["name", "id"]
        verbose_name = _("network")
        verbose_name_plural = _("networks")

    def __str__(self) -> str:
        return self.name

    @classmethod
    def visible_in(cls, scope: Scope) -> Q:
        """Networks are no secret to the roles that read registers; the ministry reads the summaries."""
        return Q() if scope.has(frozenset(Role.values) - {Role.HOD}) else Q(pk__in=())

    @classmethod
    def editable_in(cls, scope: Scope) -> Q:
        """A network is kept by the regions it covers, and by Hdir."""
        if scope.has(HDIR):
            return Q()
        covers = cls.offices.through.objects.filter(office_id__in=scope.office_ids)
        return Q(pk__in=covers.values("network_id"))


class Provider(models.TextChoices):
    """The equal partners of the regional support apparatus; ``together`` is all three."""

    STATSFORVALTER = "statsforvalter", _("the statsforvalter")
    KS = "ks", _("KS")
    USHT = "usht", _("USHT")
    TOGETHER = "together", _("the statsforvalter, KS and USHT together")


class Participation(Dated):
    """A unit's part in a network: planned, active or ended, with dates. ``origin`` as in the plan registers."""

    class Status(models.TextChoices):
        PLANNED = "planned", _("planned")
        ACTIVE = "active", _("active")
        ENDED = "ended", _("ended")

    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="participations")
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="participations")
    status = models.CharField(max_length=8, choices=Status.choices)
    origin = models.CharField(max_length=60)
    note = models.CharField(max_length=300, blank=True)
    objects = ScopedManager.from_queryset(ScopedDatedQuerySet)()
    scope_path = "municipality"

    class Meta(Dated.Meta):
        verbose_name = _("participation")
        verbose_name_plural = _("participations")
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(fields=["network", "municipality", "valid_from"], name="participation_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.municipality_id} in {self.network_id}"

    @classmethod
    def editable_in(cls, scope: Scope) -> Q:
        """Of the units in one's scope, those of a network that one's region covers; Hdir all."""
        if scope.has(HDIR):
            return Q()
        covers = Network.offices.through.objects.filter(office_id__in=scope.office_ids)
        return Q(network_id__in=covers.values("network_id"))


class NetworkMeeting(models.Model):
    """A meeting of a network and the units that were there."""

    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="meetings")
    on = models.DateField()
    title = models.CharField(max_length=200, blank=True)
    note = models.TextField(blank=True)
    attendance = models.ManyToManyField(Municipality, blank=True, related_name="+")
    objects = ScopedManager.from_queryset(models.QuerySet)()

    class Meta:
        ordering = ["-on", "-id"]
        verbose_name = _("meeting of a network")
        verbose_name_plural = _("meetings of networks")
        constraints = [models.UniqueConstraint(fields=["network", "on", "title"], name="meeting_once")]

    def __str__(self) -> str:
        return f"{self.network_id} {self.on:%Y-%m-%d}"

    @classmethod
    def visible_in(cls, scope: Scope) -> Q:
        """As the network."""
        return Network.visible_in(scope)

    @classmethod
    def editable_in(cls, scope: Scope) -> Q:
        """As the network."""
        return Q() if scope.has(HDIR) else Q(network__offices__in=scope.office_ids)


class WorkbookUpload(models.Model):
    """A region's workbook of networks between its preview and its acceptance.

    ``rows`` are the cells as read, ``preview_hash`` the hash of the changes that were shown: they are worked out
    again when accepted, and refused when the registers have moved on in between.
    """

    class Status(models.TextChoices):
        PREVIEWED = "previewed", _("Shown, not accepted")
        APPLIED = "applied", _("Accepted")
        DISCARDED = "discarded", _("Thrown away")

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    rows = models.JSONField()
    preview_hash = models.CharField(max_length=64)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PREVIEWED)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True, blank=True)
    objects = ScopedManager.from_queryset(models.QuerySet)()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("uploaded workbook")
        verbose_name_plural = _("uploaded workbooks")

    def __str__(self) -> str:
        return f"{self.office_id} {self.file_name}"

    @classmethod
    def visible_in(cls, scope: Scope) -> Q:
        """The region's own staff, and the administrator who keeps every region's networks."""
        return Q() if scope.has({Role.HDIR_ADMIN}) else Q(office_id__in=scope.office_ids)


class SupportActivity(models.Model):
    """Support that was given: who gave it, when, what kind, about which solutions, and to which units.

    ``whole_region`` remembers that all units of the office on that day were meant; they are listed all the same, so
    that a figure per a day never changes with the borders.
    """

    class Kind(models.TextChoices):
        DIALOGUE = "dialogue", _("dialogue meeting with the municipality")
        LEADERS = "leaders", _("meeting with mayor and municipal director")
        COURSE = "course", _("course or webinar")
        PLANNING = "planning", _("guidance on plan work")
        LETTER = "letter", _("letter of expectation")
        INVITATION = "invitation", _("own invitation to those that have not started")

    Provider = Provider
    kind = models.CharField(max_length=10, choices=Kind.choices)
    provider = models.CharField(max_length=14, choices=Provider.choices)
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="support")
    on = models.DateField()
    title = models.CharField(max_length=200, blank=True)
    note = models.TextField(blank=True)
    whole_region = models.BooleanField(default=False)
    solutions = models.ManyToManyField(Solution, blank=True, related_name="+")
    registered_by_name = models.CharField(max_length=200, blank=True)
    registered_at = models.DateTimeField(null=True, blank=True)
    municipalities = models.ManyToManyField(Municipality, related_name="support")
    objects = ScopedManager.from_queryset(models.QuerySet)()

    class Meta:
        ordering = ["on", "id"]
        verbose_name = _("support activity")
        verbose_name_plural = _("support activities")

    def __str__(self) -> str:
        return f"{self.kind} {self.on:%Y-%m-%d}"

    @classmethod
    def visible_in(cls, scope: Scope) -> Q:
        """The region's own staff see all of its support; a municipality what it has received."""
        if scope.has(NATIONAL - {Role.HOD}):
            return Q()
        received = Municipality.objects.across_all(reason="subquery of one's own units").filter(units_in(scope))
        mine = SupportActivity.municipalities.through.objects.filter(municipality__in=received)
        return Q(office_id__in=scope.office_ids) | Q(pk__in=mine.values("supportactivity_id"))

    @classmethod
    def editable_in(cls, scope: Scope) -> Q:
        """The region that gave it, and Hdir."""
        return Q() if scope.has(HDIR) else Q(office_id__in=scope.office_ids)
