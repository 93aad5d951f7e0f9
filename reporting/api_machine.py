"""Delivery by a municipality's own system: the form as JSON Schema, many answers at once, what the checks find, and
sending in once however often it is asked for. Doors only."""

from __future__ import annotations

import json
from typing import Any

from django.utils.translation import get_language
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from municipalities.readings import read_logged
from reporting.api import (
    NOT_NOW,
    STOPPED,
    AnyValue,
    LookedOverSerializer,
    ReportAPI,
    ReportDraft,
    ReportSerializer,
    ReportSubmit,
)
from reporting.form_schema import form_schema
from reporting.services.draft_view import register_choices, spec_of
from reporting.services.drafts import draft_open
from reporting.services.findings import findings_now, unexplained
from reporting.services.machines import BadKey, Delivered, KeyReused, answered_once, content_hash, draft_deliver
from reporting.services.on_behalf import is_own

ONCE = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="1 to 100 visible ASCII signs. Sent again with the same content, the first answer is given again.",
)


class WordsField(serializers.CharField):
    """A text, and no number that looks like one."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        text: str = super().to_internal_value(data)
        return text


class ManyAnswersSerializer(serializers.Serializer[Any]):
    """Answers by question code, the ``rev`` of each field that was read, and explanations by finding key."""

    answers = serializers.DictField(child=AnyValue(allow_null=True), default=dict)
    rev = serializers.DictField(child=serializers.IntegerField(min_value=0), default=dict)
    explanations = serializers.DictField(child=WordsField(allow_blank=True), default=dict)


class FieldFaultSerializer(serializers.Serializer[Any]):
    """Why a value is no answer."""

    code = serializers.CharField()
    message = serializers.CharField()


class FieldConflictSerializer(serializers.Serializer[Any]):
    """Somebody else has changed the field since ``rev`` was read; her value stands."""

    mine = AnyValue(allow_null=True)
    theirs = AnyValue(allow_null=True)
    by = serializers.CharField()
    rev = serializers.IntegerField()


class DeliveredSerializer(serializers.Serializer[Any]):
    """What became of the answers. ``saved`` gives the canonical value and the new ``rev`` of each field."""

    version = serializers.IntegerField()
    saved = serializers.DictField(child=serializers.JSONField())
    errors = serializers.DictField(child=FieldFaultSerializer())
    conflicts = serializers.DictField(child=FieldConflictSerializer())


class DraftSerializer(serializers.Serializer[Any]):
    """The draft: its answers by question code, those that their condition hides, and the ``rev`` of each field."""

    version = serializers.IntegerField()
    status = serializers.CharField()
    editable = serializers.BooleanField()
    answers = serializers.DictField()
    hidden = serializers.DictField()
    rev = serializers.DictField(child=serializers.IntegerField())
    last = serializers.DictField(help_text="The answers of the last report, to compare with.")
    explanations = serializers.DictField(child=serializers.CharField())


class FindingSerializer(serializers.Serializer[Any]):
    """One finding. ``stops``: an error, or a warning that nobody has explained."""

    key = serializers.CharField()
    level = serializers.ChoiceField(choices=["error", "warning", "remark"])
    code = serializers.CharField()
    question = serializers.CharField()
    row = serializers.CharField(allow_blank=True)
    message = serializers.CharField()
    explanation = serializers.CharField(allow_blank=True)
    stops = serializers.BooleanField()


class FindingsSerializer(serializers.Serializer[Any]):
    """All findings of the draft as it stands in ``version``."""

    version = serializers.IntegerField()
    can_submit = serializers.BooleanField()
    findings = FindingSerializer(many=True)


class ReportForm(ReportAPI):
    """The form of a report as JSON Schema 2020-12, its texts in the language of ``Accept-Language`` (nb or nn)."""

    right = "report.read"

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, pk: int) -> Response:
        report = self.report(pk)
        spec = spec_of(report)
        backed = [question for question in spec.questions() if question.kind == "register"]
        schema = form_schema(
            spec,
            title=str(report.round.form_version),
            address=request.build_absolute_uri(request.path),
            language=get_language() or "nb",
            choices={question.code: register_choices(question, report, self.today) for question in backed},
        )
        return Response(schema, headers={"Vary": "Accept-Language"})


class ReportDraftMany(ReportDraft):
    """The draft: read whole, saved one field at a time (POST) or many at once (PUT)."""

    @extend_schema(responses=DraftSerializer)
    def get(self, request: Request, pk: int) -> Response:
        report = self.report(pk)
        if not is_own(request.user, report, today=self.today):
            read_logged(request, report, "draft_read")
        view = draft_open(report=report, actor=request.user, now=self.now)
        return Response(
            {
                "version": view.version,
                "status": view.report.status,
                "editable": view.editable,
                "answers": view.answers,
                "hidden": view.hidden,
                "rev": {key: field.rev for key, field in view.fields.items()},
                "last": view.last.answers,
                "explanations": view.comments,
            }
        )

    @extend_schema(request=ManyAnswersSerializer, responses={200: DeliveredSerializer, 409: NOT_NOW})
    def put(self, request: Request, pk: int) -> Response:
        """Save many answers. What can be saved is saved; the others are named with the reason."""
        report = self.report(pk)
        given = ManyAnswersSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        values = given.validated_data
        delivered = draft_deliver(
            report=report, answers=values["answers"], revs=values["rev"], explanations=values["explanations"],
            actor=request.user, now=self.now,
        )  # fmt: skip
        return Response(_delivered(delivered))


def _delivered(delivered: Delivered) -> dict[str, Any]:
    return {
        "version": delivered.version,
        "saved": {key: {"value": value, "rev": rev} for key, (value, rev) in delivered.saved.items()},
        "errors": {key: {"code": fault.code, "message": fault.message} for key, fault in delivered.faults.items()},
        "conflicts": {
            key: {"mine": met.mine, "theirs": met.theirs, "by": met.their_name, "rev": met.rev}
            for key, met in delivered.conflicts.items()
        },
    }


class ReportFindings(ReportAPI):
    """What the checks find in the draft as it stands: the same that stops it when it is sent in."""

    right = "report.edit"

    @extend_schema(responses=FindingsSerializer)
    def get(self, request: Request, pk: int) -> Response:
        view = draft_open(report=self.report(pk), actor=request.user, now=self.now)
        findings = findings_now(view.report, view.last, self.today)
        stopping = unexplained(findings, view.comments)
        rows = [
            {
                "key": row.key,
                "level": row.level,
                "code": row.code,
                "question": row.question,
                "row": row.row,
                "message": row.message,
                "explanation": view.comments.get(row.key, ""),
                "stops": row in stopping,
            }
            for row in findings
        ]
        return Response({"version": view.version, "can_submit": not stopping, "findings": rows})


class ReportSubmitOnce(ReportSubmit):
    """Send the report in. 422 with the findings when the checks stop it, or when the idempotency key has been used for
    another request."""

    @extend_schema(
        request=LookedOverSerializer,
        responses={200: ReportSerializer, 409: NOT_NOW, 422: STOPPED},
        parameters=[ONCE],
    )
    def post(self, request: Request, pk: int) -> Response:
        key = request.headers.get("Idempotency-Key")
        if key is None:
            return super().post(request, pk)
        self.report(pk)  # whoever may not see the report is not given an old answer about it either
        try:
            status, body, again = answered_once(
                user=request.user, key=key, content=content_hash("submit", pk, request.data), now=self.now,
                do=lambda: _plain(super(ReportSubmitOnce, self).post(request, pk)),
            )  # fmt: skip
        except BadKey as bad:
            return Response({"detail": str(bad)}, status=400)
        except KeyReused as reused:
            return Response({"detail": str(reused), "code": "key_reused"}, status=422)
        return Response(body, status=status, headers={"Idempotency-Replayed": "true"} if again else None)


def _plain(response: Response) -> tuple[int, Any]:
    """A response as it can be kept: days and moments are texts."""
    return response.status_code, json.loads(JSONRenderer().render(response.data))
