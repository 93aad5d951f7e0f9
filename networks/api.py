"""Networks and participations over HTTP: reading them, and writing them from the systems of the statsforvalter, KS and
USHT. Doors only."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as Refused
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import generics, serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from municipalities.access import allowed_filter, can, scope_of
from municipalities.api import AS_OF, RightedAPI
from municipalities.api_schema import refusal
from municipalities.free_text import FreeTextMixin
from municipalities.models import Municipality, Office
from networks import services
from networks.models import Network, Participation
from networks.rules import NAME_LENGTH, NOTE_LENGTH, PART_NOTE_LENGTH, NetworkValues, clean_line, clean_text
from networks.services.networks import ORGANISERS, Reach
from networks.services.support_units import MAX_TYPED, UnitBook

NETWORK = OpenApiParameter("network", OpenApiTypes.INT, description="Only this network's participations.")
NO_NETWORK = refusal("There is no such network.")
MADE = OpenApiResponse(
    {"type": "array", "items": {"$ref": "#/components/schemas/Participation"}}, "The rows that were made."
)
FAULTS = OpenApiResponse(OpenApiTypes.OBJECT, "Sentences by field.")


class NetworkSerializer(serializers.ModelSerializer[Network]):
    """A network; ``offices`` are the keys of the regions it covers, ``themes`` codes of solutions."""

    offices = serializers.SlugRelatedField(slug_field="key", many=True, read_only=True)
    organisers = serializers.ListField(child=serializers.ChoiceField(choices=ORGANISERS), read_only=True)
    themes = serializers.SlugRelatedField(slug_field="code", many=True, read_only=True)

    class Meta:
        model = Network
        fields = ["id", "name", "kind", "host", "offices", "organisers", "themes", "note", "valid_from", "valid_to"]


class NetworkWriteSerializer(FreeTextMixin, serializers.Serializer[Any]):
    """What is registered about a network. ``offices`` may be left out by who writes for one region only."""

    name = serializers.CharField(max_length=NAME_LENGTH)
    kind = serializers.ChoiceField(choices=Network.Kind.choices)
    offices = serializers.ListField(child=serializers.SlugField(), required=False, min_length=1, max_length=20)
    host = serializers.CharField(required=False, allow_blank=True, max_length=NAME_LENGTH)
    organisers = serializers.ListField(child=serializers.ChoiceField(choices=ORGANISERS), required=False, max_length=3)
    themes = serializers.ListField(child=serializers.CharField(max_length=6), required=False, max_length=25)
    note = serializers.CharField(required=False, allow_blank=True, max_length=NOTE_LENGTH)
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(required=False, allow_null=True)


class ParticipationSerializer(serializers.ModelSerializer[Participation]):
    """A unit's part in a network; ``municipality`` is the identity's id, ``origin`` where the row comes from."""

    class Meta:
        model = Participation
        fields = ["id", "network", "municipality", "status", "valid_from", "valid_to", "note", "origin"]


STATUSES = [choice for choice in Participation.Status.choices if choice[0] != Participation.Status.ENDED]


class ParticipationChangeSerializer(FreeTextMixin, serializers.Serializer[Any]):
    """What may be changed of a participation; a last day (``valid_to``) ends it, null lets it go on."""

    status = serializers.ChoiceField(choices=STATUSES)
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(required=False, allow_null=True)
    note = serializers.CharField(required=False, allow_blank=True, max_length=PART_NOTE_LENGTH)


class ParticipationWriteSerializer(ParticipationChangeSerializer):
    """Participations of one or many units, given as ids (``municipalities``) or as numbers and names of any time in
    ``units`` (parted by commas)."""

    network = serializers.IntegerField(min_value=1)
    municipalities = serializers.ListField(child=serializers.IntegerField(min_value=1), required=False, max_length=500)
    units = serializers.CharField(required=False, allow_blank=True, max_length=MAX_TYPED)


class WritingAPI(RightedAPI):
    """What reading and writing share. A write asks for ``network.edit``, a read for ``register.read``."""

    right = "register.read"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if self.writes and not (decision := can(request.user, "network.edit", today=self.today)):
            raise PermissionDenied(decision.reason)

    @property
    def writes(self) -> bool:
        """Whether the request changes something."""
        return self.request.method not in ("GET", "HEAD", "OPTIONS")

    def one(self, model: Any, pk: int) -> Any:
        """A row in the caller's scope that she may read, or change when she writes."""
        row = self.rows(model).filter(pk=pk).first()
        if row is None:
            raise Http404
        if self.writes and not (decision := can(self.request.user, "network.edit", row, today=self.today)):
            raise PermissionDenied(decision.reason)
        return row

    def given(self, serializer: type[serializers.Serializer[Any]], *, partial: bool = False) -> dict[str, Any]:
        """What the caller wrote. Raises ValidationError (400)."""
        read = serializer(data=self.request.data, partial=partial)
        read.is_valid(raise_exception=True)
        return read.validated_data

    def offices(self) -> tuple[dict[str, int], dict[str, int]]:
        """Every region's id by key, and those that the caller keeps networks for."""
        every = {office.key: office.pk for office in self.rows(Office)}
        own = scope_of(self.request.user, today=self.today).office_ids
        return every, {key: pk for key, pk in every.items() if pk in own or not own}

    def units(self, among: Any = None) -> set[int]:
        """The ids of the units that the caller keeps the participations of (of those ``among`` a list)."""
        reach = allowed_filter(Municipality, "network.edit", scope_of(self.request.user, today=self.today))
        rows = self.rows(Municipality).filter(reach)
        return set((rows if among is None else rows.filter(pk__in=among)).values_list("pk", flat=True))

    def as_told(self, refused: Refused) -> ValidationError:
        """A service's sentences as an answer."""
        told = refused.message_dict if hasattr(refused, "error_dict") else {"non_field_errors": refused.messages}
        return ValidationError(told)


class NetworkAPI(WritingAPI):
    """What the two addresses of networks share."""

    serializer_class = NetworkSerializer

    def get_queryset(self) -> Any:
        return self.rows(Network).prefetch_related("offices", "themes")

    def values(self, row: Network | None = None) -> NetworkValues:
        """What the caller wrote, over what stands in ``row``. Raises ValidationError (400)."""
        data = self.given(NetworkWriteSerializer, partial=row is not None)
        held = services.network_values(row).__dict__ if row is not None else {}
        named = {**held, **{key: value for key, value in data.items() if key != "offices"}}
        named["offices"] = self._offices(data, held)
        for key in ("name", "host"):
            named[key] = clean_line(named.get(key, ""))
        named["note"] = clean_text(named.get("note", ""))
        chosen = named.get("organisers", ())
        named["organisers"] = tuple(key for key in ORGANISERS if key in chosen)
        named["themes"] = tuple(sorted(set(named.get("themes", ()))))
        return NetworkValues(**named)

    def _offices(self, data: dict[str, Any], held: dict[str, Any]) -> frozenset[int]:
        every, own = self.offices()
        keys = data.get("offices")
        if keys is None:
            if held or len(own) == 1:
                return held.get("offices") or frozenset(own.values())
            raise ValidationError({"offices": [_("Choose at least one region.")]})
        if strange := [key for key in keys if key not in every]:
            raise ValidationError({"offices": [_("There is no region called %(key)s.") % {"key": strange[0]}]})
        chosen = frozenset(every[key] for key in keys)
        if not chosen & set(own.values()):
            raise ValidationError({"offices": [_("Your own region must be among them.")]})
        return chosen


class NetworkList(NetworkAPI, generics.ListAPIView[Network]):
    """The networks that exist on a day; and registering more of them."""

    @extend_schema(parameters=[AS_OF])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The networks that exist on a day."""
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        return super().get_queryset().on(self.day()).order_by("id")

    @extend_schema(request=NetworkWriteSerializer, responses={201: NetworkSerializer, 400: FAULTS})
    def post(self, request: Request) -> Response:
        """Register a network."""
        try:
            row = services.network_create(values=self.values(), actor=request.user, now=self.now)
        except Refused as refused:
            raise self.as_told(refused) from None
        return Response(NetworkSerializer(row).data, status=201)


class NetworkOne(NetworkAPI):
    """One network: read it, change it, end it by its last day."""

    @extend_schema(responses=NetworkSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """The network, whatever the day."""
        return Response(NetworkSerializer(self.one(Network, pk)).data)

    @extend_schema(request=NetworkWriteSerializer, responses={200: NetworkSerializer, 400: FAULTS})
    def patch(self, request: Request, pk: int) -> Response:
        """Change the network; what is left out stays. Its participations end with it."""
        row = self.one(Network, pk)
        reach = Reach(frozenset(self.units()), frozenset(self.offices()[1].values()))
        try:
            services.network_change(network=row, values=self.values(row), reach=reach, actor=request.user, now=self.now)
        except Refused as refused:
            raise self.as_told(refused) from None
        return Response(NetworkSerializer(self.one(Network, pk)).data)


class ParticipationList(WritingAPI, generics.ListAPIView[Participation]):
    """Who takes part in which network on a day; and registering more of it, many units at once."""

    serializer_class = ParticipationSerializer

    @extend_schema(parameters=[AS_OF, NETWORK])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Who takes part in which network on a day."""
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        rows = self.rows(Participation).on(self.day()).order_by("id")
        if getattr(self, "swagger_fake_view", False) or "network" not in self.request.query_params:
            return rows
        wanted = self.request.query_params["network"]
        if not wanted.isascii() or not wanted.isdigit() or len(wanted) > 15:
            raise ValidationError({"network": [_("Write the network's id as a number.")]})
        return rows.filter(network_id=int(wanted))

    @extend_schema(
        request=ParticipationWriteSerializer,
        responses={201: MADE, 400: FAULTS, 404: NO_NETWORK},
    )
    def post(self, request: Request) -> Response:
        """Let units take part in a network; all of them or none. Answers with the rows that were made."""
        data = self.given(ParticipationWriteSerializer)
        network = self.one(Network, data["network"])
        try:
            rows = services.participations_add(
                network=network, units=self._units(data, network), status=data["status"],
                valid_from=data["valid_from"], valid_to=data.get("valid_to"), note=clean_line(data.get("note", "")),
                actor=request.user, now=self.now,
            )  # fmt: skip
        except Refused as refused:
            raise self.as_told(refused) from None
        return Response(ParticipationSerializer(rows, many=True).data, status=201)

    def _units(self, data: dict[str, Any], network: Network) -> list[int]:
        """The units named, each one of those that the caller keeps. Raises ValidationError (400)."""
        ids = list(data.get("municipalities", ()))
        if written := data.get("units", "").strip():
            _every, own = self.offices()
            covered = {office.pk for office in network.offices.all()} & set(own.values())
            if len(covered) != 1:
                raise ValidationError({"units": [_("The network covers several regions. Name municipalities by id.")]})
            found = UnitBook.load().read(written, office_id=covered.pop(), day=data["valid_from"])
            if found.faults:
                raise ValidationError({"units": list(found.faults)})
            ids += found.unit_ids
        if not ids:
            raise ValidationError({"municipalities": [_("Write or tick at least one municipality or district.")]})
        mine = self.units(ids)
        if strange := [pk for pk in ids if pk not in mine]:
            sentence = _("%(id)s is no municipality or district of your region.")
            raise ValidationError({"municipalities": [sentence % {"id": strange[0]}]})
        return list(dict.fromkeys(ids))


class ParticipationOne(WritingAPI):
    """One participation: read it, change it, end it by its last day, or take it away."""

    serializer_class = ParticipationSerializer

    @extend_schema(responses=ParticipationSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """The participation, whatever the day."""
        return Response(ParticipationSerializer(self.one(Participation, pk)).data)

    @extend_schema(request=ParticipationChangeSerializer, responses={200: ParticipationSerializer, 400: FAULTS})
    def patch(self, request: Request, pk: int) -> Response:
        """Change the participation, or end it with ``valid_to``; what is left out stays."""
        row = self.one(Participation, pk)
        data = self.given(ParticipationChangeSerializer, partial=True)
        held = {name: getattr(row, name) for name in ("status", "valid_from", "valid_to", "note")}
        values = {**held, **data, "note": clean_line(data.get("note", row.note))}
        try:
            services.participation_change(participation=row, actor=request.user, now=self.now, **values)
        except Refused as refused:
            raise self.as_told(refused) from None
        return Response(ParticipationSerializer(self.one(Participation, pk)).data)

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        """Take away a participation that was registered by mistake. What it said stays in the log."""
        row = self.one(Participation, pk)
        services.participation_remove(participation=row, actor=request.user, now=self.now)
        return Response(status=204)
