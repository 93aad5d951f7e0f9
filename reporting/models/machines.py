"""What machines have asked for: the answer to a request that is sent again is the one that was given."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class IdempotentRequest(models.Model):
    """A request with an idempotency key and its answer. The same key with other content is refused."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=100)
    request_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    body = models.JSONField(null=True)
    asked_at = models.DateTimeField()

    class Meta:
        verbose_name = _("request of a machine")
        verbose_name_plural = _("requests of machines")
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="one_answer_a_key")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.key}"
