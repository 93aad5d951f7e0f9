"""A skip must say what is missing, and where nothing may be missing it is a failure."""

from __future__ import annotations

import pytest

from tests.conftest import skip_verdict


@pytest.mark.parametrize("reason", ["browser: no Chromium here", "Skipped: java: no JDK", "font: no Inter"])
def test_a_named_reason_may_stand_but_not_in_ci(monkeypatch, reason):
    monkeypatch.delenv("PORTAL_NO_SKIPS", raising=False)
    assert skip_verdict(reason) is None
    monkeypatch.setenv("PORTAL_NO_SKIPS", "1")
    assert "Nothing may be skipped" in skip_verdict(reason)


@pytest.mark.parametrize("reason", ["", "later", "browsers are slow", "unconditional skip"])
def test_any_other_reason_is_a_failure(monkeypatch, reason):
    monkeypatch.delenv("PORTAL_NO_SKIPS", raising=False)
    assert "names what is missing" in skip_verdict(reason)
