"""The clock is Oslo's, and can be set."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from reform import clock


@time_machine.travel(dt.datetime(2022, 4, 30, 22, 30, tzinfo=dt.UTC), tick=False)
def test_the_day_is_the_day_in_oslo():
    assert clock.now().isoformat() == "2022-05-01T00:30:00+02:00"
    assert clock.today() == dt.date(2022, 5, 1)


@pytest.mark.parametrize("written", ["2022-05-04T09:00+02:00", "2022-05-04T09:00", "2022-05-04T07:00+00:00"])
def test_a_set_clock_starts_at_its_moment_and_runs_on(settings, monkeypatch, written):
    settings.PORTAL_CLOCK = written
    start = dt.datetime(2026, 11, 25, 12, 0, tzinfo=dt.UTC)
    monkeypatch.setattr(clock, "_STARTED", start)
    with time_machine.travel(start + dt.timedelta(hours=20), tick=False):
        assert clock.now().isoformat() == "2022-05-05T05:00:00+02:00"
        assert clock.today() == dt.date(2022, 5, 5)


def test_a_clock_that_is_no_moment_is_refused(settings):
    settings.PORTAL_CLOCK = "yesterday"
    with pytest.raises(ValueError, match="yesterday"):
        clock.now()
