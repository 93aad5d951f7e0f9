"""The files of a summary are handed out to those who may read them, and to no others."""

from __future__ import annotations

import pytest
from django.urls import reverse

from reporting.models import Document
from reporting.services import documents
from reporting.services.documents import content_disposition, safe_name


def test_a_file_is_handed_out_with_safe_headers(file, login):
    answer = login("hdir").get(reverse("document_download", args=[file.pk]))
    assert b"".join(answer.streaming_content) == b"innhold"
    assert answer["Content-Type"] == "application/pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"] and "private" in answer["Cache-Control"]
    assert answer["Content-Length"] == "7"
    assert "filename*=UTF-8''Leve%20hele%20livet" in answer["Content-Disposition"]


@pytest.mark.parametrize("name", ["hod", "evaluator", "statsforvalter-oslo-og-viken", "editor-3004", "nobody"])
def test_a_file_is_nothing_for_others(file, login, name):
    assert login(name).get(reverse("document_download", args=[file.pk])).status_code in (403, 404)


def test_a_file_needs_a_login(file, client):
    answer = client.get(reverse("document_download", args=[file.pk]))
    assert answer.status_code == 302


def test_the_folder_of_files_has_no_address(file, login):
    client = login("hdir")
    for address in (f"/{file.file}", f"/static/{file.file}", f"/media/{file.file}", f"/dokument/{file.file}"):
        assert client.get(address).status_code == 404


def test_a_file_that_is_not_made_or_is_gone_says_so(ready, file, login, settings):
    client = login("hdir")
    waiting = ready.documents.get(format="xlsx", language="nb")
    assert client.get(reverse("document_download", args=[waiting.pk])).status_code == 409
    documents.remove_file(file.file)
    assert client.get(reverse("document_download", args=[file.pk])).status_code == 409


def test_a_row_that_points_out_of_the_folder_opens_nothing(file, login, tmp_path):
    (tmp_path / "secret.txt").write_text("secret")
    Document.objects.get_queryset().filter(pk=file.pk).update(file="../secret.txt")
    assert login("hdir").get(reverse("document_download", args=[file.pk])).status_code == 409


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("Våler æø.pdf", "attachment; filename=\"Valer aeo.pdf\"; filename*=UTF-8''V%C3%A5ler%20%C3%A6%C3%B8.pdf"),
        ('a"b.pdf', "attachment; filename=\"a b.pdf\"; filename*=UTF-8''a%20b.pdf"),
        ("a\r\nX-Evil: 1.pdf", "attachment; filename=\"a X-Evil 1.pdf\"; filename*=UTF-8''a%20X-Evil%201.pdf"),
        ("../../etc/passwd.pdf", "attachment; filename=\"etc passwd.pdf\"; filename*=UTF-8''etc%20passwd.pdf"),
    ],
)  # fmt: skip
def test_names_of_files_in_the_header(name, header):
    assert content_disposition(name) == header


def test_a_name_is_never_empty_or_endless():
    assert safe_name("///", "pdf") == "document.pdf"
    assert len(safe_name("å" * 500, "pdf")) <= 154
