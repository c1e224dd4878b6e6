"""Why the win rate is what it is, in words: a part of its page that is asked for by itself."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from cadans.insight.reports import report
from cadans.team.models import User
from cadans.web.insight import words
from cadans.web.insight.question import Question, asker, read_question
from cadans.web.writing import NOTHING, number, percent

MOST_NAMED = 8
"""More findings than these say less."""


@login_required
@require_GET
def why(request: HttpRequest) -> HttpResponse:
    """The three culprits and the behaviour gap, as a part of the win rate's page."""
    return render(request, "insight/_why.html", reasons(read_question(request), asker(request)))


def reasons(question: Question, user: User) -> words.Figures:
    """All that the part shows."""
    question = replace(question, filters=replace(question.filters, by="owner"))
    total = report("win-rate-why", question.filters, user)["total"]
    sources = total["leads"]["sources"]
    return {
        "leads": leads_words(question, total["leads"]),
        "nurturing": nurturing_words(question, total["nurturing"]),
        "reps": named_words(question, total["reps"], "owner"),
        "sources": named_words(question, sources, "source"),
        "behaviour": behaviour_words(total["behaviour"]),
    }


def leads_words(question: Question, leads: words.Figures) -> words.Figures:
    """What was lost early and why, in words."""
    early, rest = leads["early_losses"], leads["without_early"]
    return {
        "early": figure(early, behind(question, "lost_early")),
        "rest": figure(rest, behind(question, "not_lost_early")),
        "reasons": [
            {
                "label": one["label"],
                "share": percent(one["share"]["value"], 0),
                "leads": number(one["share"]["numerator"]),
                "href": question.address(
                    "leads", metric="win-rate", part="lost", by="loss_reason", key=one["key"]
                ),
            }
            for one in leads["loss_reasons"][:5]
        ],
    }


def nurturing_words(question: Question, nurturing: words.Figures) -> words.Figures:
    """Nurtured leads against the others, in words."""
    found = nurturing["difference"]
    days = ngettext("%(days)s day", "%(days)s days", nurturing["days"]) % {
        "days": number(nurturing["days"])
    }
    least = nurturing["least_touches"]
    means = {status: nurturing["touches"][status]["mean"] for status in ("won", "lost")}
    return {
        "difference": points_between(found),
        "tone": tone_of(found),
        "is_sure": tone_of(found) != "quiet",
        "reason": words.reason(found.get("reason", "")),
        "effect": points_between(nurturing["effect"]),
        "nurtured": figure(nurturing["nurtured"], behind(question, "nurtured")),
        "others": figure(nurturing["others"], behind(question, "not_nurtured")),
        "means": {
            status: NOTHING if mean is None else number(mean, 1) for status, mean in means.items()
        },
        "what": ""
        if least is None
        else ngettext(
            "Touched at least %(least)s time in the first %(days)s.",
            "Touched at least %(least)s times in the first %(days)s.",
            least,
        )
        % {"least": number(least), "days": days},
        "mail": words.reason(nurturing["opened"]["reason"]),
    }


def named_words(question: Question, compared: words.Figures, by: str) -> words.Figures:
    """Who or what stands below and above the rest, and what that costs."""
    by_side: dict[str, list[words.Figures]] = {"below": [], "above": []}
    for row in compared["rows"]:
        side = row["shrunk"]["side"]
        if side:
            by_side[side].append(
                {
                    "label": row["label"],
                    "rate": percent(row["shrunk"]["value"], 0),
                    "interval": words.interval(row["shrunk"]),
                    "of": words.of_leads(row["win_rate"]),
                    "href": question.address(
                        "leads", metric="win-rate", part="closed", by=by, key=row["key"]
                    ),
                }
            )
    by_side["above"].reverse()
    return {
        **by_side,
        "compared": len(compared["rows"]),
        "differ": percent(compared["differ"], 0),
        "effect": points_between(compared["effect"]),
    }


def behaviour_words(gap: words.Figures) -> words.Figures:
    """What the best do that the others do not, one sentence a finding."""
    found = [row for row in gap["rows"] if row["named"]]
    return {
        "best": [rep["label"] for rep in gap["best"]],
        "others": len(gap["others"]),
        "compared": len(gap["rows"]),
        "reason": words.reason(gap.get("reason", "")),
        "findings": [finding(row) for row in found[:MOST_NAMED]],
        "left_out": max(len(found) - MOST_NAMED, 0),
    }


def finding(row: words.Figures) -> words.Figures:
    """A gap in words: where, what, how much by whom."""
    name, unit = behaviours()[row["behaviour"]]
    low, high = row["difference"]["low"], row["difference"]["high"]
    return {
        "stage": row["stage_label"],
        "what": name,
        "best": written(row["best"]["value"], unit),
        "others": written(row["others"]["value"], unit),
        "interval": f"{signed(low)} – {signed(high)}",
        "effect": number(abs(row["effect"]), 1),
    }


def behaviours() -> dict[str, tuple[str, str]]:
    """What is compared, and whether it is counted in days."""
    return {
        "tasks_done": (_("Tasks done a lead"), ""),
        "first_touch": (_("Time to the first touch"), "days"),
        "touches": (_("Touches a lead"), ""),
        "meetings": (_("Meetings and demos a lead"), ""),
        "people": (_("People met a lead"), ""),
        "days": (_("Time in the stage"), "days"),
    }


def written(value: float, unit: str) -> str:
    """A mean with its unit."""
    return words.days(value) if unit else number(value, 2 if value < 10 else 1)


def signed(value: float) -> str:
    """`+0.4`, `−1.2`."""
    return f"{'+' if value >= 0 else '−'}{number(abs(value), 1 if abs(value) >= 1 else 2)}"


def figure(rate: words.Figures, href: str) -> words.Figures:
    """A rate with what it rests on and the way to its leads."""
    return {
        "value": percent(rate["value"]),
        "of": words.of_leads(rate),
        "interval": words.interval(rate),
        "href": href if rate["denominator"] else "",
    }


def behind(question: Question, part: str) -> str:
    """The leads behind a figure of this part of the page."""
    return question.behind("win-rate-why", part)


def points_between(found: Any) -> words.Figures:
    """A difference in points with its interval: `+4.2 pts`, `+1.0 – +7.4`; empty for none."""
    if found["value"] is None:
        return {"value": "", "interval": ""}
    value, low, high = (100 * found[name] for name in ("value", "low", "high"))
    text = _("%(points)s pts") % {"points": signed(value)}
    return {
        "value": text.replace(" ", words.NO_BREAK),
        "interval": f"{signed(low)} – {signed(high)}",
    }


def tone_of(found: words.Figures) -> str:
    """Quiet while a difference may well be chance."""
    if found["value"] is None or found["low"] <= 0 <= found["high"]:
        return "quiet"
    return "good" if found["value"] > 0 else "bad"
