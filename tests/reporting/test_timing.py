"""What follows from a round's dates, and that the list's annotation says the same as the function."""

import datetime as dt

import pytest

from reporting.models import Report, Round
from reporting.timing import Delivery, deadline, delivery, round_state, with_delivery
from tests.reporting.factories import ReportFactory, editor, open_round, unit

DATES = Round(
    reference_date=dt.date(2022, 5, 1),
    opens_on=dt.date(2022, 3, 21),
    municipality_deadline=dt.date(2022, 5, 1),
    office_deadline=dt.date(2022, 5, 20),
    hdir_deadline=dt.date(2022, 6, 15),
    closes_on=dt.date(2022, 6, 1),
)


@pytest.mark.parametrize(
    ("day", "state"),
    [("2022-03-20", "upcoming"), ("2022-03-21", "open"), ("2022-05-01", "open"), ("2022-05-02", "late"),
     ("2022-06-01", "late"), ("2022-06-02", "closed")],
)  # fmt: skip
def test_the_state_of_a_round(day, state):
    assert round_state(DATES, dt.date.fromisoformat(day)) == state


@pytest.mark.parametrize(("day", "days", "over"), [("2022-04-19", 12, False), ("2022-05-01", 0, False),
                                                   ("2022-05-04", -3, True)])  # fmt: skip
def test_the_deadline_in_days(day, days, over):
    found = deadline(DATES, dt.date.fromisoformat(day))
    assert (found.date, found.days, found.is_over) == (dt.date(2022, 5, 1), days, over)


@pytest.mark.django_db
def test_delivery_and_its_annotation_agree_for_every_report_and_day():
    homes = {
        name: unit(name)
        for name in ("time", "late", "returned", "approved", "draft", "none", "extended", "given", "both")
    }
    people = {name: editor(home) for name, home in homes.items()}
    round_ = open_round()
    where = {name: {"round_": round_, "municipality": home} for name, home in homes.items()}
    ReportFactory.submitted(**where["time"], actor=people["time"])
    ReportFactory.submitted(**where["late"], actor=people["late"], day=dt.date(2022, 5, 3))
    ReportFactory.returned(**where["returned"], actor=people["returned"])
    ReportFactory.approved(**where["approved"], actor=people["approved"])
    ReportFactory.draft(**where["draft"], actor=people["draft"])
    ReportFactory.delivered_extended(**where["extended"], actor=people["extended"])
    ReportFactory.delivered_extended(**where["both"], actor=people["both"], after=12)
    ReportFactory.extended(**where["given"], actor=people["given"])
    seen = set()
    for day in (
        dt.date(2022, 5, 9),
        dt.date(2022, 5, 10),
        dt.date(2022, 4, 30),
        dt.date(2022, 5, 1),
        dt.date(2022, 5, 2),
        dt.date(2022, 7, 1),
    ):
        for row in with_delivery(Report.objects.get_queryset().select_related("current", "round"), day):
            one = delivery(row, row.round, day)
            assert row.delivery_kind == one.kind
            assert row.delivery_late == (row.current.days_late if row.current else 0)
            seen.add(one.kind.value)
    assert seen == {"on_time", "extended", "late", "missing", "pending"}


@pytest.mark.django_db
def test_how_late_and_how_long_missing():
    report = ReportFactory.submitted(day=dt.date(2022, 5, 3))
    assert delivery(report, report.round, dt.date(2022, 6, 1)) == Delivery("late", 2)
    missing = ReportFactory.not_started(municipality=unit("x"), round_=report.round)
    assert delivery(missing, missing.round, dt.date(2022, 5, 4)) == Delivery("missing", 3)
    assert delivery(missing, missing.round, dt.date(2022, 5, 1)) == Delivery("pending")
