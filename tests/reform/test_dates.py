"""The reform's calendar."""

import datetime as dt

from reform.dates import (
    EndDecision,
    PhaseDates,
    days_left,
    phase_on,
    phases_on,
    previous_reference_date,
    reform_end_on,
    round_dates,
)

D = dt.date


def test_round_dates():
    assert round_dates(2022) == (D(2022, 5, 1), D(2022, 11, 1))
    assert previous_reference_date(D(2022, 5, 1)) == D(2021, 11, 1)
    assert previous_reference_date(D(2022, 11, 1)) == D(2022, 5, 1)
    assert previous_reference_date(D(2022, 5, 2)) == D(2022, 5, 1)


def test_the_end_as_it_was_known_on_a_day():
    ends = [
        EndDecision(D(2024, 12, 31), D(2021, 10, 12)),
        EndDecision(D(2023, 12, 31), D(2018, 5, 4)),
        EndDecision(D(2023, 12, 31), D(2022, 10, 6)),
    ]
    assert reform_end_on(D(2018, 5, 3), ends) is None
    assert reform_end_on(D(2021, 10, 11), ends) == D(2023, 12, 31)
    assert reform_end_on(D(2022, 5, 1), ends) == D(2024, 12, 31)
    assert reform_end_on(D(2022, 10, 6), ends) == D(2023, 12, 31)


def test_phases_overlap_and_follow_the_last_decision():
    decided = D(2018, 5, 4)
    periods = [
        PhaseDates(4, D(2023, 1, 1), D(2024, 12, 31), D(2021, 10, 12)),
        PhaseDates(2, D(2019, 1, 1), D(2021, 12, 31), decided),
        PhaseDates(3, D(2021, 1, 1), D(2023, 12, 31), decided),
        PhaseDates(4, D(2023, 1, 1), D(2023, 12, 31), decided),
        PhaseDates(4, D(2023, 1, 1), D(2023, 12, 31), D(2022, 10, 6)),
    ]
    assert phases_on(D(2021, 6, 1), periods) == (2, 3)
    assert phase_on(D(2021, 6, 1), periods) == 3
    assert phase_on(D(2023, 6, 1), periods) == 4
    assert phase_on(D(2024, 6, 1), periods) is None  # taken back in 2022
    assert phase_on(D(2018, 12, 31), periods) is None


def test_days_left():
    assert days_left(D(2022, 5, 6), D(2022, 5, 4)) == 2
    assert days_left(D(2022, 5, 4), D(2022, 5, 4)) == 0
    assert days_left(D(2022, 5, 3), D(2022, 5, 4)) == -1
