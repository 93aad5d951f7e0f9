"""The administration: people and roles are kept there, registers only looked at, within one's scope."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.urls import reverse

from municipalities.models import Event, Membership, Role, User
from reform.admin import ReadOnlyAdmin

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper(world, client, settings):
    """An administrator with the role of Hdir's administrator."""
    settings.PORTAL_CLOCK = "2022-05-04T09:00"
    user = world.user("hdir-admin")
    User.objects.filter(pk=user.pk).update(is_staff=True, is_superuser=True)
    client.force_login(user)
    return user


def test_the_way_in_is_the_portals_own_login(client, db):
    response = client.get("/admin/login/")
    assert response.status_code == 302 and response.headers["Location"].startswith("/konto/login/")


def test_every_list_opens(world, client, keeper):
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
        assert client.get(reverse(name)).status_code == 200, name


def test_registers_cannot_be_changed(world, client, keeper):
    unit = world.unit("3004")
    url = reverse("admin:municipalities_municipality_change", args=[unit.pk])
    assert client.get(url).status_code == 200
    assert client.post(url, {"kind": "district"}).status_code == 403
    assert client.get(reverse("admin:municipalities_municipality_add")).status_code == 403
    assert client.post(reverse("admin:municipalities_municipality_delete", args=[unit.pk])).status_code == 403


def test_an_administrator_without_a_role_sees_no_rows(world, client):
    user = User.objects.create(username="operator", is_staff=True, is_superuser=True)
    client.force_login(user)
    response = client.get(reverse("admin:municipalities_municipality_changelist"))
    assert response.context["cl"].result_count == 0
    url = reverse("admin:municipalities_municipality_change", args=[world.unit("3004").pk])
    assert client.get(url).status_code == 302  # Django says that it does not exist


def test_giving_and_ending_a_role_leaves_events(world, client, keeper):
    user = world.users["nobody"]
    response = client.post(
        reverse("admin:municipalities_membership_add"),
        {"user": user.pk, "role": Role.KS, "office": world.office("oslo-og-viken").pk, "valid_from": "2022-05-01"},
    )
    assert response.status_code == 302
    membership = Membership.objects.get(user=user)
    url = reverse("admin:municipalities_membership_change", args=[membership.pk])
    assert client.post(url, {"valid_to": "2022-06-30", "role": Role.HDIR}).status_code == 302
    membership.refresh_from_db()
    assert (membership.role, str(membership.valid_to)) == ("ks", "2022-06-30")
    events = Event.objects.get_queryset().order_by("id")
    assert [(event.name, event.actor_id) for event in events] == [
        ("membership_granted", keeper.pk),
        ("membership_ended", keeper.pk),
    ]


def test_events_and_mails_are_only_looked_at():
    shown = {model.__name__: site for model, site in admin.site._registry.items()}
    for name in ("Event", "OutgoingMail", "Municipality", "Office", "PlanDecision", "Solution"):
        assert isinstance(shown[name], ReadOnlyAdmin), name
    assert "body" in shown["OutgoingMail"].exclude
