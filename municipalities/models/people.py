"""Users and what they are: a role at a municipality, an office or nationally, for a period."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from municipalities.models.places import Dated, Municipality, Office
from municipalities.querysets import ScopedManager


class User(AbstractUser):
    """A person who logs in. Only name, work e-mail, work telephone and role are kept.

    ``sessions_ended`` is part of what a session is checked by: counted up, every session of hers is over at once.
    ``closed_at`` says that the portal closed the account by itself, because no access was left.
    """

    phone = models.CharField(_("work telephone"), max_length=30, blank=True)
    language = models.CharField(
        _("language"), max_length=2, choices=[("nb", "Bokmål"), ("nn", "Nynorsk")], default="nb"
    )
    sessions_ended = models.PositiveIntegerField(default=0, editable=False)
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)

    represents: frozenset[int] | None = None
    """The municipalities that the login of this request represents; None: it is not restricted. Not stored."""

    anonymised_at = models.DateTimeField(null=True, blank=True, editable=False)
    former_role = models.CharField(max_length=20, blank=True, editable=False)

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")

    def __str__(self) -> str:
        if self.anonymised_at is not None:
            return former_contact(self.former_role)
        return self.get_full_name() or self.username

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        salt = "municipalities.models.User.session"
        return salted_hmac(
            salt, f"{self.password} {self.sessions_ended}", secret=secret, algorithm="sha256"
        ).hexdigest()


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


def former_contact(role: str) -> str:
    """What stands in the place of a name that is kept no longer, in the reader's language: only the last role."""
    label = dict(Role.choices).get(role)
    return gettext("Former contact, %(role)s") % {"role": label} if label else gettext("Former contact")


MUNICIPAL_ROLES = (Role.MUNICIPALITY_EDITOR, Role.MUNICIPALITY_READER)
REGIONAL_ROLES = (Role.STATSFORVALTER, Role.KS, Role.USHT)
NATIONAL_ROLES = (Role.HDIR, Role.HDIR_ADMIN, Role.HOD, Role.EVALUATOR)


class Membership(Dated):
    """A user's role at a unit in a period; a municipal role names a municipality, a regional one an office.

    ``confirmed_on`` is when somebody else last said that it is still right."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices)
    municipality = models.ForeignKey(
        Municipality, null=True, blank=True, on_delete=models.PROTECT, related_name="memberships"
    )
    office = models.ForeignKey(Office, null=True, blank=True, on_delete=models.PROTECT, related_name="memberships")
    confirmed_on = models.DateField(null=True, blank=True, editable=False)
    confirmed_by_name = models.CharField(max_length=200, blank=True, editable=False)

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


class ProviderSession(models.Model):
    """Which session of the portal was begun by which session at a provider, so that the provider can end it
    (front-channel logout). The provider's id of it is kept as a hash only; a row is of no use when
    its session is over."""

    provider = models.CharField(max_length=40)
    sid_hash = models.CharField(max_length=64)
    session_key = models.CharField(max_length=40)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    began_at = models.DateTimeField()

    class Meta:
        verbose_name = _("session at a provider")
        verbose_name_plural = _("sessions at a provider")
        indexes = [models.Index(fields=["provider", "sid_hash"])]

    def __str__(self) -> str:
        return f"{self.provider} {self.user_id}"
