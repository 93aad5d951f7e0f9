"""The JSON file: the content as it was hashed, and a hash that is checked on the way back."""

from __future__ import annotations

import hashlib
import json

import pytest

from reporting.documents.content import to_json
from reporting.documents.render_json import read_json, render_json


def test_the_content_stands_as_it_was_hashed(note):
    data = render_json(note)
    plain = json.loads(data)
    assert plain["schema"] == "lhl-document/1"
    assert to_json(note).encode() in data
    assert plain["sha256"] == hashlib.sha256(to_json(note).encode()).hexdigest()
    assert read_json(data) == note


def test_hostile_texts_come_back(hostile):
    data = render_json(hostile)
    assert to_json(read_json(data)) == to_json(hostile)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda text: text.replace('"value":24', '"value":25', 1), "has the hash"),
        (lambda text: text.replace("lhl-document/1", "lhl-document/2"), "not a document of schema"),
        (lambda text: text[:-10], "not JSON"),
        (lambda text: "[]", "not a document of schema"),
    ],
)
def test_a_changed_file_is_refused_with_one_sentence(note, change, sentence):
    text = render_json(note).decode()
    changed = change(text)
    assert changed != text
    with pytest.raises(ValueError, match=sentence):
        read_json(changed.encode())
