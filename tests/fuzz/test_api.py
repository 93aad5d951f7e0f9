"""The whole API as every role: no server error, no undocumented answer, nothing out of scope.

Schemathesis draws requests that fit the OpenAPI document and requests that do not, and compares the answers with it.
The ids of real rows are put in, one's own and others'. What a request writes is undone. The seed is fixed; a longer run
is asked for with PORTAL_FUZZ (docs/proof.md).
"""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from django.db import transaction
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase
from hypothesis import strategies as st
from rest_framework.throttling import UserRateThrottle
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.fuzz.stage import CLOCK, REPORTS, USERS, Stage, leaks, stage_on_the_day
from tests.reporting.factories import SPRING

pytestmark = pytest.mark.django_db
CALLERS = (*USERS, "system-3004", "anonymous", "editor-3004 (session)", "hdir-admin (session)")
LET_IN = [name for name in CALLERS if name not in ("hod", "nobody", "former", "anonymous")]
TIMES = int(os.environ.get("PORTAL_FUZZ", "1"))
PARTS = 4
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
    negative_data_rejection,
]


@pytest.fixture(scope="module")
def stage(django_db_setup: None, django_db_blocker: Any) -> Iterator[Stage]:
    with django_db_blocker.unblock(), stage_on_the_day() as made:
        yield made


@pytest.fixture(scope="module")
def api(django_db_setup: None) -> Any:
    """The API as its own document describes it."""
    document = SchemaGenerator().get_schema(request=None, public=True)
    schema = schemathesis.openapi.from_dict(json.loads(json.dumps(document, default=str)))
    schema.config.generation.update(with_security_parameters=False)  # who asks is for the test to say
    schema.app = get_wsgi_application()
    return schema


@pytest.fixture(autouse=True)
def the_day(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.PORTAL_CLOCK = CLOCK
    settings.SECURE_SSL_REDIRECT = False
    settings.ALLOWED_HOSTS = ["*"]
    monkeypatch.setattr(UserRateThrottle, "allow_request", lambda *_: True)  # thousands in a minute are wanted here


def operations(api: Any) -> list[Any]:
    return [result.ok() for result in api.get_all_operations()]


def kind_of(operation: Any) -> str:
    """The kind of row whose id stands in the address, or an empty text."""
    return operation.path.split("/")[3] if "{id}" in operation.path else ""


def aim(case: Any, stage: Stage, unit: str) -> None:
    """Let the address name the row that ``unit`` has."""
    if kind := kind_of(case.operation):
        case.path_parameters["id"] = stage.ids[kind][unit]
    if "{date}" in case.operation.path:
        case.path_parameters["date"] = SPRING.isoformat()


def ask(case: Any, stage: Stage, caller: str) -> tuple[Any, list[str]]:
    """The answer, and what is wrong with it by the document and by the caller's scope. What it wrote is undone."""
    with transaction.atomic():
        response = case.call(headers=stage.callers[caller])
        transaction.set_rollback(True)
    wrong = []
    try:
        case.validate_response(response, checks=CHECKS)
    except FailureGroup as group:
        wrong = [f"{case.operation.label} as {caller}: {failure}" for failure in group.exceptions]
        wrong[-1] += f"\n{case!r:.600}"
    if found := leaks(caller, response.content.decode("utf-8", "replace")):
        wrong.append(f"{case.operation.label} tells {caller} of {found}")
    return response, wrong


def told(wrong: list[str]) -> str:
    """Some of what was found, short enough to be read."""
    return f"{len(wrong)} answers are wrong:\n\n" + "\n\n".join(wrong[:10])


@pytest.mark.parametrize("part", range(PARTS))
def test_requests_that_fit_and_requests_that_do_not(part: int, stage: Stage, api: Any) -> None:
    every = operations(api)
    assert len(every) > 30
    wrong: list[str] = []
    for operation in every[part::PARTS]:
        _fuzz(operation, stage, wrong)
    assert not wrong, told(wrong)


def _fuzz(operation: Any, stage: Stage, wrong: list[str]) -> None:
    """Ask for one operation with whatever is drawn. All faults are gathered: with the seed fixed each comes again."""
    drawn = st.one_of([operation.as_strategy(generation_mode=mode) for mode in GenerationMode])

    @hypothesis.settings(max_examples=20 * TIMES, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @hypothesis.given(case=drawn, caller=st.sampled_from(CALLERS), unit=st.sampled_from(["", *REPORTS]))
    def one(case: Any, caller: str, unit: str) -> None:
        if unit and not case.meta.is_negative_at("path"):
            aim(case, stage, unit)
        wrong.extend(ask(case, stage, caller)[1])

    one()


@pytest.mark.parametrize("part", range(PARTS))
def test_each_limit_of_the_document(part: int, stage: Stage, api: Any) -> None:
    """The coverage cases of schemathesis: each limit met and overstepped, each field left out, other methods."""
    turns = itertools.cycle(itertools.product(REPORTS, LET_IN))
    wrong: list[str] = []
    for operation in operations(api)[part::PARTS]:
        config = api.config.generation_for(operation=operation, phase="coverage")
        for case in api.iter_coverage_cases(operation, generation_modes=list(GenerationMode), generation_config=config):
            unit, caller = next(turns)
            if not case.meta.is_negative_at("path"):
                aim(case, stage, unit)
            wrong += ask(case, stage, caller)[1]
    assert not wrong, told(wrong)


NETWORK = {"name": "Læringsnettverk for mat", "kind": "regional", "valid_from": "2022-01-01"}
SUPPORT = {"on": "2022-04-20", "kind": "course", "provider": "usht", "title": "Kurs om måltider"}
BODIES: dict[str, Any] = {
    "POST /api/v1/networks/": lambda stage: NETWORK,
    "PATCH /api/v1/networks/{id}/": lambda stage: {"host": "Moss"},
    "POST /api/v1/participations/": lambda stage: {
        "network": stage.ids["networks"]["3025"], "municipalities": [stage.world.unit("030101").pk],
        "status": "active", "valid_from": "2022-01-01",
    },
    "PATCH /api/v1/participations/{id}/": lambda stage: {"status": "planned"},
    "POST /api/v1/support/": lambda stage: SUPPORT | {"municipalities": [stage.world.unit("3025").pk]},
    "PATCH /api/v1/support/{id}/": lambda stage: {"title": "Måltider"},
    "PUT /api/v1/reports/{id}/draft/": lambda stage: {"answers": {"plan.case": "PS 1/22"}, "rev": {}},
    "POST /api/v1/reports/{id}/draft/": lambda stage: {"key": "org.analysis", "value": "no", "rev": 1},
    "POST /api/v1/reports/{id}/submit/": lambda stage: {"version": stage.versions["3004"]},
    "POST /api/v1/reports/{id}/return/": lambda stage: {"submission": 1, "note": "Skriv datoen."},
    "POST /api/v1/reports/{id}/approve/": lambda stage: {"submission": 1, "note": ""},
}  # fmt: skip
"""What is sent where something is sent, so that it can succeed."""


@pytest.mark.parametrize("part", range(PARTS))
def test_each_operation_succeeds_for_one_who_may_and_tells_nobody_else(part: int, stage: Stage, api: Any) -> None:
    """A request that is right, from everyone, at one's own, a neighbour's and another region's row."""
    wrong: list[str] = []
    never: list[str] = []
    for operation in operations(api)[part::PARTS]:
        got = set()
        units = ("3004", "3025", "5430") if kind_of(operation) else ("3004",)
        for caller, unit in itertools.product(CALLERS, units):
            given = BODIES.get(operation.label)
            case = operation.Case(**({"body": given(stage)} if given else {}))
            aim(case, stage, unit)
            response, found = ask(case, stage, caller)
            got.add(response.status_code)
            wrong += found
        if not got & {200, 201, 204}:
            never.append(f"{operation.label}: {sorted(got)}")
    assert not never, f"reached by nobody: {never}"
    assert not wrong, told(wrong)
