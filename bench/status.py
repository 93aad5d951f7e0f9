"""The page that tells how far a round has come: as many queries for ten times the units."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import reverse

from bench import data
from bench.lists import MOMENT, _get
from reporting.demo.people import cast_make

NAME = "round_status"


def run(emit: Callable[..., None]) -> None:
    data.registers()
    cast = cast_make(day=dt.date(2021, 1, 1), now=MOMENT, password="bench-password", language_nn=frozenset())
    client = Client()
    with override_settings(PORTAL_CLOCK=MOMENT.isoformat(), ALLOWED_HOSTS=["testserver"]):
        client.force_login(cast.national["hdir"])
        found = []
        for factor in (1, 10):
            data.copies(factor)
            data.filled_rounds((dt.date(2021, 11, 1), dt.date(2022, 5, 1)))
            _get(client, reverse("round_status"))
            with CaptureQueriesContext(connection) as queries:
                _get(client, reverse("round_status"))
            found.append(len(queries))
            emit(f"{NAME}_queries", len(queries), "queries", size=f"{371 * factor} units")
    emit(f"{NAME}_growth", found[1] / found[0], "ratio", limit=1.0, size="queries at 3710 units against 371")
