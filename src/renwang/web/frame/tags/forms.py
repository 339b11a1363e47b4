"""Forms: every field with its label, help and error in one order everywhere."""

from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.widgets import DateTimeBaseInput
from django.template import Library
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = Library()


def _shape(bound: BoundField) -> str:
    """Name the way in which a field is laid out, from its widget."""
    widget = bound.field.widget
    if isinstance(widget, forms.CheckboxInput):
        return "choice"
    if isinstance(widget, (forms.RadioSelect, forms.CheckboxSelectMultiple)):
        return "choices"
    if isinstance(widget, forms.FileInput):
        return "file"
    return "plain"


_TYPES = {
    forms.DateField: "date",
    forms.DateTimeField: "datetime-local",
    forms.TimeField: "time",
}


@register.inclusion_tag("frame/parts/field.html", name="field")
def field(
    bound: BoundField, label: str = "", help: str = "", segmented: bool = False
) -> dict[str, Any]:
    """One field of a form with label, help and error. Dates get the device's own picker.

    `segmented` shows a choice between few words as one bar.
    """
    shape = _shape(bound)
    attributes: dict[str, Any] = {}
    for kind, input_type in _TYPES.items():
        if type(bound.field) is kind and isinstance(bound.field.widget, DateTimeBaseInput):
            bound.field.widget.input_type = input_type
            bound.field.widget.format = {
                "date": "%Y-%m-%d",
                "datetime-local": "%Y-%m-%dT%H:%M",
                "time": "%H:%M",
            }[input_type]
    if bound.field.widget.attrs.get("placeholder") == bound.label:
        del bound.field.widget.attrs["placeholder"]  # the label stands there already
    if shape == "file":
        attributes["data-drop-input"] = True
    return {
        "field": bound,
        "shape": "segmented" if segmented and shape == "choices" else shape,
        "label": label or bound.label,
        "help": help or bound.help_text,
        "widget": bound.as_widget(attrs=attributes) if shape in ("plain", "choice", "file") else "",
        "required": bound.field.required,
    }


@register.inclusion_tag("frame/parts/fields.html", name="fields")
def fields(form: forms.BaseForm) -> dict[str, Any]:
    """All fields of a form in order, with the errors of the whole form first."""
    return {"form": form}


@register.inclusion_tag("frame/parts/form_errors.html", name="form_errors")
def form_errors(form: forms.BaseForm) -> dict[str, Any]:
    """What is wrong with a form, each line a link to its field. Nothing when nothing is."""
    lines = [
        {
            "href": f"#{form[name].id_for_label or form[name].auto_id}",
            "label": form[name].label,
            "errors": errors,
        }
        for name, errors in form.errors.items()
        if name in form.fields
    ]
    return {"form": form, "lines": lines, "whole": form.non_field_errors()}


@register.simple_block_tag(name="group")
def group(content: str, label: str, help: str = "") -> SafeString:
    """Fields that belong together, under one legend."""
    note = format_html('<p class="help faint">{}</p>', help) if help else ""
    return format_html(
        '<fieldset class="group"><legend>{}</legend>{}{}</fieldset>', label, note, content
    )
