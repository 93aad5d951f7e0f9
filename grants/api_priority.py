"""The priority list of a year over HTTP: who meets the criteria as of a day, and on what it rests. Doors only."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from grants.models import PriorityDecision, Scheme
from grants.services.priority import NoCriteria, UnitOutcomes, Verdict, criteria_of, outcomes, years
from municipalities.access import scope_of
from municipalities.api import AS_OF, RightedAPI
from reporting.register_day import FIRST_DAY

YEAR = OpenApiParameter(
    "year", OpenApiTypes.INT, description="The year; the newest one with criteria where it is left out."
)
SCHEME = OpenApiParameter("scheme", OpenApiTypes.STR, description="The key of a scheme, to get its decided lists too.")
STATES = ("met", "not_met", "unknown")


class EvidenceSerializer(serializers.Serializer[Any]):
    """What an outcome rests on. ``id`` is that of the register row, of an answer that of the Submission;
    ``municipality`` is whose it is (a part's, after a merger); ``word`` the key of what it shows."""

    kind = serializers.CharField()
    id = serializers.IntegerField()
    municipality = serializers.IntegerField(source="unit")
    since = serializers.DateField(allow_null=True)
    word = serializers.CharField()
    question = serializers.CharField(allow_blank=True)
    area = serializers.CharField(allow_blank=True)


class VerdictSerializer(serializers.Serializer[Any]):
    """One criterion: ``state`` is what counts, ``computed`` what is computed; they differ where ``overruled``.
    ``missing`` is a sentence in the language of the request, empty where it is met."""

    code = serializers.CharField()
    state = serializers.ChoiceField(choices=STATES)
    computed = serializers.ChoiceField(choices=STATES, source="computed.state")
    overruled = serializers.SerializerMethodField()
    since = serializers.DateField(allow_null=True)
    missing = serializers.CharField(allow_blank=True)
    documentation = serializers.SerializerMethodField()
    evidence = EvidenceSerializer(many=True, source="computed.evidence")

    def get_overruled(self, verdict: Verdict) -> bool:
        return verdict.overruling is not None

    def get_documentation(self, verdict: Verdict) -> int:
        """How many pieces of documentation the statsforvalter has added."""
        return len(verdict.documentation)


class PriorityRowSerializer(serializers.Serializer[Any]):
    """A municipality as it was called on the day; ``municipality`` is the identity's id, ``priority`` whether it comes
    first (all criteria are met), ``missing`` one sentence about what it lacks."""

    municipality = serializers.IntegerField(source="unit")
    number = serializers.CharField()
    name = serializers.CharField()
    office = serializers.CharField(source="office_key")
    priority = serializers.BooleanField()
    missing = serializers.CharField(allow_blank=True)
    criteria = serializers.SerializerMethodField()

    @extend_schema(responses=VerdictSerializer(many=True))
    def get_criteria(self, row: UnitOutcomes) -> list[Any]:
        return VerdictSerializer(list(row.verdicts.values()), many=True).data  # type: ignore[return-value]


class CriterionSerializer(serializers.Serializer[Any]):
    """A criterion of the year: where it is from, the version of its rule, and what it is asked to accept."""

    code = serializers.CharField()
    title = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    version = serializers.IntegerField()
    settings = serializers.DictField()


class DecisionSerializer(serializers.ModelSerializer[PriorityDecision]):
    """A list that Hdir has decided for the scheme; ``content_hash`` is the SHA-256 of what was frozen."""

    class Meta:
        model = PriorityDecision
        fields = ["id", "version", "as_of", "content_hash", "note", "decided_at", "decided_by_name"]


class PriorityListSerializer(serializers.Serializer[Any]):
    """The priority list of a year as of a day, of the municipalities that the caller may see."""

    year = serializers.IntegerField()
    as_of = serializers.DateField()
    scheme = serializers.CharField(allow_null=True)
    criteria = CriterionSerializer(many=True)
    decisions = DecisionSerializer(many=True)
    municipalities = PriorityRowSerializer(many=True)


class PriorityListAPI(RightedAPI):
    """The priority list of a year."""

    right = "priority.read"
    serializer_class = PriorityListSerializer

    @extend_schema(
        operation_id="grants_priority_retrieve",
        parameters=[YEAR, AS_OF, SCHEME],
        responses={
            200: PriorityListSerializer,
            400: OpenApiResponse(OpenApiTypes.OBJECT, "A sentence by field."),
            404: OpenApiResponse(OpenApiTypes.OBJECT, "There are no criteria for the year, or no such scheme."),
        },
    )
    def get(self, request: Request) -> Response:
        """Who meets the criteria of the year as of a day, on what it rests, and what is missing."""
        day, year = self._day(), self._year()
        scheme = self._scheme(year)
        decisions = self.rows(PriorityDecision).filter(scheme=scheme).defer("canonical") if scheme else []
        try:
            criteria = criteria_of(year)
            rows = outcomes(year, day, scope=scope_of(request.user, today=self.today), criteria=criteria)
        except NoCriteria as unknown:
            raise NotFound(str(unknown)) from None
        found = {
            "year": year,
            "as_of": day,
            "scheme": scheme.key if scheme else None,
            "criteria": criteria,
            "decisions": decisions,
            "municipalities": rows,
        }
        return Response(PriorityListSerializer(found).data)

    def _day(self) -> dt.date:
        day = self.day()
        if day > self.today:
            raise ValidationError({"as_of": [_("This day has not been yet.")]})
        if day < FIRST_DAY:
            raise ValidationError({"as_of": [_("The registers begin on 1 January 2019.")]})
        return day

    def _year(self) -> int:
        text = self.request.query_params.get("year", "")
        if not text:
            return next(iter(years()), self.today.year)
        if not (text.isascii() and text.isdigit() and len(text) == 4):
            raise ValidationError({"year": [_("Write the year with four digits, for example 2022.")]})
        return int(text)

    def _scheme(self, year: int) -> Scheme | None:
        key = self.request.query_params.get("scheme", "")
        if not key:
            return None
        found: Scheme | None = self.rows(Scheme).filter(year=year, key=key[:60].replace("\0", "")).first()
        if found is None:
            raise Http404
        return found
