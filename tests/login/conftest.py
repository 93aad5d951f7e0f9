"""A provider for these tests, the portal's configuration for it, and somebody on her way through."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client

from municipalities.models import MunicipalityVersion
from tests.login import provider as providers
from tests.login.provider import Provider, path_of, running


@pytest.fixture(scope="package")
def started():
    with running() as provider:
        yield provider


@pytest.fixture
def municipal(started: Provider) -> dict[str, Any]:
    """What the environment says of the municipalities' provider."""
    return {
        "key": "ansattporten",
        "kind": "municipality",
        "name": "Ansattporten",
        "issuer": started.issuer,
        "client_id": "portalen",
        "client_secret": "en hemmelighet",
        "authorization_details": [providers.RESOURCE],
    }


@pytest.fixture
def configure(settings):
    """Set the providers of the environment."""

    def set_to(*entries: dict[str, Any]) -> None:
        settings.PORTAL_LOGIN_PROVIDERS = json.dumps(entries)

    return set_to


@pytest.fixture
def provider(started: Provider, municipal, configure, settings) -> Provider:
    """The provider, untouched, and configured as the municipalities' one; the day is one of the round's."""
    settings.PORTAL_CLOCK = "2022-05-04T09:00+02:00"
    configure(municipal)
    started.clear()
    details = providers.represents(providers.FREDRIKSTAD)
    started.user("kari", acr=providers.LEVEL, sid="sid-1", authorization_details=details)
    return started


@pytest.fixture
def numbered(world):
    """The small world, whose municipalities have their organisation numbers."""
    for number, organisation in (
        ("3004", providers.FREDRIKSTAD),
        ("3025", providers.ASKER),
        ("0301", providers.OSLO),
        ("5430", providers.KAUTOKEINO),
    ):
        MunicipalityVersion.objects.filter(number=number).update(organisation_number=organisation)
    return world


class Traveller:
    """Somebody with a browser, from the login page to the provider and back."""

    def __init__(self, provider: Provider) -> None:
        self.provider, self.client = provider, Client()
        self.sent: dict[str, str] = {}

    def leave(self, key: str = "ansattporten", **query: str) -> str:
        """Off to the provider; returns the address there, whose parameters are in ``sent``."""
        answer = self.client.get(f"/konto/oidc/{key}/", query)
        assert answer.status_code == 302, answer.content
        self.sent = dict(parse_qsl(urlsplit(answer.headers["Location"]).query))
        return answer.headers["Location"]

    def back(self, address: str) -> Any:
        return self.client.get(path_of(address))

    def log_in(self, sub: str = "kari", key: str = "ansattporten", **query: str) -> Any:
        """The whole way; returns the portal's answer."""
        return self.back(self.provider.consent(self.leave(key, **query), sub))

    @property
    def is_in(self) -> bool:
        return "_auth_user_id" in self.client.session


@pytest.fixture
def traveller(provider) -> Traveller:
    return Traveller(provider)
