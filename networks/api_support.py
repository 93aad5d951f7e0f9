"""Support over HTTP: reading it, and writing it from the systems of the statsforvalter, KS and USHT. Doors only."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import generics, serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from municipalities.access import can, scope_of
from municipalities.api import RightedAPI
from municipalities.free_text import FreeTextMixin
from municipalities.models import Office
from networks.models import Provider, SupportActivity
from networks.services import support
from networks.services.support import NOTE_LENGTH, TITLE_LENGTH, Support
from networks.services.support_units import MAX_TYPED, UnitBook
from networks.support_shown import shown_rows

FROM = OpenApiParameter("from", OpenApiTypes.DATE, description="Support given on this day or later.")
TO = OpenApiParameter("to", OpenApiTypes.DATE, description="Support given on this day or earlier.")
REFUSED = OpenApiResponse(OpenApiTypes.OBJECT, "Sentences by field.")


class SupportSerializer(serializers.ModelSerializer[SupportActivity]):
    """Support that was given. ``municipalities`` are the ids of the units that received it and that the caller may
    know of; ``received_by`` is how many they are in all. ``solutions`` are codes."""

    office = serializers.CharField(source="office.key")
    municipalities = serializers.SerializerMethodField()
    received_by = serializers.SerializerMethodField()
    solutions = serializers.SerializerMethodField()

    class Meta:
        model = SupportActivity
        fields = [
            "id", "kind", "provider", "office", "on", "title", "note", "whole_region", "municipalities", "received_by",
            "solutions", "registered_by_name", "registered_at",
        ]  # fmt: skip

    def get_municipalities(self, row: SupportActivity) -> list[int]:
        return [unit.unit_id for unit in self.context["shown"][row.pk].units]

    def get_received_by(self, row: SupportActivity) -> int:
        return self.context["shown"][row.pk].count

    def get_solutions(self, row: SupportActivity) -> list[str]:
        return [solution.code for solution in self.context["shown"][row.pk].solutions]


class SupportWriteSerializer(FreeTextMixin, serializers.Serializer[Any]):
    """What is registered. Units are given as ids (``municipalities``), as numbers and names of any time in ``units``
    (parted by commas), or as ``whole_region``. ``office`` may be left out by who writes for one region only."""

    on = serializers.DateField()
    kind = serializers.ChoiceField(choices=SupportActivity.Kind.choices)
    provider = serializers.ChoiceField(choices=Provider.choices)
    office = serializers.SlugField(required=False)
    municipalities = serializers.ListField(child=serializers.IntegerField(min_value=1), required=False, max_length=500)
    units = serializers.CharField(required=False, allow_blank=True, max_length=MAX_TYPED)
    whole_region = serializers.BooleanField(default=False)
    solutions = serializers.ListField(child=serializers.CharField(max_length=6), required=False, max_length=25)
    title = serializers.CharField(required=False, allow_blank=True, max_length=TITLE_LENGTH)
    note = serializers.CharField(required=False, allow_blank=True, max_length=NOTE_LENGTH)


class SupportAPI(RightedAPI):
    """What reading and writing share. A write asks for ``support.edit``, a read for ``register.read``."""

    right = "register.read"
    serializer_class = SupportSerializer

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if self.writes and not (decision := can(request.user, "support.edit", today=self.today)):
            raise PermissionDenied(decision.reason)

    @property
    def writes(self) -> bool:
        """Whether the request changes something."""
        return self.request.method not in ("GET", "HEAD", "OPTIONS")

    def one(self, pk: int) -> SupportActivity:
        """A row in the caller's scope that she may read, or change when she writes."""
        row = self.rows(SupportActivity).select_related("office").filter(pk=pk).first()
        if row is None:
            raise Http404
        if self.writes and not (decision := can(self.request.user, "support.edit", row, today=self.today)):
            raise PermissionDenied(decision.reason)
        return row

    def answer(self, row: SupportActivity, status: int = 200) -> Response:
        """The row as it stands."""
        return Response(SupportSerializer(row, context=self._shown([row])).data, status=status)

    def _shown(self, rows: list[SupportActivity]) -> dict[str, Any]:
        scope = scope_of(self.request.user, today=self.today)
        return {"shown": {row.activity.pk: row for row in shown_rows(rows, scope)}}

    def support(self, row: SupportActivity | None = None) -> tuple[Support, UnitBook]:
        """What the caller wrote, over what stands in ``row``. Raises ValidationError (400)."""
        given = SupportWriteSerializer(data=self.request.data, partial=row is not None)
        given.is_valid(raise_exception=True)
        data, book = given.validated_data, UnitBook.load()
        office = self._office(data, row)
        day = data.get("on", row.on if row else None)
        units, whole = self._units(data, row, office, day, book)
        codes = row.solutions.values_list("code", flat=True) if row else ()
        return Support(
            office=office,
            kind=data.get("kind", row.kind if row else ""),
            provider=data.get("provider", row.provider if row else ""),
            on=day,
            units=units,
            whole_region=whole,
            solutions=tuple(data.get("solutions", codes)),
            title=data.get("title", row.title if row else ""),
            note=data.get("note", row.note if row else ""),
        ), book

    def _office(self, data: dict[str, Any], row: SupportActivity | None) -> Office:
        offices = {office.key: office for office in support.support_offices(self.request.user, today=self.today)}
        key = data.get("office") or (row.office.key if row else "")
        if not key and len(offices) == 1:
            return next(iter(offices.values()))
        if key not in offices:
            raise ValidationError({"office": [_("Name one of your regions: %(keys)s.") % {"keys": ", ".join(offices)}]})
        return offices[key]

    def _units(
        self, data: dict[str, Any], row: SupportActivity | None, office: Office, day: dt.date, book: UnitBook
    ) -> tuple[tuple[int, ...], bool]:
        named = "municipalities" in data or "units" in data
        whole = bool(data.get("whole_region", False)) if "whole_region" in self.request.data or not row else False
        if whole and named:
            raise ValidationError({"whole_region": [_("Name the municipalities or the whole region, not both.")]})
        if row is not None and not named and "whole_region" not in self.request.data:
            return tuple(row.municipalities.values_list("pk", flat=True)), row.whole_region
        found = book.read(data.get("units", ""), office_id=office.pk, day=day)
        if found.faults:
            raise ValidationError({"units": list(found.faults)})
        return tuple(dict.fromkeys([*data.get("municipalities", ()), *found.unit_ids])), whole


class SupportList(SupportAPI, generics.ListAPIView[SupportActivity]):
    """Support given by the regional apparatus, newest first; and registering more of it."""

    @extend_schema(parameters=[FROM, TO])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Support given by the regional apparatus, newest first."""
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        rows = self.rows(SupportActivity).select_related("office").order_by("-on", "-id")
        for name, path in (("from", "on__gte"), ("to", "on__lte")):
            if not getattr(self, "swagger_fake_view", False) and name in self.request.query_params:
                rows = rows.filter(**{path: self.day(name)})
        return rows

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        if args and isinstance(args[0], list):
            kwargs["context"] = {**self.get_serializer_context(), **self._shown(args[0])}
        return super().get_serializer(*args, **kwargs)

    @extend_schema(
        request=SupportWriteSerializer, responses={201: SupportSerializer, 200: SupportSerializer, 400: REFUSED}
    )
    def post(self, request: Request) -> Response:
        """Register support. The same support again is answered with the row that stands (200) and not doubled."""
        wanted, book = self.support()
        try:
            given = support.support_give(
                wanted, actor=request.user, now=self.now, request_id=request._request.request_id, book=book
            )
        except support.SupportInvalid as invalid:
            raise ValidationError(invalid.faults) from None
        return self.answer(given.activity, 201 if given.made else 200)


class SupportOne(SupportAPI):
    """One activity: read it, put it right, take it away."""

    @extend_schema(responses=SupportSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """The activity."""
        return self.answer(self.one(pk))

    @extend_schema(request=SupportWriteSerializer, responses={200: SupportSerializer, 400: REFUSED})
    def patch(self, request: Request, pk: int) -> Response:
        """Put the activity right; what is left out stays."""
        row = self.one(pk)
        wanted, book = self.support(row)
        try:
            support.support_change(
                row, wanted, actor=request.user, now=self.now, request_id=request._request.request_id, book=book
            )
        except support.SupportInvalid as invalid:
            raise ValidationError(invalid.faults) from None
        return self.answer(self.one(pk))

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        """Take the activity away. What it said stays in the log."""
        support.support_remove(self.one(pk), actor=request.user, now=self.now, request_id=request._request.request_id)
        return Response(status=204)
