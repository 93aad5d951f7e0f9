"""Form fields in Designsystemet's anatomy: label, help, control, error, each tied to the control for a screen reader.

Used by the crispy template pack ``designsystemet`` and by Django's own form rendering, so both look the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString

register = template.Library()


@dataclass(frozen=True)
class Fault:
    """A line of the error summary: the sentence, and where the field is (empty for the form as a whole)."""

    text: str
    href: str = ""
    level: str = "error"


@register.filter
def kind(field: BoundField) -> str:
    """What draws the control: ``group`` (radios, checkboxes), ``checkbox``, ``select``, ``textarea`` or ``input``."""
    widget = field.field.widget
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "group"
    if isinstance(widget, forms.CheckboxInput):
        return "checkbox"
    if isinstance(widget, forms.Select):
        return "select"
    return "textarea" if isinstance(widget, forms.Textarea) else "input"


@register.filter
def several(field: BoundField) -> bool:
    """Whether more than one option of the group can be chosen."""
    return isinstance(field.field.widget, forms.CheckboxSelectMultiple)


@register.filter
def is_optional(field: BoundField) -> bool:
    """Whether the label ends with "(optional)"; a single checkbox is never marked."""
    return not field.field.required and not isinstance(field.field.widget, forms.CheckboxInput)


@register.filter
def described_by(field: BoundField) -> str:
    """Ids for aria-describedby: what the widget names itself, then the error, then the help."""
    ids = [field.field.widget.attrs.get("aria-describedby", "")]
    if field.errors:
        ids.append(f"{field.auto_id}_error")
    if field.help_text:
        ids.append(f"{field.auto_id}_helptext")
    return " ".join(part for part in ids if part)


@register.simple_tag
def control(field: BoundField) -> SafeString:
    """The control itself, with Designsystemet's class and its ties to help and error."""
    own = field.field.widget.attrs.get("class", "")
    attrs: dict[str, Any] = {"class": f"ds-input {own}".strip()}
    if described := described_by(field):
        attrs["aria-describedby"] = described
    if isinstance(field.field.widget, forms.Textarea) and "rows" not in field.field.widget.attrs:
        attrs["rows"] = 5
    kept = field.field.widget.attrs
    # Django would leave a widget's own aria-describedby as it is; ours holds it too. The label says what a
    # placeholder would say, and does not go away.
    ours = ("aria-describedby", "class", "placeholder")
    try:
        field.field.widget.attrs = {key: value for key, value in kept.items() if key not in ours}
        return field.as_widget(attrs=attrs)
    finally:
        field.field.widget.attrs = kept


@register.simple_tag
def options(field: BoundField) -> list[dict[str, Any]]:
    """The options of a group: ``value``, ``label``, ``id``, ``checked``, ``disabled``."""
    values = field.field.widget.format_value(field.value())
    groups = field.field.widget.optgroups(field.html_name, values, {"id": field.auto_id})
    return [
        {
            "value": option["value"],
            "label": option["label"],
            "id": option["attrs"].get("id", ""),
            "checked": option["selected"],
            "disabled": bool(option["attrs"].get("disabled")),
        }
        for _name, members, _index in groups
        for option in members
    ]


def faults_of(form: forms.BaseForm) -> list[Fault]:
    """All that is wrong with a form, its own errors first, then each field's in the order of the fields.

    A field's line begins with its label: "Fill in this field" alone would not say which.
    """
    faults = [Fault(str(text)) for text in form.non_field_errors()]
    for field in form:
        target = f"{field.auto_id}_0" if kind(field) == "group" else field.auto_id
        href = "" if field.is_hidden else f"#{target}"
        faults.extend(Fault(f"{field.label}: {text}", href) for text in field.errors)
    return faults


@register.inclusion_tag("components/error_summary.html")
def error_summary(what: Any, heading: Any = "") -> dict[str, Any]:
    """The summary on top of a page: ``what`` is a form, or a list of ``Fault`` (anything with text, href, level).

    Draws nothing where nothing is wrong. The script of the frame moves the focus to it.
    """
    faults = faults_of(what) if isinstance(what, forms.BaseForm) else list(what or ())
    return {"faults": faults, "heading": heading}


@register.inclusion_tag("designsystemet/field.html")
def ds_field(field: BoundField) -> dict[str, Any]:
    """One field, outside crispy: ``{% ds_field form.note %}``."""
    return {"field": field, "form_show_errors": True, "form_show_labels": True}
