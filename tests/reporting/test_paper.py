"""The form on paper: the help with an answer stands where it is to be filled in, and not among the answers given."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from reporting.form_spec import FormSpec
from reporting.paper import paper

T = {"nb": "Tekst", "nn": "Tekst"}
HELP = {"nb": "Når det er vedtatt.", "nn": "Når det er vedteke."}
SPEC = FormSpec.parse(
    {
        "sections": [
            {
                "key": "one",
                "title": T,
                "questions": [
                    {
                        "code": "a",
                        "kind": "one_of",
                        "text": T,
                        "options": [{"key": "x", "text": T, "help": HELP}, {"key": "y", "text": T}],
                    }
                ],
            }
        ]
    }
)


@pytest.mark.parametrize("language", ["nb", "nn"])
def test_the_help_with_an_answer(language):
    with override(language):
        empty, filled = (paper(SPEC, language, answers) for answers in (None, {"a": "x"}))
    assert [(box.ticked, box.help) for box in empty[0].questions[0].boxes] == [(False, HELP[language]), (False, "")]
    assert [(box.ticked, box.help) for box in filled[0].questions[0].boxes] == [(True, ""), (False, "")]
