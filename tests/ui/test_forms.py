"""Form fields: each error and each help is tied to its control, by crispy and by Django's own rendering alike."""

from __future__ import annotations

import re

import pytest
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout, Submit
from crispy_forms.utils import render_crispy_form
from django import forms
from django.template.loader import render_to_string

from municipalities.templatetags.designsystemet import Fault, error_summary, faults_of


class Example(forms.Form):
    note = forms.CharField(label="Comment", help_text="Say what is to be changed.", widget=forms.Textarea)
    date = forms.CharField(label="Date", required=False, widget=forms.TextInput(attrs={"class": "w-date"}))
    one = forms.ChoiceField(
        label="Who?", choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect, help_text="Choose one."
    )
    several = forms.MultipleChoiceField(
        label="Which?", required=False, choices=[("a", "A"), ("b", "B")], widget=forms.CheckboxSelectMultiple
    )
    sure = forms.BooleanField(label="I have read it", required=False)
    hidden = forms.CharField(widget=forms.HiddenInput, required=False)


def crispy(form: forms.Form) -> str:
    return render_crispy_form(form)


def plain(form: forms.Form) -> str:
    return str(form)


BOTH = pytest.mark.parametrize("draw", [crispy, plain])


def element(html: str, name: str) -> str:
    return re.search(rf'<(?:input|textarea|select)[^>]*name="{name}"[^>]*>', html)[0]


@BOTH
def test_an_error_is_tied_to_its_control_before_the_help(draw):
    html = draw(Example({"one": "a"}))
    control = element(html, "note")
    assert 'aria-invalid="true"' in control
    assert 'aria-describedby="id_note_error id_note_helptext"' in control
    for key in ("id_note_error", "id_note_helptext"):
        assert html.count(f'id="{key}"') == 1
    assert html.index('id="id_note_helptext"') < html.index('name="note"') < html.index('id="id_note_error"')


@BOTH
def test_a_group_is_a_fieldset_that_carries_its_help_and_error(draw):
    html = draw(Example({"note": "x"}))
    assert '<fieldset class="ds-fieldset" aria-describedby="id_one_error id_one_helptext">' in html
    assert re.search(r'<input[^>]*type="radio"[^>]*id="id_one_0"[^>]*aria-invalid="true"', html)
    assert html.count('<legend class="ds-label"') == 2


@BOTH
def test_only_what_may_be_left_out_is_marked(draw):
    html = draw(Example())
    assert html.count('class="optional"') == 2  # date and several; a single checkbox is never marked
    assert "aria-invalid" not in html


@BOTH
def test_what_was_chosen_stays_chosen_and_what_was_typed_is_escaped(draw):
    html = draw(Example({"note": "<b>&", "one": "b", "several": ["b"], "date": '"x'}))
    assert re.search(r'<input[^>]*id="id_one_1" checked', html)
    assert re.search(r'<input[^>]*id="id_several_1" checked', html)
    assert "<b>&" not in html
    assert 'class="ds-input w-date"' in element(html, "date")
    assert 'type="hidden"' in element(html, "hidden")


@BOTH
def test_each_id_is_there_once_and_each_label_has_its_control(draw):
    html = draw(Example({}))
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'for="([^"]+)"', html)) <= set(ids)


def test_the_summary_leads_to_the_fields_in_their_order():
    form = Example({})
    form.add_error(None, "Both at once will not do.")
    assert [fault.href for fault in faults_of(form)] == ["", "#id_note", "#id_one_0"]
    html = render_to_string("components/error_summary.html", error_summary(form))
    assert html.count("<li>") == 3
    assert 'tabindex="-1" data-takes-focus' in html


def test_no_summary_where_nothing_is_wrong():
    form = Example({"note": "x", "one": "a"})
    assert render_to_string("components/error_summary.html", error_summary(form)).strip() == ""


def test_the_summary_takes_lines_of_others():
    html = render_to_string("components/error_summary.html", error_summary([Fault("Late <b>", "#q", "warning")]))
    assert 'href="#q"' in html
    assert "<b>" not in html


def test_crispy_layouts_and_buttons():
    helper = FormHelper()
    helper.layout = Layout(Fieldset("Part one", "note", "date"))
    helper.add_input(Submit("send", "Send it"))
    helper.form_action = "/there/"
    html = render_crispy_form(Example(), helper)
    assert 'action="/there/"' in html
    assert "novalidate" in html
    assert re.search(r"<legend[^>]*>Part one</legend>", html)
    assert re.search(r'<button class="ds-button" data-variant="primary" type="submit" name="send"[^>]*>Send it<', html)


def test_a_control_can_be_drawn_twice_with_its_own_description():
    class Described(forms.Form):
        text = forms.CharField(
            help_text="Help.", widget=forms.TextInput(attrs={"aria-describedby": "pii", "placeholder": "x"})
        )

    form = Described()
    first, second = str(form), str(form)
    assert first == second
    assert 'aria-describedby="pii id_text_helptext"' in first
    assert "placeholder" not in first
