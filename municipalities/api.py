"""Reading the registers over HTTP: the same scope and rights as the pages. Doors only."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers
from rest_framework.exceptions import NotAuthenticated, ValidationError
from rest_framework.request import Request

from municipalities.access import allowed_filter, can, scope_of
from municipalities.models import Municipality, Office, PlanDecision
from municipalities.names import display_name
from municipalities.services import OfficeNameOnDay, office_names
from reform.models import Solution

AS_OF = OpenApiParameter("as_of", OpenApiTypes.DATE, description="The day, YYYY-MM-DD; today where it is left out.")


def _day(text: str) -> dt.date:
    """A day as the API writes it; ISO has other ways (20220501, 2022-W18-7). Raises ValueError for them too."""
    if len(text) != 10 or text[4] != "-" or text[7] != "-":
        raise ValueError(text)
    return dt.date.fromisoformat(text)


class RightedAPI(generics.GenericAPIView[Any]):
    """An endpoint behind a right: 401 without a login, 403 without the right, 404 outside the scope."""

    right: ClassVar[str]
    queryset: Any = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if not request.user.is_authenticated:
            raise NotAuthenticated
        decision = can(request.user, self.right, today=self.today)
        if not decision:
            raise PermissionDenied(decision.reason)

    @property
    def today(self) -> dt.date:
        """The request's day in Oslo."""
        if getattr(self, "swagger_fake_view", False):
            return dt.date.min  # the schema is drawn without a request; it shows no rows
        return self.request._request.today  # type: ignore[attr-defined]

    @property
    def now(self) -> dt.datetime:
        """The request's moment."""
        return self.request._request.now  # type: ignore[attr-defined]

    def day(self, name: str = "as_of") -> dt.date:
        """The day that the caller asks for in ``name``. Raises ValidationError (400) when it is no day."""
        text = self.request.query_params.get(name)
        if text is None:
            return self.today
        try:
            return _day(text)
        except ValueError:
            raise ValidationError({name: [_("Write the day as YYYY-MM-DD, for example 2022-05-01.")]}) from None

    def rows(self, model: Any) -> Any:
        """What of ``model`` the caller may see and has this endpoint's right on."""
        if getattr(self, "swagger_fake_view", False):
            return model.objects.get_queryset().none()
        scope = scope_of(self.request.user, today=self.today)
        return model.objects.get_queryset().filter(allowed_filter(model, self.right, scope))


class MunicipalitySerializer(serializers.Serializer[Any]):
    """A municipality or district as it was on the day. ``id`` stays through renumbering, ``number`` does not."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    number = serializers.CharField()
    name = serializers.CharField()
    display_name = serializers.SerializerMethodField()
    county_number = serializers.CharField()
    county_name = serializers.CharField()
    office = serializers.CharField(source="office_key")

    def get_display_name(self, row: Any) -> str:
        return display_name(row.name, row.official_names)


class OfficeSerializer(serializers.Serializer[Any]):
    """A statsforvalter's office with its name on the day."""

    key = serializers.CharField()
    short_name = serializers.SerializerMethodField()
    name = serializers.SerializerMethodField()

    def get_short_name(self, row: Office) -> str:
        return self.context["names"][row.pk].short_name

    def get_name(self, row: Office) -> str:
        return self.context["names"][row.pk].name


class SolutionSerializer(serializers.ModelSerializer[Solution]):
    """One of the 25 solutions."""

    area = serializers.CharField(source="area.code")
    area_name_nb = serializers.CharField(source="area.name_nb")
    area_name_nn = serializers.CharField(source="area.name_nn")

    class Meta:
        model = Solution
        fields = ["code", "name_nb", "name_nn", "area", "area_name_nb", "area_name_nn"]


class PlanDecisionSerializer(serializers.ModelSerializer[PlanDecision]):
    """A municipality's position on the reform in a period; ``municipality`` is the identity's id.

    ``areas`` and ``positions`` are the positions that the decision itself takes, by the code of the area and solution;
    ``replaces`` is the decision that held until then, ``elder_council`` the statement of the council for the elderly.
    """

    areas = serializers.SerializerMethodField()
    positions = serializers.SerializerMethodField()

    class Meta:
        model = PlanDecision
        fields = [
            "id", "municipality", "status", "title", "decided_on", "case_number", "link", "expected_on", "process",
            "elder_council_on", "elder_council", "replaces", "areas", "positions", "valid_from", "valid_to", "origin",
        ]  # fmt: skip

    def get_areas(self, row: Any) -> dict[str, str]:
        return {entry.area.code: entry.position for entry in row.area_positions.all()}

    def get_positions(self, row: Any) -> dict[str, str]:
        return {entry.solution.code: entry.position for entry in row.positions.all()}


@extend_schema(parameters=[AS_OF])
class MunicipalityList(RightedAPI, generics.ListAPIView[Any]):
    """The municipalities on a day: 422 in 2019, 356 in 2020-2023, 357 in 2024. With ``districts=1`` Oslo's 15 too."""

    right = "register.read"
    serializer_class = MunicipalitySerializer

    def get_queryset(self) -> Any:
        rows = self.rows(Municipality)
        wide = self.request.query_params.get("districts") == "1"
        return rows.units_as_of(self.day()) if wide else rows.as_of(self.day())


@extend_schema(parameters=[AS_OF])
class OfficeList(RightedAPI, generics.ListAPIView[Any]):
    """The ten offices, with their names on a day."""

    right = "register.read"
    serializer_class = OfficeSerializer

    def get_queryset(self) -> Any:
        return self.rows(Office).filter(pk__in=self.names).order_by("order")

    @cached_property
    def names(self) -> dict[int, OfficeNameOnDay]:
        """What each office was called on the day; one that had no name was not there yet."""
        return {} if getattr(self, "swagger_fake_view", False) else office_names(self.day())

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "names": self.names}


class SolutionList(RightedAPI, generics.ListAPIView[Solution]):
    """The 25 solutions."""

    right = "register.read"
    serializer_class = SolutionSerializer

    def get_queryset(self) -> Any:
        return Solution.objects.select_related("area").order_by("order")


@extend_schema(parameters=[AS_OF])
class PlanDecisionList(RightedAPI, generics.ListAPIView[PlanDecision]):
    """The plan decisions that hold on a day, with the positions they take."""

    right = "register.read"
    serializer_class = PlanDecisionSerializer

    def get_queryset(self) -> Any:
        rows = self.rows(PlanDecision).on(self.day()).order_by("municipality_id", "id")
        return rows.prefetch_related("area_positions__area", "positions__solution")
