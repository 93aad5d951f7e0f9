"""Reading support over HTTP."""

from __future__ import annotations

from typing import Any

from rest_framework import generics, serializers

from municipalities.api import RightedAPI
from networks.models import SupportActivity


class SupportSerializer(serializers.ModelSerializer[SupportActivity]):
    """Support that was given, and the ids of the units that received it."""

    office = serializers.CharField(source="office.key")

    class Meta:
        model = SupportActivity
        fields = ["id", "kind", "provider", "office", "on", "title", "municipalities"]


class SupportList(RightedAPI, generics.ListAPIView[SupportActivity]):
    """Support given by the regional apparatus, newest first."""

    right = "register.read"
    serializer_class = SupportSerializer

    def get_queryset(self) -> Any:
        rows = self.rows(SupportActivity).select_related("office").prefetch_related("municipalities")
        return rows.order_by("-on", "-id")
