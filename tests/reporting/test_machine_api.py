"""A municipality's own system delivers: the form as JSON Schema, many answers, what is found, and sending in once."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from jsonschema import Draft202012Validator

from municipalities.models import OutgoingMail
from municipalities.services.service_accounts import service_account_make
from reform.models import Solution
from reporting.models import DraftChange, IdempotentRequest, Report, Submission
from reporting.services.drafts import draft_open, draft_save
from reporting.services.machines import KEEP, requests_forget
from reporting.tasks import forget_requests
from tests.reporting.every_kind import SPEC, every_kind_report, values
from tests.reporting.factories import SPRING, ReportFactory, answers, at, open_round
from tests.world import World

pytestmark = pytest.mark.django_db
NOW = at(dt.date(2022, 4, 20), 10)


@pytest.fixture(autouse=True)
def in_the_round(settings):
    settings.PORTAL_CLOCK = "2022-04-20T10:00+02:00"


class Machine:
    """The system of one municipality, which speaks by its key alone."""

    def __init__(self, world: World, number: str = "3004") -> None:
        self.account, self.key = (made := made_for(world, number)).account, made.key
        self.client = Client(headers={"Authorization": f"Bearer {self.key}"})

    def ask(self, method: str, name: str, report: Report, body: Any = None, **headers: str) -> Any:
        more = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
        return getattr(self.client, method)(reverse(name, args=[report.pk]), headers=headers, **more)

    def put(self, report: Report, given: dict[str, Any], **more: Any) -> dict[str, Any]:
        answer = self.ask("put", "api_report_draft", report, {"answers": given, **more})
        assert answer.status_code == 200, answer.content
        return answer.json()

    def submit(self, report: Report, key: str | None = None, **body: Any) -> Any:
        headers = {"Idempotency-Key": key} if key is not None else {}
        return self.ask("post", "api_report_submit", report, body, **headers)

    def version(self, report: Report) -> int:
        return self.ask("get", "api_report_draft", report).json()["version"]


def made_for(world: World, number: str) -> Any:
    return service_account_make(
        municipality=world.unit(number), name="Fagsystem", actor=world.user(f"editor-{number}"), now=NOW
    )


def full(world: World) -> tuple[Report, dict[str, Any]]:
    """A report of the standard form, and answers that raise no finding."""
    open_round(SPRING)
    given = answers(solutions={row.code: "in_place" for row in Solution.objects.all()})
    return ReportFactory.not_started(round_=open_round(SPRING), municipality=world.unit("3004")), given


# --- the whole way --------------------------------------------------------------------------------


def test_the_whole_way_from_the_form_to_the_submission(world: World):
    report, given = full(world)
    machine = Machine(world)
    schema = machine.ask("get", "api_report_form", report).json()
    assert not list(Draft202012Validator(schema).iter_errors(given))
    missing = machine.ask("get", "api_report_findings", report).json()
    assert not missing["can_submit"]
    delivered = machine.put(report, given)
    assert not delivered["errors"]
    assert not delivered["conflicts"]
    found = machine.ask("get", "api_report_findings", report).json()
    assert found["can_submit"], found
    assert found["version"] == delivered["version"]
    sent = machine.submit(report, "first", version=found["version"])
    assert sent.status_code == 200, sent.content
    assert sent.json()["status"] == "submitted"
    submission = Submission.objects.across_all(reason="test").get()
    assert submission.submitted_by == machine.account.user
    assert submission.submitted_by_name == "Fagsystem"
    assert submission.on_behalf_of is None  # it is the municipality itself
    assert submission.answers == {**given, "solutions": given["solutions"]}


def test_a_warning_stops_until_the_machine_explains_it(world: World):
    report, given = full(world)
    machine = Machine(world)
    machine.put(report, {**given, "progress.delay_months": 25, "progress.delay_reason": "money"})
    found = machine.ask("get", "api_report_findings", report).json()
    warning = next(row for row in found["findings"] if row["level"] == "warning")
    assert warning["stops"]
    refused = machine.submit(report, "k", version=found["version"])
    assert refused.status_code == 422
    done = machine.put(report, {}, explanations={warning["key"]: "Pandemien.", "nothing_like_it!": "x"})
    assert set(done["errors"]) == {"explanation nothing_like_it!"}
    again = machine.ask("get", "api_report_findings", report).json()
    assert again["can_submit"], again
    assert machine.submit(report, "k", version=again["version"]).status_code == 200


def test_a_machine_finds_its_own_report_and_what_became_of_it(world: World):
    report, machine, version = ready(world)
    rounds = machine.client.get(reverse("api_rounds")).json()["results"]
    assert [(row["reference_date"], row["state"]) for row in rounds] == [("2022-05-01", "open")]
    listed = machine.client.get(reverse("api_round_reports", args=[SPRING])).json()["results"]
    assert [(row["id"], row["number"]) for row in listed] == [(report.pk, "3004")]
    machine.submit(report, version=version)
    sent = machine.ask("get", "api_report", report).json()
    assert sent["submissions"][0]["answers"] == values(world)
    assert sent["submissions"][0]["submitted_by_name"] == "Fagsystem"


def test_the_receipt_goes_to_the_contacts_and_never_to_the_machine(world: World):
    report, machine, version = ready(world)
    machine.submit(report, version=version)
    told = {(mail.user.username, mail.key.split()[1]) for mail in OutgoingMail.objects.select_related("user")}
    assert told == {("editor-3004", "receipt")}


def test_a_single_answer_is_saved_with_the_revision_that_was_read(world: World):
    report, machine, _version = ready(world)
    body = {"key": "k.whole_number", "value": 5, "rev": 1}
    assert machine.ask("post", "api_report_draft", report, body).status_code == 200
    assert machine.ask("post", "api_report_draft", report, {**body, "value": 6}).status_code == 409
    assert machine.ask("post", "api_report_draft", report, {**body, "key": "k.decimal", "value": "1.235"}).json()[
        "error"
    ]


# --- the form -------------------------------------------------------------------------------------


def test_the_schema_holds_every_kind_and_takes_every_right_answer(world: World):
    report = every_kind_report(world)
    schema = Machine(world).ask("get", "api_report_form", report).json()
    Draft202012Validator.check_schema(schema)
    assert list(schema["properties"]) == [question.code for question in SPEC.questions()]
    validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    assert not list(validator.iter_errors(values(world)))
    assert schema["properties"]["k.short_text"]["x-shown-when"] == [{"question": "k.yes_no", "any_of": ["yes"]}]
    assert schema["required"] == ["k.yes_no"]


WRONG = {
    "k.yes_no": "maybe", "k.one_of": ["plan"], "k.several_of": ["plan", "nothing"], "k.matrix": {"9.9": "done"},
    "k.register": ["999999"], "k.whole_number": 2001, "k.decimal": -6, "k.per_cent": 101, "k.date": "17.13.2021",
    "k.short_text": "x" * 201, "k.long_text": 7,
}  # fmt: skip


@pytest.mark.parametrize("code", WRONG)
def test_schema_and_draft_refuse_the_same(world: World, code: str):
    report, machine = every_kind_report(world), Machine(world)
    schema = machine.ask("get", "api_report_form", report).json()
    validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    assert list(validator.iter_errors({**values(world), code: WRONG[code]}))
    done = machine.put(report, {**values(world), code: WRONG[code]})
    assert [key.partition(":")[0] for key in done["errors"]] == [code]
    fault = next(iter(done["errors"].values()))
    assert fault["message"].endswith(".")
    draft = machine.ask("get", "api_report_draft", report).json()
    kept, right = {**draft["answers"], **draft["hidden"]}, values(world)
    assert {key: kept.get(key) for key in right if key != code} == {k: v for k, v in right.items() if k != code}


@pytest.mark.parametrize(("language", "text"), [("nb", "Vurdert; ikke nå"), ("nn", "Vurdert; ikkje no")])
def test_the_texts_are_in_the_language_that_is_asked_for(world: World, language: str, text: str):
    report = every_kind_report(world)
    answer = Machine(world).ask("get", "api_report_form", report, **{"Accept-Language": language})
    assert answer.json()["properties"]["k.one_of"]["oneOf"][0]["title"] == text
    assert "Accept-Language" in answer.headers["Vary"]


# --- the draft ------------------------------------------------------------------------------------


def test_what_is_read_can_be_sent_back_and_changes_nothing(world: World):
    report, machine = every_kind_report(world), Machine(world)
    machine.put(report, values(world))
    draft = machine.ask("get", "api_report_draft", report).json()
    assert draft["answers"] == values(world)
    again = machine.put(report, draft["answers"], rev=draft["rev"])
    assert again["version"] == draft["version"]
    assert not again["errors"]
    assert not again["conflicts"]


def test_a_change_by_somebody_else_is_a_conflict_and_the_rest_is_saved(world: World):
    report, machine = every_kind_report(world), Machine(world)
    machine.put(report, values(world))
    read = machine.ask("get", "api_report_draft", report).json()
    report.refresh_from_db()
    draft_save(report=report, key="k.whole_number", raw=5, base_rev=None, actor=world.user("editor-3004"), now=NOW)
    done = machine.put(report, {"k.whole_number": 7, "k.long_text": "Nytt"}, rev=read["rev"])
    met = done["conflicts"]["k.whole_number"]
    assert (met["mine"], met["theirs"], met["rev"]) == (7, 5, read["rev"]["k.whole_number"] + 1)
    assert done["saved"]["k.long_text"]["value"] == "Nytt"
    kept = machine.ask("get", "api_report_draft", report).json()["answers"]
    assert (kept["k.whole_number"], kept["k.long_text"]) == (5, "Nytt")
    assert machine.put(report, {"k.whole_number": 7}, rev={"k.whole_number": met["rev"]})["saved"]
    lost = DraftChange.objects.across_all(reason="test").filter(key="k.whole_number", lost=True)
    assert lost.count() == 1


def test_a_matrix_can_be_given_by_rows_and_taken_away(world: World):
    report, machine = every_kind_report(world), Machine(world)
    machine.put(report, {"k.matrix": {"1.1": "plan", "1.2": "done"}})
    machine.put(report, {"k.matrix": {"1.2": "none"}})
    machine.put(report, {"k.matrix:1.1": "same"})
    kept = machine.ask("get", "api_report_draft", report).json()["answers"]
    assert kept["k.matrix"] == {"1.1": "same", "1.2": "none"}
    machine.put(report, {"k.matrix": None})
    assert "k.matrix" not in machine.ask("get", "api_report_draft", report).json()["answers"]
    assert machine.put(report, {"k.matrix": "done"})["errors"]["k.matrix"]["code"] == "wrong_type"


def test_a_question_that_the_form_does_not_have_is_named(world: World):
    report = every_kind_report(world)
    done = Machine(world).put(report, {"no.such": 1, "k.yes_no": "no", "k.whole_number:1": 3})
    assert {key: fault["code"] for key, fault in done["errors"].items()} == {
        "no.such": "unknown_field", "k.whole_number:1": "unknown_field",
    }  # fmt: skip
    assert done["saved"]["k.yes_no"]["value"] == "no"


@pytest.mark.parametrize("body", ["[]", '{"answers": []}', '{"rev": {"k.yes_no": -1}}', "{", "[" * 200_000, "NaN"])
def test_a_body_that_is_none_is_400(world: World, body: str):
    report = every_kind_report(world)
    address = reverse("api_report_draft", args=[report.pk])
    answer = Machine(world).client.put(address, body, content_type="application/json")
    assert answer.status_code == 400, answer.content
    report.refresh_from_db()
    assert report.status == "not_started"


def test_a_body_that_is_too_large_is_413(world: World, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    report = every_kind_report(world)
    answer = Machine(world).ask("put", "api_report_draft", report, {"answers": {"k.long_text": "x" * 2000}})
    assert answer.status_code == 413


def test_a_delivery_of_any_length_is_a_few_queries(world: World, django_assert_max_num_queries):
    report, machine = every_kind_report(world), Machine(world)
    with django_assert_max_num_queries(28):
        machine.put(report, {"k.yes_no": "yes"})
    with django_assert_max_num_queries(28):
        machine.put(report, values(world))


# --- once only ------------------------------------------------------------------------------------


def ready(world: World) -> tuple[Report, Machine, int]:
    report, machine = every_kind_report(world), Machine(world)
    return report, machine, machine.put(report, values(world))["version"]


def test_a_request_that_is_sent_again_gets_the_same_answer_and_is_done_once(world: World):
    report, machine, version = ready(world)
    first = machine.submit(report, "a-1", version=version)
    again = machine.submit(report, "a-1", version=version)
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert Submission.objects.across_all(reason="test").count() == 1
    other = machine.submit(report, "a-2", version=version)
    assert other.status_code == 409  # a new key is a new request: it is sent in already


def test_the_same_key_with_other_content_is_refused(world: World):
    report, machine, version = ready(world)
    assert machine.submit(report, "a", version=version).status_code == 200
    other = machine.submit(report, "a", version=version + 1)
    assert other.status_code == 422
    assert other.json()["code"] == "key_reused"


def test_a_refusal_is_not_kept(world: World):
    report, machine, version = ready(world)
    machine.put(report, {"k.yes_no": None})
    stale = machine.submit(report, "a", version=version)
    assert stale.status_code == 409
    now = machine.version(report)
    assert machine.submit(report, "a", version=now).status_code == 422
    assert not IdempotentRequest.objects.exists()
    machine.put(report, {"k.yes_no": "yes"})
    assert machine.submit(report, "a", version=machine.version(report)).status_code == 200


@pytest.mark.parametrize("key", ["", "x" * 101, "a b", "æ"])
def test_a_key_that_is_none_is_400(world: World, key: str):
    report, machine, version = ready(world)
    assert machine.submit(report, key, version=version).status_code == 400
    assert not Submission.objects.across_all(reason="test").exists()


def test_two_machines_may_choose_the_same_key(world: World):
    report, machine, version = ready(world)
    other_report, other = every_kind_report(world, "5430"), Machine(world, "5430")
    number = other.put(other_report, values(world, "5430"))["version"]
    assert machine.submit(report, "same", version=version).status_code == 200
    assert other.submit(other_report, "same", version=number).status_code == 200


def test_an_old_answer_is_not_given_to_one_who_may_no_longer_see_it(world: World):
    report, machine, version = ready(world)
    assert machine.submit(report, "a", version=version).status_code == 200
    other = every_kind_report(world, "5430")
    assert machine.submit(other, "a", version=version).status_code == 404


def test_answers_are_kept_for_thirty_days(world: World, settings):
    report, machine, version = ready(world)
    machine.submit(report, "a", version=version)
    assert requests_forget(now=NOW + KEEP - dt.timedelta(minutes=1)) == 0
    assert IdempotentRequest.objects.count() == 1
    settings.PORTAL_CLOCK = "2022-05-20T11:00+02:00"
    forget_requests()
    assert not IdempotentRequest.objects.exists()


# --- who ------------------------------------------------------------------------------------------

STEPS = [
    ("get", "api_report", None), ("get", "api_report_form", None), ("get", "api_report_draft", None),
    ("put", "api_report_draft", {"answers": {}}), ("get", "api_report_findings", None),
    ("post", "api_report_draft", {"key": "k.yes_no", "value": "no", "rev": 0}),
    ("post", "api_report_submit", {"version": 0}),
]  # fmt: skip


@pytest.mark.parametrize(("method", "name", "body"), STEPS)
def test_a_machine_reaches_its_own_report_and_no_other(world: World, method: str, name: str, body: Any):
    own, other, machine = every_kind_report(world), every_kind_report(world, "3025"), Machine(world)
    draft_open(report=own, actor=world.user("editor-3004"), now=NOW)
    assert machine.ask(method, name, own, body).status_code in (200, 400, 409, 422)
    assert machine.ask(method, name, other, body).status_code == 404


@pytest.mark.parametrize("name", ["api_report_approve", "api_report_return"])
def test_a_machine_decides_nothing(world: World, name: str):
    report, machine, version = ready(world)
    machine.submit(report, version=version)
    assert machine.ask("post", name, report, {"submission": 1, "note": "x"}).status_code == 403


def test_a_locked_round_takes_no_delivery(world: World, settings):
    report, machine, version = ready(world)
    settings.PORTAL_CLOCK = "2022-12-01T10:00+01:00"
    assert machine.ask("put", "api_report_draft", report, {"answers": {"k.yes_no": "no"}}).status_code == 409
    assert machine.submit(report, "late", version=version).status_code == 409
    assert not IdempotentRequest.objects.exists()


def test_the_description_names_the_steps_of_a_machine(client: Client):
    answer = client.get(reverse("api_schema"), headers={"Accept": "application/json"})
    described = json.loads(answer.content)
    for step in ("form/", "draft/", "findings/", "submit/"):
        assert f"/api/v1/reports/{{id}}/{step}" in described["paths"]
    submit = described["paths"]["/api/v1/reports/{id}/submit/"]["post"]
    assert "Idempotency-Key" in {parameter["name"] for parameter in submit["parameters"]}
    assert described["components"]["securitySchemes"]["serviceKey"]["scheme"] == "bearer"
