"""What has happened, and what has been mailed about it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from municipalities.models.places import Municipality, Office
from municipalities.querysets import ScopedManager


class Event(models.Model):
    """One row for each change of state: who, on behalf of whom, what, from, to, when. Written by the engine only."""

    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    actor_name = models.CharField(max_length=200)
    on_behalf_of = models.ForeignKey(Municipality, null=True, on_delete=models.PROTECT, related_name="+")
    object_type = models.CharField(max_length=60)
    object_id = models.PositiveBigIntegerField()
    name = models.CharField(max_length=40)
    from_state = models.CharField(max_length=20, blank=True)
    to_state = models.CharField(max_length=20, blank=True)
    note = models.TextField(blank=True)
    content_hash = models.CharField(max_length=64, blank=True)
    happened_at = models.DateTimeField()
    request_id = models.CharField(max_length=64, blank=True)
    municipality = models.ForeignKey(Municipality, null=True, on_delete=models.PROTECT, related_name="events")
    office = models.ForeignKey(Office, null=True, on_delete=models.PROTECT, related_name="events")
    objects = ScopedManager.from_queryset(models.QuerySet)()
    scope_path = "municipality"

    class Meta:
        ordering = ["id"]
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes = [models.Index(fields=["object_type", "object_id", "id"])]

    def __str__(self) -> str:
        return f"{self.object_type} {self.object_id}: {self.name}"


class OutgoingMail(models.Model):
    """A mail to be sent, written in the same transaction as its reason; ``key`` keeps it from being sent twice.

    A worker claims it first (``sending``, ``claimed_at``), so two that take it at once send it once. ``language`` is
    the text's, which need not be the receiver's; empty: hers.
    """

    class Status(models.TextChoices):
        QUEUED = "queued", _("waiting")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("not sent")

    key = models.CharField(max_length=120, unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    subject = models.CharField(max_length=250)
    body = models.TextField()
    language = models.CharField(max_length=2, blank=True)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.QUEUED)
    queued_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("outgoing mail")
        verbose_name_plural = _("outgoing mails")

    def __str__(self) -> str:
        return self.key
