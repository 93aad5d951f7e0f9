"""Local accounts: what is kept of an invitation, and of a wish for a new password until it is looked into."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from municipalities.models.people import Membership


class Invitation(models.Model):
    """A way to a first password, sent by mail. Only a hash of its key is kept. It can be used once, until
    ``expires_at``, and not after it was stopped (a newer one was sent, or the access ended)."""

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="invitations")
    key_hash = models.CharField(max_length=64, unique=True)
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    sent_by_name = models.CharField(max_length=200)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")

    def __str__(self) -> str:
        return f"{self.membership_id} {self.sent_at:%Y-%m-%d}"


class PasswordWish(models.Model):
    """Somebody asked for a new password for an address. The row is looked into by a job, and is gone then."""

    email = models.CharField(max_length=254)
    asked_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        verbose_name = _("wish for a new password")
        verbose_name_plural = _("wishes for a new password")

    def __str__(self) -> str:
        return f"{self.pk}"
