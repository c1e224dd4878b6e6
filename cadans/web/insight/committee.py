"""The committee: cycle length by how many of those who decide are known and touched."""

from __future__ import annotations

from dataclasses import replace

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from cadans.insight.choices import filter_options
from cadans.insight.reports import report
from cadans.web.insight import charts, cycle_charts, words
from cadans.web.insight.cycle import length_in_words, parts
from cadans.web.insight.page import Stat, about
from cadans.web.insight.question import Question, asker, read_question, spans_named
from cadans.web.writing import percent

ROLES_SHOWN = ("decision_maker", "champion")
"""The roles whose share of leads stands above the page."""


@login_required
@require_GET
def committee(request: HttpRequest) -> HttpResponse:
    """Cycle length and win rate by committee coverage, and who was touched and informed."""
    user = asker(request)
    question = read_question(request)
    question = replace(question, filters=replace(question.filters, by=None))
    answer = report("committee", question.filters, user)
    total = answer["total"]
    rows = {
        name: [row for row in answer["rows"] if row["coverage"] == name]
        for name in ("known", "touched")
    }
    context = {
        **about(request, question),
        "here": "cycle",
        "part": "committee",
        "parts": parts(question),
        "choices": {"period": spans_named(), **filter_options()},
        "csv": question.address("csv", "committee", by=""),
        "is_empty": not total["closed"],
        "stats": stats(question, total, rows["known"]),
        "roles": [role_row(question, row) for row in total["roles"]],
        "coverages": [
            {
                "name": name,
                "title": title,
                "rows": [coverage_row(question, row) for row in rows[name]],
                "chart": cycle_charts.length_bars(question, rows[name], "won", "committee"),
                "size": charts.size_for(len(rows[name]), 3, 9),
            }
            for name, title in (
                ("known", _("Days to won by roles known")),
                ("touched", _("Days to won by roles touched")),
            )
        ],
    }
    return render(request, "insight/committee.html", context)


def stats(question: Question, total: words.Figures, known: list[words.Figures]) -> list[Stat]:
    """How often the roles that matter most are known and touched, and how often none is."""
    found = {row["key"]: row for row in total["roles"]}
    without = next((row["closed"] for row in known if row["roles"] == 0), 0)
    stats = []
    for role in ROLES_SHOWN:
        row = found[role]
        stats.append(
            Stat(
                _("%(role)s known") % {"role": row["label"]},
                percent(row["known"]["value"]),
                words.of_leads(row["known"]),
                words.interval(row["known"]),
                href=question.behind("committee", "known", key=f"role:{role}")
                if row["known"]["numerator"]
                else "",
                help=_("Closed leads on which somebody has this buying role."),
            )
        )
    decider = found["decision_maker"]
    stats.append(
        Stat(
            _("Decision maker touched"),
            percent(decider["touched"]["value"]),
            words.of_leads(decider["touched"]),
            words.interval(decider["touched"]),
            help=_("Of the leads where one is known: an activity held before closing names them."),
        )
    )
    stats.append(
        Stat(
            _("No role known"),
            percent(without / total["closed"] if total["closed"] else None),
            words.of_leads({"value": 0, "numerator": without, "denominator": total["closed"]}),
            href=question.behind("committee", "closed", key="known:0") if without else "",
            help=_("Closed leads on which nobody has a buying role."),
        )
    )
    return stats


def role_row(question: Question, row: words.Figures) -> words.Figures:
    """A role with its shares and the leads behind them."""
    shares = ("known", "touched", "informed")
    return {
        "label": row["label"],
        **{name: row[name] for name in shares},
        "of": {name: words.of_leads(row[name]) for name in shares},
        "links": {
            name: question.behind("committee", name, key=f"role:{row['key']}")
            if row[name]["numerator"]
            else ""
            for name in shares
        },
    }


def coverage_row(question: Question, row: words.Figures) -> words.Figures:
    """A row of coverage with its lengths as text and the leads behind it."""
    return {
        "label": row["label"],
        "closed": row["closed"],
        "won": length_in_words(row["won"]),
        "lost": length_in_words(row["lost"]),
        "win_rate": row["win_rate"],
        "interval": words.interval(row["win_rate"]),
        "is_few": words.is_few(row["win_rate"]),
        "links": {
            part: question.behind("committee", part, key=row["key"])
            for part in ("closed", "won", "lost")
        },
    }
