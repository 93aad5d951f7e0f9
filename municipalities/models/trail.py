"""What has happened, and what has been mailed about it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from municipalities.models.places import Municipality, Office
from municipalities.querysets import ChangesManager


class Event(models.Model):
    """One row for each change, and for each reading of something internal or personal: who, on behalf of whom, what,
    from, to, when, from which session. Written by the engine only; the database refuses to change or delete it
    (``municipalities/guards.py``).

    ``objects`` are the changes, so that no page tells a reading as something that happened; ``everything`` is both.
    """

    class Kind(models.TextChoices):
        CHANGE = "change", _("change")
        READING = "reading", _("reading")

    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.CHANGE)
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
    session_hash = models.CharField(max_length=64, blank=True)
    municipality = models.ForeignKey(Municipality, null=True, on_delete=models.PROTECT, related_name="events")
    office = models.ForeignKey(Office, null=True, on_delete=models.PROTECT, related_name="events")
    scope_path = "municipality"
    objects = ChangesManager.from_queryset(models.QuerySet)()
    everything: models.Manager[Event] = models.Manager()

    class Meta:
        ordering = ["id"]
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes = [models.Index(fields=["object_type", "object_id", "id"])]

    def __str__(self) -> str:
        return f"{self.object_type} {self.object_id}: {self.name}"

    @property
    def who(self) -> str:
        """The actor's name as her user says it today; empty for the portal itself. ``actor_name`` is no name but the
        role and unit in which she acted (``access.acting_as``). Join the actor to a list of events."""
        return str(self.actor) if self.actor_id else ""


class TrailSeal(models.Model):
    """The link of one Event in the chain of its kind: ``sequence`` has no gaps, ``chain_hash`` is of the Event, of this
    row and of the link before it (``municipalities/trail_chain.py``).

    The Event is in no foreign key of the database: one that is gone is to be found by ``verify_trail``, and rows of
    both go together when their time is over.
    """

    chain = models.CharField(max_length=8, choices=Event.Kind.choices)
    sequence = models.PositiveBigIntegerField()
    event = models.OneToOneField(Event, on_delete=models.DO_NOTHING, related_name="seal", db_constraint=False)
    chain_hash = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("seal of the trail")
        verbose_name_plural = _("seals of the trail")
        constraints = [models.UniqueConstraint(fields=["chain", "sequence"], name="trail_seal_once")]

    def __str__(self) -> str:
        return f"{self.chain} {self.sequence}"


class TrailDeletion(models.Model):
    """A stretch from the old end of a chain that was deleted by rule: what it was, and the hash that the chain goes on
    from. ``row_hash`` is of this row and of the deletion before it."""

    chain = models.CharField(max_length=8, choices=Event.Kind.choices)
    first_sequence = models.PositiveBigIntegerField()
    last_sequence = models.PositiveBigIntegerField()
    last_hash = models.CharField(max_length=64)
    first_day = models.DateField()
    last_day = models.DateField()
    kept_years = models.PositiveSmallIntegerField()
    deleted_at = models.DateTimeField()
    row_hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["chain", "last_sequence"]
        verbose_name = _("deletion from the trail")
        verbose_name_plural = _("deletions from the trail")
        constraints = [models.UniqueConstraint(fields=["chain", "first_sequence"], name="trail_deletion_once")]

    def __str__(self) -> str:
        return f"{self.chain} {self.first_sequence}-{self.last_sequence}"


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
