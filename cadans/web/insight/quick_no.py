"""The quick no: which leads are lost at once, and a draft rule for them in one click."""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from cadans.insight.choices import filter_options
from cadans.insight.disqualify import draft_disqualification
from cadans.insight.reports import report
from cadans.playbooks.actions import DESIGNERS
from cadans.web.insight import words
from cadans.web.insight.cycle import parts
from cadans.web.insight.page import MOST_ROWS, Stat, about
from cadans.web.insight.question import Question, asker, read_question, spans_named
from cadans.web.writing import number, percent

ALMOST_NEVER = 0.001
"""Smaller probabilities are shown as "< 0.001"."""


@login_required
@require_GET
def quick_no(request: HttpRequest) -> HttpResponse:
    """The traits of leads lost within the first quarter of the usual cycle."""
    user = asker(request)
    question = plain(read_question(request))
    answer = report("quick-no", question.filters, user)
    total = answer["total"]
    rows = [trait_row(question, row) for row in answer["rows"]]
    context = {
        **about(request, question),
        "here": "cycle",
        "part": "quick-no",
        "parts": parts(question),
        "choices": {"period": spans_named(), **filter_options()},
        "csv": question.address("csv", "quick-no", by=""),
        "is_empty": not total["closed"],
        "stats": [quick_stat(question, total), usual_stat(total), tested_stat(total)],
        "named": [row for row in rows if row["is_named"]],
        "others": [row for row in rows if not row["is_named"]][:MOST_ROWS],
        "tested": total["tested"],
        "knows_usual": total["limit_days"] is not None,
        "may_design": user.role in DESIGNERS,
        "draft_href": question.address("quick-no-rule", by=""),
    }
    return render(request, "insight/quick_no.html", context)


@login_required
@require_POST
def draft_rule(request: HttpRequest) -> HttpResponse:
    """Lay a rule for a trait into the pipeline's draft, and show it there."""
    question = plain(read_question(request))
    pipeline, stage = draft_disqualification(
        asker(request), question.filters, request.POST.get("key", "")
    )
    messages.success(
        request,
        _("The rule lies in the draft, before the others. Try it, then publish when you agree."),
    )
    return redirect(f"{reverse('process:designer', args=[pipeline.key])}?stage={stage}&tab=rules")


def plain(question: Question) -> Question:
    """The question without a breakdown: traits are the rows."""
    return replace(question, filters=replace(question.filters, by=None))


# ── figures ─────────────────────────────────────────────────────────────────────────────────


def quick_stat(question: Question, total: words.Figures) -> Stat:
    """The share of closed leads that were a quick no."""
    rate = total["quick"]
    return Stat(
        _("Lost at once"),
        percent(rate["value"]),
        words.of_leads(rate),
        words.interval(rate),
        href=question.behind("quick-no", "quick") if rate["value"] is not None else "",
        help=_("Leads lost within the first quarter of the usual cycle, of all that were closed."),
    )


def usual_stat(total: words.Figures) -> Stat:
    """The usual cycle, and its first quarter."""
    note = words.reason("no_usual_cycle")
    if total["limit_days"] is not None:
        note = _("a no within %(days)s is quick") % {"days": words.days(total["limit_days"])}
    return Stat(
        _("Usual cycle"),
        words.days(total["usual_days"]),
        note,
        help=_("The median of the days to won, of the leads won in the period."),
    )


def tested_stat(total: words.Figures) -> Stat:
    """How many traits were tested, and how many are more than chance."""
    return Stat(
        _("More than chance"),
        number(total["named"]),
        _("of %(traits)s traits tested") % {"traits": number(total["tested"])},
        help=_("Traits that remain after correcting for having tested many."),
    )


def trait_row(question: Question, row: words.Figures) -> words.Figures:
    """A trait with its figures as text and the leads behind them."""
    lift = row["lift"]
    return {
        "key": row["key"],
        "trait": row["trait"],
        "value": row["value"],
        "label": row["label"],
        "is_named": row["is_named"],
        "leads": row["leads"],
        "won": row["won"],
        "with": row["with"],
        "others": row["others"],
        "lift": "" if lift["value"] is None else f"{number(lift['value'], 2)}×",
        "interval": f"{number(lift['low'], 2)} – {number(lift['high'], 2)}",
        "q": f"< {number(ALMOST_NEVER, 3)}" if row["q"] < ALMOST_NEVER else number(row["q"], 3),
        "links": {
            part: question.behind("quick-no", part, key=row["key"])
            for part in ("closed", "quick", "won")
        },
        "sentence": _("%(quick)s of %(leads)s were lost at once, against %(others)s of the others.")
        % {
            "quick": percent(row["with"]["value"], 0),
            "leads": number(row["leads"]),
            "others": percent(row["others"]["value"], 0),
        },
    }
