"""The statsforvalter's list: at most 6 queries whatever the size, and its time against an empty logged-in page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import reverse

from bench import data
from bench.figures import best
from reporting.demo.people import cast_make

NAME = "review_list"
MOMENT = dt.datetime(2022, 5, 4, 9, tzinfo=ZoneInfo("Europe/Oslo"))


def run(emit: Callable[..., None]) -> None:
    data.registers()
    cast = cast_make(day=dt.date(2021, 1, 1), now=MOMENT, password="bench-password", language_nn=frozenset())
    office = next(user for user in cast.reviewers.values() if user.username == "statsforvalter-oslo-og-viken")
    with override_settings(PORTAL_CLOCK=MOMENT.isoformat(), ALLOWED_HOSTS=["testserver"]):
        for factor in (1, 10):
            data.copies(factor)
            data.filled_rounds((dt.date(2021, 11, 1), dt.date(2022, 5, 1)))
            for name, user in (("region", office), ("country", cast.national["hdir"])):
                client = Client()
                client.force_login(user)
                address = reverse("work_list") + "?utvalg=alle"
                _get(client, address)
                with CaptureQueriesContext(connection) as queries:
                    _get(client, address)
                size = f"{name}, {371 * factor} units in all"
                emit(f"{NAME}_queries", len(queries), "queries", limit=6, size=size)
                whole = best(lambda client=client, address=address: _get(client, address), 5)
                empty = best(lambda client=client: _get(client, reverse("help")), 5)
                emit(f"{NAME}_time", whole / empty, "ratio", size=f"{size}, against the help page")
                emit(f"{NAME}_seconds", whole, "s", size=size)


def _get(client: Client, address: str) -> HttpResponse:
    answer = client.get(address)
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answered {answer.status_code}")
    return answer
