"""A service is away for a moment: what the pages, the health page and the scheduler do meanwhile."""

from __future__ import annotations

import datetime as dt
import logging
import shlex

import pytest
import yaml
from celery.beat import PersistentScheduler
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.urls import path
from redis.exceptions import ConnectionError as AwayError

from reform import health
from reform.caching import SteadyRedisCache
from reform.celery import app
from reform.urls import handler500
from reform.urls import urlpatterns as real_urls
from tests.kill.servers import ROOT, free_port

__all__ = ["handler500"]


def gone(request):
    raise OperationalError("server closed the connection unexpectedly: hemmelig")


def closed(request):
    raise InterfaceError("connection already closed")


def broken(request):
    raise RuntimeError("hemmelig")


urlpatterns = [*real_urls, path("gone/", gone), path("closed/", closed), path("broken/", broken)]


@pytest.fixture
def away():
    """A cache whose Redis does not answer."""
    return SteadyRedisCache(f"redis://127.0.0.1:{free_port()}/0", {"TIMEOUT": 60, "OPTIONS": {"socket_timeout": 1}})


class TestTheCache:
    def test_a_process_keeps_its_own_while_redis_is_away(self, away, caplog):
        with caplog.at_level(logging.WARNING):
            assert away.get("unit") is None and away.get("unit", "x") == "x"
            away.set("unit", "Senja", 600)
            assert away.add("unit", "Tranøy") is False
            assert (away.get("unit"), away.has_key("unit")) == ("Senja", True)
            assert away.get_many(["unit"]) == {"unit": "Senja"}
        assert "the cache does not answer" in caplog.text
        away.set_many({"a": 1, "b": 2})
        assert away.incr("a") == 2 and away.touch("b", 5)
        away.delete_many(["a"])
        assert away.delete("b") is True and away.get_many(["a", "b"]) == {}
        away.clear()
        assert away.get("unit") is None

    def test_the_limits_on_attempts_hold_for_the_process_meanwhile(self, away):
        away.set("attempts", 0)
        assert [away.incr("attempts") for _ in range(3)] == [1, 2, 3]

    def test_health_is_told_that_redis_is_away(self, away, monkeypatch):
        monkeypatch.setattr(health, "cache", away)
        with pytest.raises(AwayError):
            health._cache()

    @pytest.mark.services
    def test_with_redis_there_every_process_has_the_same(self, settings):
        from django.core.cache import cache

        assert settings.CACHES["default"]["BACKEND"] == "reform.caching.SteadyRedisCache"
        cache.set("one", "1")
        assert cache.get("one") == "1"
        assert SteadyRedisCache(settings.CACHES["default"]["LOCATION"], {}).get("one") is None  # another prefix
        health._cache()


@pytest.mark.urls(__name__)
class TestTheDatabase:
    @pytest.fixture(autouse=True)
    def _answers(self, client):
        client.raise_request_exception = False

    @pytest.mark.parametrize("address", ["/gone/", "/closed/"])
    def test_while_it_is_away_a_page_says_come_back_in_a_moment(self, client, address):
        answer: HttpResponse = client.get(address)
        assert (answer.status_code, answer["Retry-After"]) == (503, "10")
        assert b"hemmelig" not in answer.content
        told = client.get(address, headers={"accept": "application/json"})
        assert (told.status_code, told["Retry-After"], told.json()["code"]) == (503, "10", "error")

    def test_what_is_our_own_fault_is_no_invitation_to_try_again(self, client):
        answer = client.get("/broken/")
        assert answer.status_code == 500 and "Retry-After" not in answer

    def test_a_kept_connection_is_looked_at_before_it_is_used(self):
        text = (ROOT / "reform" / "settings.py").read_text()
        assert '_database["CONN_HEALTH_CHECKS"] = True' in text


class TestTheScheduler:
    def scheduler(self, tmp_path) -> PersistentScheduler:
        made = PersistentScheduler(app, schedule_filename=str(tmp_path / "schedule"), lazy=True)
        made.setup_schedule()
        return made

    def test_a_job_whose_hour_came_while_it_was_down_is_started_when_it_is_back(self, tmp_path):
        name = "reports that have not come"
        before = self.scheduler(tmp_path)
        before.schedule[name].last_run_at = dt.datetime.now(dt.UTC) - dt.timedelta(days=1, hours=1)
        before.sync()
        before.close()
        after = self.scheduler(tmp_path)
        assert after.schedule[name].is_due().is_due
        after.close()

    def test_a_note_that_a_kill_left_in_pieces_is_begun_anew(self, tmp_path):
        (tmp_path / "schedule").write_bytes(b"\x00half a note")
        after = self.scheduler(tmp_path)
        assert set(after.schedule) >= set(app.conf.beat_schedule)
        after.close()

    def test_the_compose_file_keeps_the_note_on_the_volume(self):
        command = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["beat"]["command"]
        words = command if isinstance(command, list) else shlex.split(command)
        assert "--schedule" not in words and "-s" not in words
        assert app.conf.beat_schedule_filename.endswith("/celery/beat-schedule")
