"""What all pages of Insight have: the question, the way about, figures in a row, sorted rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from moneyed import Money

from cadans.insight.alerts import may_watch
from cadans.insight.choices import filter_options
from cadans.web.insight import words
from cadans.web.insight.page_parts import read_page
from cadans.web.insight.printed import as_document
from cadans.web.insight.question import FILTERS, Question, asker, spans_named

MOST_ROWS = 300
"""Rows that a page shows; the CSV has all of them."""


@dataclass(frozen=True)
class Stat:
    """A figure as its component shows it."""

    label: str
    value: str
    of: str = ""
    interval: str = ""
    trend: str = ""
    tone: str = "quiet"
    href: str = ""
    help: str = ""


def tabs_named() -> dict[str, str]:
    """The pages of Insight in their order: the name of the address and the title."""
    return {
        "overview": _("Overview"),
        "win-rate": _("Win rate"),
        "funnel": _("Funnel"),
        "deal-size": _("Deal size"),
        "cycle": _("Cycle length"),
        "forecast": _("Forecast"),
        "quotas": _("Quotas"),
        "adoption": _("Adoption"),
        "impact": _("Process impact"),
        "alerts": _("Alerts"),
    }


def page(
    request: HttpRequest, here: str, question: Question, context: dict[str, Any]
) -> HttpResponse:
    """The page `here` (a name of `tabs_named`) with what all of them have."""
    shared: dict[str, Any] = {
        **about(request, question),
        "here": here,
        "choices": {"period": context.get("spans") or spans_named(), **filter_options()},
    }
    if here not in ("overview", "alerts"):
        shared["files"] = files_of(request, here, question)
    template = f"insight/{here.replace('-', '_')}.html"
    status = 422 if question.mistake else 200
    if not is_printed(request):
        return render(request, template, {**shared, **context}, status=status)
    question.ensure_period()
    markup = render_to_string(template, {**shared, **context}, request)
    found = read_page(markup)
    chosen = [f"{name}: {text}" for name, text in filters_in_words(question)]
    asked = [str(shared["period_text"]), *chosen]
    return as_file(as_document(found, asked), "application/pdf", f"{here}.pdf")


PRINTED = "pdf"


def is_printed(request: HttpRequest) -> bool:
    """Whether the page is asked for as a file to print, so that it must be whole at once."""
    return request.GET.get("as") == PRINTED


def files_of(request: HttpRequest, here: str, question: Question) -> dict[str, str]:
    """Where the page is to be had as a file."""
    by = question.filters.by or ""
    printed = request.GET.copy()
    printed["as"] = PRINTED
    return {
        "csv": question.address("csv", here, by=by),
        "xlsx": question.address("xlsx", here, by=by),
        "pdf": f"?{printed.urlencode()}",
        "mail": question.address("subscriptions", metric=here, by=by),
    }


def as_file(content: bytes, kind: str, name: str) -> HttpResponse:
    """A file to keep."""
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def filters_in_words(question: Question) -> list[tuple[str, str]]:
    """Each filter in force: “Owner”, “Anna”."""
    options, chosen = filter_options(), question.asked
    return [
        (words.head_of(name), dict(options.get(name, [])).get(value, value))
        for name in FILTERS
        if (value := chosen.get(name))
    ]


def about(request: HttpRequest, question: Question) -> dict[str, Any]:
    """The question in words, and the way to the other pages under the same question."""
    return {
        "question": question,
        "filters": request.GET,
        "period_text": words.period(question),
        "tabs": [
            {"name": name, "title": title, "href": question.address(name, by="")}
            for name, title in tabs_named().items()
            if name != "alerts" or may_watch(asker(request))
        ],
    }


def as_money(value: words.Figures) -> Money | None:
    """An amount of a report as money; None when it is not known."""
    return None if value["amount"] is None else Money(value["amount"], value["currency"])


def sorted_rows(
    request: HttpRequest, rows: list[words.Figures], keys: dict[str, Any]
) -> list[words.Figures]:
    """The rows in the order that the address asks for; rows without the figure come last."""
    asked = request.GET.get("sort", "")
    key = keys.get(asked.removeprefix("-"))
    if key is None:
        return rows
    known = [row for row in rows if key(row) is not None]
    unknown = [row for row in rows if key(row) is None]
    return sorted(known, key=key, reverse=asked.startswith("-")) + unknown
