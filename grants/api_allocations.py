"""The offices' funds over HTTP: what each office gets by the year's formula. Doors only."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from grants.models import AllocationPart
from grants.services import funds
from municipalities.api import RightedAPI
from municipalities.services.dated import EntryRefused

YEAR = OpenApiParameter("year", OpenApiTypes.INT, description="The year; the newest one where it is left out.")


class PartSerializer(serializers.Serializer[Any]):
    """A part of the whole in 1 000 kr, and what it is shared by; a table with its title and the day of its figures."""

    key = serializers.ChoiceField(choices=AllocationPart.Key.choices)
    amount = serializers.IntegerField()
    table = serializers.CharField(required=False)
    table_day = serializers.DateField(required=False)


class OfficeShareSerializer(serializers.Serializer[Any]):
    """What an office gets: each part's share by the part's key, and in all, in 1 000 kr."""

    office = serializers.SlugField()
    name = serializers.CharField()
    municipalities = serializers.IntegerField()
    parts = serializers.DictField(child=serializers.IntegerField())
    amount = serializers.IntegerField()


class AllocationSerializer(serializers.Serializer[Any]):
    """The funds of a year, shared among the offices of ``counted_on``. Amounts are in 1 000 kr."""

    year = serializers.IntegerField()
    unit = serializers.CharField()
    total = serializers.IntegerField()
    counted_on = serializers.DateField()
    municipalities = serializers.IntegerField()
    source = serializers.CharField()
    parts = PartSerializer(many=True)
    offices = OfficeShareSerializer(many=True)


class AllocationOne(RightedAPI):
    """The offices' funds of a year."""

    right = "grants.read"
    serializer_class = AllocationSerializer

    @extend_schema(
        operation_id="grants_allocations_retrieve",
        parameters=[YEAR],
        responses={
            200: AllocationSerializer,
            400: OpenApiResponse(OpenApiTypes.OBJECT, "A sentence by field."),
            404: OpenApiResponse(OpenApiTypes.OBJECT, "There is no formula for the year."),
        },
    )
    def get(self, request: Request) -> Response:
        """What each office gets of the year's funds, by its formula."""
        try:
            shared = funds.allocation(self._year())
        except funds.YearUnknown as unknown:
            raise NotFound(str(unknown)) from None
        except EntryRefused as refused:
            raise ValidationError({name: [text] for name, text in refused.faults.items()}) from None
        return Response(AllocationSerializer(funds.plain(shared)).data)

    def _year(self) -> int:
        text = self.request.query_params.get("year", "")
        if not text:
            return next(iter(funds.formula_years()), self.today.year)
        if not (text.isascii() and text.isdigit() and len(text) == 4):
            raise ValidationError({"year": [_("Write the year with four digits, for example 2022.")]})
        return int(text)
