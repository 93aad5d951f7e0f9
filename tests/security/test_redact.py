"""What must not stand in a log line is taken out of it, whoever wrote the line."""

from __future__ import annotations

import io
import json
import logging
import logging.config

import pytest
import structlog

from reform.logs import logging_config
from reform.redact import hidden_text, redacted

SECRET = "q8Zr-4kTtPw_0xv2"


@pytest.mark.parametrize(
    "text",
    [
        f"Authorization: Bearer {SECRET}",
        f"{{'Authorization': 'Token {SECRET}'}}",
        f"headers={{'authorization': 'Basic {SECRET}=='}}",
        f"Cookie: portal_session={SECRET}; portal_csrf={SECRET}",
        f"GET /x?token={SECRET}&a=1",
        f"password={SECRET}",
        f"could not log in with {{'password': '{SECRET}', 'login': 'kari'}}",
        f'{{"client_secret": "{SECRET}"}}',
        f"postgres://portal:{SECRET}@db.example:5432/portal",
        f"redis://:{SECRET}@redis:6379/0",
        f"id_token=eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.{SECRET}",
        f"/konto/password/reset/key/3-{SECRET}/",
        f"/deling/A1{SECRET}b2c3d4e5/",
        f"csrfmiddlewaretoken={SECRET}",
        f"api-key: {SECRET}",
    ],
)
def test_a_secret_in_a_text_is_hidden(text):
    assert SECRET not in hidden_text(text)


@pytest.mark.parametrize(
    "text", ["01019012345", "Kari, 010190 12345, ringte", "fnr=01019012345.", "41019012345", "(010190-12345)"]
)
def test_a_national_identity_number_is_hidden(text):
    left = hidden_text(text)
    assert "12345" not in left
    assert "11 digits" in left or "hidden" in left


@pytest.mark.parametrize(
    "text",
    [
        "GET /kommune/3004/ 200",
        "971040238",
        "2022-05-04T09:00:00.123456+02:00",
        "0192:971040238",
        "3f1c2d4e5a6b7c8d9e0f1a2b3c4d5e6f",
        "the broker does not answer: redis://redis:6379/0",
        "/statsforvalter/statsforvalter-oslo-og-viken/",
        "a token was used twice",
    ],
)
def test_what_is_no_secret_stays(text):
    assert hidden_text(text) == text


def test_a_field_with_a_secret_name_is_hidden_however_deep():
    line = {
        "event": "x", "status": 200, "user_id": 7, "password": SECRET, "headers": {"Cookie": SECRET, "Accept": "x"},
        "tries": [{"access_token": SECRET}], "none": None, "obj": ValueError(f"secret={SECRET}"),
    }  # fmt: skip
    left = redacted(None, "info", line)
    assert SECRET not in json.dumps(left, default=str)
    assert (left["status"], left["user_id"], left["none"], left["headers"]["Accept"]) == (200, 7, None, "x")


@pytest.fixture
def written(monkeypatch):
    """The lines that the site's own logging writes, through a logger of the library and one of structlog."""
    out = io.StringIO()
    config = logging_config(level="INFO")
    handler = logging.StreamHandler(out)
    entry = config["formatters"]["json"]
    handler.setFormatter(entry["()"](processors=entry["processors"], foreign_pre_chain=entry["foreign_pre_chain"]))
    logger = logging.getLogger("portal.redact-test")
    monkeypatch.setattr(logger, "handlers", [handler])
    monkeypatch.setattr(logger, "propagate", False)
    monkeypatch.setattr(logger, "level", logging.INFO)
    return lambda: out.getvalue()


def test_the_logs_of_django_and_our_own_are_both_cleaned(written):
    def fail():
        raise ValueError(f"password={SECRET} 01019012345")

    for logger in (logging.getLogger("portal.redact-test"), structlog.get_logger("portal.redact-test")):
        try:
            fail()
        except ValueError:
            logger.exception(f"it failed: Authorization: Bearer {SECRET}")
    lines = [json.loads(line) for line in written().splitlines()]
    assert len(lines) == 2
    assert all("ValueError" in line["exception"] for line in lines)
    assert SECRET not in written()
    assert "01019012345" not in written()
