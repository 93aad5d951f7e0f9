"""Reading networks and participations over HTTP."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers

from municipalities.api import AS_OF, RightedAPI
from networks.models import Network, Participation


class NetworkSerializer(serializers.ModelSerializer[Network]):
    """A network and the keys of the offices it covers."""

    offices = serializers.SlugRelatedField(slug_field="key", many=True, read_only=True)

    class Meta:
        model = Network
        fields = ["id", "name", "kind", "host", "offices", "valid_from", "valid_to"]


class ParticipationSerializer(serializers.ModelSerializer[Participation]):
    """A unit's part in a network; ``municipality`` is the identity's id."""

    class Meta:
        model = Participation
        fields = ["id", "network", "municipality", "status", "valid_from", "valid_to"]


@extend_schema(parameters=[AS_OF])
class NetworkList(RightedAPI, generics.ListAPIView[Network]):
    """The networks that exist on a day."""

    right = "register.read"
    serializer_class = NetworkSerializer

    def get_queryset(self) -> Any:
        return self.rows(Network).on(self.day()).prefetch_related("offices").order_by("id")


@extend_schema(parameters=[AS_OF])
class ParticipationList(RightedAPI, generics.ListAPIView[Participation]):
    """Who takes part in which network on a day."""

    right = "register.read"
    serializer_class = ParticipationSerializer

    def get_queryset(self) -> Any:
        return self.rows(Participation).on(self.day()).order_by("id")
