"""Users and what they are: a role at a municipality, an office or nationally, for a period."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from municipalities.models.places import Dated, Municipality, Office
from municipalities.querysets import ScopedManager


class User(AbstractUser):
    """A person who logs in. Only name, work e-mail, work telephone and role are kept."""

    phone = models.CharField(_("work telephone"), max_length=30, blank=True)
    language = models.CharField(
        _("language"), max_length=2, choices=[("nb", "Bokmål"), ("nn", "Nynorsk")], default="nb"
    )

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")

    def __str__(self) -> str:
        return self.get_full_name() or self.username


class Role(models.TextChoices):
    """The nine roles; what each may do is in ``municipalities.access.RIGHTS``."""

    MUNICIPALITY_EDITOR = "municipality_editor", _("contact in the municipality")
    MUNICIPALITY_READER = "municipality_reader", _("reader in the municipality")
    STATSFORVALTER = "statsforvalter", _("statsforvalter staff")
    KS = "ks", _("KS")
    USHT = "usht", _("USHT")
    HDIR = "hdir", _("Helsedirektoratet")
    HDIR_ADMIN = "hdir_admin", _("administrator in Helsedirektoratet")
    HOD = "hod", _("Ministry of Health and Care Services")
    EVALUATOR = "evaluator", _("evaluator")


MUNICIPAL_ROLES = (Role.MUNICIPALITY_EDITOR, Role.MUNICIPALITY_READER)
REGIONAL_ROLES = (Role.STATSFORVALTER, Role.KS, Role.USHT)
NATIONAL_ROLES = (Role.HDIR, Role.HDIR_ADMIN, Role.HOD, Role.EVALUATOR)


class Membership(Dated):
    """A user's role at a unit in a period; a municipal role names a municipality, a regional one an office."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices)
    municipality = models.ForeignKey(
        Municipality, null=True, blank=True, on_delete=models.PROTECT, related_name="memberships"
    )
    office = models.ForeignKey(Office, null=True, blank=True, on_delete=models.PROTECT, related_name="memberships")

    class Meta(Dated.Meta):
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=(
                    Q(role__in=MUNICIPAL_ROLES, municipality__isnull=False, office__isnull=True)
                    | Q(role__in=REGIONAL_ROLES, municipality__isnull=True, office__isnull=False)
                    | Q(role__in=NATIONAL_ROLES, municipality__isnull=True, office__isnull=True)
                ),
                name="role_names_its_unit",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role}"


class ServiceAccount(models.Model):
    """A municipality's own system that delivers by the API. Its user holds the membership; only a hash of the key is
    kept, with its first signs to tell keys apart."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="service_account")
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="service_accounts")
    name = models.CharField(max_length=80)
    key_start = models.CharField(max_length=8)
    key_hash = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    made_by_name = models.CharField(max_length=200)
    made_at = models.DateTimeField()
    used_on = models.DateField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    objects = ScopedManager.from_queryset(models.QuerySet)()
    scope_path = "municipality"

    class Meta:
        ordering = ["id"]
        verbose_name = _("service account")
        verbose_name_plural = _("service accounts")

    def __str__(self) -> str:
        return f"{self.municipality_id} {self.name}"
