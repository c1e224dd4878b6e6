"""The leads behind a figure, and a report's table as a file."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from cadans.insight import funnel as funnels
from cadans.insight.columns import metric_named
from cadans.insight.dimensions import row_named
from cadans.insight.exports import XLSX, as_workbook
from cadans.insight.reports import leads_behind, report
from cadans.insight.tables import as_csv
from cadans.web.insight import words
from cadans.web.insight.page import about, as_file, filters_in_words, tabs_named
from cadans.web.insight.question import Question, asker, read_question
from cadans.web.writing import day

LEADS_A_PAGE = 50

PAGES = {
    "conversion": "alerts",
    "win-rate-why": "win-rate",
    "quick-no": "cycle",
    "committee": "cycle",
}
"""Reports that are shown on the page of another."""


@login_required
@require_GET
def leads(request: HttpRequest) -> HttpResponse:
    """The leads behind a figure, a page at a time."""
    user = asker(request)
    question = read_question(request)
    question.ensure_period()
    asked = request.GET
    metric, part = asked.get("metric", "win-rate"), asked.get("part", "closed")
    found = leads_behind(
        metric, question.filters, asked.get("key", ""), part, user, stage=asked.get("stage", "")
    )
    pages = Paginator(found.with_names().order_by("-opened_at", "-id"), LEADS_A_PAGE)
    shown = pages.get_page(asked.get("page"))
    page_of = PAGES.get(metric, metric)
    title = tabs_named().get(page_of)
    context = {
        "title": words.list_named(metric, part),
        "count": pages.count,
        "shown": shown,
        "metric": metric,
        "subtitle": behind_what(question, metric, asked.get("key", ""), asked.get("stage", "")),
        "back": {"title": title, "href": question.address(page_of)} if title else None,
    }
    return render(request, "insight/leads.html", {**about(request, question), **context})


def behind_what(question: Question, metric: str, key: str, stage: str) -> str:
    """Which row and stage a list belongs to, and the period."""
    by = question.filters.by
    inner = stage or (key if metric in ("funnel", "conversion") and by in (None, "stage") else "")
    names = []
    if key and key != inner and by:
        names.append(row_named(by, key))
    if inner:
        # Across pipelines a stage is named with its pipeline, as the rows of a breakdown are.
        names.append(
            row_named("stage", inner)
            if "/" in inner
            else funnels.stage_label(question.filters, inner)
        )
    return " · ".join([*names, words.period(question)])


@login_required
@require_GET
def download(request: HttpRequest, metric: str, kind: str = "csv") -> HttpResponse:
    """A report's table as a file: `csv`, or a workbook (`xlsx`)."""
    user = asker(request)
    question = read_question(request)
    question.ensure_period()
    answer = report(metric, question.filters, user)
    period = answer["period"]
    name = f"{metric}-{period['from']}-{question.last_day.isoformat()}.{kind}"
    if kind == "xlsx":
        return as_file(as_workbook(answer, asked(question, metric)), XLSX, name)
    # The mark at the start tells spreadsheets that the file is UTF-8.
    return as_file(("\ufeff" + as_csv(answer)).encode(), "text/csv; charset=utf-8", name)


def asked(question: Question, metric: str) -> list[tuple[str, str]]:
    """What a workbook says about itself: report, period, filters and day."""
    told = [(_("Report"), metric_named(metric)), (_("Period"), words.period(question))]
    told += filters_in_words(question)
    told.append((_("Made on"), day(timezone.localdate())))
    return told
