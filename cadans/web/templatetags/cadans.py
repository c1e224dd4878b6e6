"""What every template may use without loading: icons, values, forms' controls."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.forms import BoundField, widgets
from django.templatetags.static import static
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString

from cadans.leads.activity_kinds import kind_icon, kind_name
from cadans.web import cards, writing

register = template.Library()

register.simple_tag(writing.icon)
register.simple_tag(cards.lead_card)

for written in (
    writing.initials,
    writing.hue,
    writing.money,
    writing.money_short,
    writing.number,
    writing.days,
    writing.percent,
    writing.day,
    writing.day_long,
    writing.month,
    writing.clock,
    writing.moment,
    writing.due,
    writing.due_tone,
    writing.markdown,
):
    register.filter(written.__name__, written)


register.filter(kind_name)
register.filter(kind_icon)


@register.filter
def json_options(options: Any, name: str) -> SafeString:
    """A chart's options as a data script with the id that its element names."""
    return json_script(options, f"{name}-options")


@register.simple_tag
def charts_script() -> SafeString:
    """The script that draws charts; put it in the block "scripts" of a page that has any."""
    return format_html('<script src="{}" defer></script>', static("built/charts.js"))


@register.filter
def unlocalised(value: Any) -> str:
    """A figure as HTML wants it in attributes: with a point, whatever the language."""
    return str(value)


# ── forms ───────────────────────────────────────────────────────────────────────────────────

CONTROL_CLASSES: list[tuple[type[widgets.Widget], str]] = [
    (widgets.CheckboxInput, "checkbox checkbox-sm checkbox-primary"),
    (widgets.CheckboxSelectMultiple, "checkbox checkbox-sm checkbox-primary"),
    (widgets.RadioSelect, "radio radio-sm radio-primary"),
    (widgets.SelectMultiple, "select w-full h-auto"),
    (widgets.Select, "select w-full"),
    (widgets.Textarea, "textarea w-full"),
    (widgets.FileInput, "file-input w-full"),
    (widgets.Input, "input w-full"),
]


def control_classes(widget: widgets.Widget) -> str:
    """The classes of a control, by its kind."""
    return next((css for kind, css in CONTROL_CLASSES if isinstance(widget, kind)), "")


@register.filter
def described(field: BoundField, text: str) -> BoundField:
    """A bound field with another help text than its form's; "-" for none, "" for its own."""
    if text:
        field.help_text = "" if text == "-" else text
    return field


@register.filter
def control(field: BoundField) -> SafeString:
    """A bound field's control in the product's look, its day and time inputs the browser's own."""
    widget = field.field.widget
    if isinstance(widget, widgets.DateTimeInput):
        widget.input_type, widget.format = "datetime-local", "%Y-%m-%dT%H:%M"
    elif isinstance(widget, widgets.DateInput):
        widget.input_type, widget.format = "date", "%Y-%m-%d"
    elif isinstance(widget, widgets.TimeInput):
        widget.input_type, widget.format = "time", "%H:%M"
    if str(widget.attrs.get("placeholder", "")) == str(field.label):
        del widget.attrs["placeholder"]  # the label says it already
    own = widget.attrs.get("class", "")
    return field.as_widget(attrs={"class": f"{control_classes(widget)} {own}".strip()})


@register.filter
def choices(field: BoundField) -> BoundField:
    """A bound field of radio buttons or check boxes, whose parts are in the product's look."""
    widget = field.field.widget
    widget.attrs["class"] = control_classes(widget)
    return field


@register.filter
def value_of(known: Mapping[Any, Any], key: Any) -> Any:
    """What a mapping holds under a key; empty when it holds nothing."""
    return known.get(key, "")


@register.filter
def control_kind(field: BoundField) -> str:
    """How a field is laid out: "check" (label behind), "group" (several choices) or "plain"."""
    widget = field.field.widget
    if isinstance(widget, widgets.CheckboxInput):
        return "check"
    if isinstance(widget, (widgets.RadioSelect, widgets.CheckboxSelectMultiple)):
        return "group"
    return "hidden" if widget.is_hidden else "plain"
