"""The PDF checker tells a good file from a bad one."""

from __future__ import annotations

import pytest
import weasyprint

from tests import verapdf

PAGE = "<!doctype html><html lang='nb'><head><title>Prøve</title></head><body>{body}</body></html>"


def draw(tmp_path, body: str):
    path = tmp_path / "prøve.pdf"
    weasyprint.HTML(string=PAGE.format(body=body)).write_pdf(path, pdf_variant="pdf/ua-1")
    return path


def test_a_tagged_page_is_accessible_but_no_archive_file(tmp_path):
    result = verapdf.check(draw(tmp_path, "<h1>Overskrift</h1><p>Tekst</p>"))
    assert result["ua1"].compliant, result["ua1"].failures
    assert result["ua1"].assertions > 50
    assert not result["3a"].compliant


def test_a_picture_without_text_alternative_is_found(tmp_path):
    svg = "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><rect width='9' height='9'/></svg>"
    path = draw(tmp_path, f"<h1>Overskrift</h1>{svg}")
    assert any(failure.startswith("7.3-1") for failure in verapdf.check(path, ("ua1",))["ua1"].failures)
    with pytest.raises(AssertionError):
        verapdf.assert_compliant(path)


def test_a_file_that_is_no_pdf_is_an_error_not_a_verdict(tmp_path):
    path = tmp_path / "no.pdf"
    path.write_text("no")
    with pytest.raises(RuntimeError):
        verapdf.check(path)
