"""The yearly review: who sees whom, who confirms and ends what, who is overdue, and what it costs."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
import pytest

from municipalities.models import Event, Membership
from municipalities.services import EntryRefused, membership_grant
from municipalities.services.access_review import access_end_reviewed, accesses_confirm, accesses_to_review

pytestmark = pytest.mark.django_db
OFFICE = "statsforvalter-oslo-og-viken"
YEAR = dt.timedelta(days=365)


def emails(world, who, today):
    return {row.email.split("@")[0] for row in accesses_to_review(world.user(who), today=today)}


def membership(world, username):
    return Membership.objects.get(user=world.user(username))


def test_each_goes_through_her_own_part(world, today):
    everybody = {
        row.user.username for row in Membership.objects.select_related("user") if row.user.username != "former"
    }
    assert emails(world, "hdir-admin", today) == everybody
    viken = {f"{role}-{unit}" for role in ("editor", "reader") for unit in ("3004", "3025", "0301", "030101")}
    staff = {f"{role}-oslo-og-viken" for role in ("statsforvalter", "ks", "usht")}
    assert emails(world, OFFICE, today) == viken | staff
    assert emails(world, "editor-3004", today) == {"editor-3004", "reader-3004"}
    for who in ("hdir", "reader-3004", "ks-oslo-og-viken", "nobody"):
        assert emails(world, who, today) == set()


def test_an_access_is_overdue_a_year_after_it_was_given_or_confirmed(world, now, today):
    def overdue(day):
        rows = accesses_to_review(world.user("editor-3004"), today=day)
        return {row.email.split("@")[0]: row.overdue for row in rows}

    assert overdue(today)["reader-3004"]  # given in 2018
    reader = membership(world, "reader-3004")
    assert accesses_confirm(membership_ids=[reader.pk], actor=world.user("editor-3004"), now=now) == 1
    assert not overdue(today + YEAR)["reader-3004"]
    assert overdue(today + YEAR + dt.timedelta(days=1))["reader-3004"]
    event = Event.objects.across_all(reason="test").get(name="access_confirmed")
    assert event.object_id == reader.pk and event.actor == world.user("editor-3004")


def test_nobody_confirms_her_own_or_what_is_not_hers(world, now):
    wanted = [membership(world, name).pk for name in ("editor-3004", "reader-3004", "editor-3025", "hdir")]
    assert accesses_confirm(membership_ids=wanted, actor=world.user("editor-3004"), now=now) == 1
    assert accesses_confirm(membership_ids=wanted, actor=world.user("hdir"), now=now) == 0
    assert accesses_confirm(membership_ids=wanted, actor=world.user(OFFICE), now=now) == 3
    own = membership(world, OFFICE).pk
    assert accesses_confirm(membership_ids=[own], actor=world.user(OFFICE), now=now) == 0


@pytest.mark.parametrize(
    ("who", "whom", "may"),
    [
        ("hdir-admin", "reader-5430", True),
        ("hdir-admin", "ks-oslo-og-viken", True),
        ("hdir-admin", "hod", True),
        ("hdir-admin", "hdir-admin", False),
        (OFFICE, "editor-3004", True),
        (OFFICE, "editor-5430", False),
        (OFFICE, "ks-oslo-og-viken", False),
        (OFFICE, OFFICE, False),
        ("editor-3004", "reader-3004", True),
        ("editor-3004", "editor-3025", False),
        ("reader-3004", "editor-3004", False),
    ],
)
def test_who_ends_whose(world, now, today, who, whom, may):
    row = membership(world, whom)
    shown = {one.membership_id: one.may_end for one in accesses_to_review(world.user(who), today=today)}
    assert shown.get(row.pk, False) is may
    if may:
        access_end_reviewed(membership_id=row.pk, actor=world.user(who), now=now)
        assert not world.user(whom).is_active
    else:
        with pytest.raises(EntryRefused):
            access_end_reviewed(membership_id=row.pk, actor=world.user(who), now=now)
        assert world.user(whom).is_active


def test_the_list_costs_the_same_for_few_and_many(world, now, today, django_assert_num_queries):
    for turn in range(2):
        reader = world.user("hdir-admin")
        with django_assert_num_queries(5):
            accesses_to_review(reader, today=today)
        if turn == 0:
            for number in ("3025", "0301", "5430", "5421"):
                membership_grant(
                    user=world.user("editor-3004"), role="municipality_reader", municipality=world.unit(number),
                    valid_from=today, now=now,
                )  # fmt: skip


class TestPage:
    @pytest.fixture(autouse=True)
    def _page(self, world, client, settings):
        settings.PORTAL_CLOCK = "2022-05-04T09:00+02:00"
        self.world, self.client = world, client
        client.force_login(world.user("editor-3004"))

    def test_it_is_confirmed_and_ended_from_the_page(self):
        page = self.client.get("/tilgang/gjennomgang/?visning=mangler")
        assert [row.email for row in page.context["rows"]] == ["editor-3004@example.org", "reader-3004@example.org"]
        reader = membership(self.world, "reader-3004")
        for data in ({"tilgang": [str(reader.pk), "x"]}, {}, {"avslutt": "1000000"}, {"avslutt": str(reader.pk)}):
            answer = self.client.post("/tilgang/gjennomgang/svar/", {**data, "visning": "mangler", "side": "1"})
            assert answer["Location"] == "/tilgang/gjennomgang/?visning=mangler&side=1"
        reader.refresh_from_db()
        assert reader.confirmed_on == dt.date(2022, 5, 4) and reader.valid_to == dt.date(2022, 5, 3)

    def test_the_file_says_the_same(self):
        answer = self.client.get("/tilgang/gjennomgang/?fil=xlsx")
        sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
        text = [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell]
        assert "editor-3004@example.org" in text and "reader-3004@example.org" in text
        assert "editor-3025@example.org" not in text
