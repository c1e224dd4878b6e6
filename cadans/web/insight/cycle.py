"""Cycle length: how long leads take, in which stage, before and after the ask."""

from __future__ import annotations

from dataclasses import replace

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from cadans.insight.cycle import cycle_rows, days_to_win
from cadans.insight.filters import BREAKDOWNS
from cadans.insight.intervals import FEW
from cadans.insight.reports import report
from cadans.web.insight import charts, cycle_charts, words
from cadans.web.insight.page import MOST_ROWS, Stat, page, sorted_rows
from cadans.web.insight.question import Question, asker, read_question
from cadans.web.writing import number, percent


@login_required
@require_GET
def cycle(request: HttpRequest) -> HttpResponse:
    """Days to won and to lost, by month, by a breakdown, by stage, and around the ask."""
    user = asker(request)
    question = read_question(request, by="owner")
    filters = question.filters
    answer = report("cycle", filters, user)
    plain = replace(filters, by=None)
    before = plain.period_before()
    months = (
        answer["rows"] if filters.by == "month" else cycle_rows(replace(filters, by="month"), user)
    )
    total = answer["total"]
    name = "lost" if filters.by == "loss_reason" else "won"
    rows = sorted_rows(request, answer["rows"], SORTS)
    context = {
        "answer": answer,
        "part": "cycle",
        "parts": parts(question),
        "stats": [
            length_stat(question, answer, "won", days_to_win(before, user) if before else None),
            length_stat(question, answer, "lost", None),
            ask_stat(question, answer),
            asked_stat(question, answer),
        ],
        "bump": bump_in_words(total),
        "ask_chart": cycle_charts.around_the_ask(total),
        "around": [
            (title, words.days(total[part]["median"]), interval(total[part]), total[part]["leads"])
            for part, title in (
                ("before_ask", _("Before the ask")),
                ("ask_to_decision", _("Ask to decision")),
            )
        ],
        "asked": total["asked"]["numerator"],
        "rows": [length_row(question, row) for row in rows[:MOST_ROWS]],
        "left_out": max(len(rows) - MOST_ROWS, 0),
        "name": name,
        "chart": cycle_charts.length_bars(question, answer["rows"], name),
        "chart_size": charts.size_for(len(answer["rows"]), 3, 9),
        "bars_left_out": max(len(answer["rows"]) - charts.MOST_BARS, 0),
        "months": [length_row(question, row) for row in months],
        "month_chart": cycle_charts.length_by_month(months),
        "stages": [stage_row(question, row) for row in total["stages"]],
        "stage_chart": cycle_charts.days_in_stages(stages_first(total["stages"])),
        "stage_size": charts.size_for(len(total["stages"]), 3, 7),
        "sort": request.GET.get("sort", ""),
        "is_empty": not total["closed"],
        "has_bars": any(row[name]["leads"] for row in answer["rows"]),
        "few": any(0 < row[name]["leads"] < FEW for row in answer["rows"]),
        "breakdowns": words.breakdowns(BREAKDOWNS),
        "head": words.head_of(filters.by or "owner"),
    }
    return page(request, "cycle", question, context)


def parts(question: Question) -> list[dict[str, str]]:
    """The pages about cycle length: how long, who leaves early, and who decides."""
    titles = {
        "cycle": _("How long"),
        "quick-no": _("Quick no"),
        "committee": _("The committee"),
    }
    return [
        {"name": name, "title": title, "href": question.address(name, by="")}
        for name, title in titles.items()
    ]


# ── figures ─────────────────────────────────────────────────────────────────────────────────


def length_stat(
    question: Question, answer: words.Figures, name: str, before: words.Figures | None
) -> Stat:
    """The median days to won or to lost, with its change since the period before."""
    length = answer["total"][name]
    trend, tone = change(length, before)
    note = words.reason(length.get("reason", ""))
    if not note:
        note = _("mean %(mean)s, 85%% within %(most)s") % {
            "mean": words.days(length["mean"]),
            "most": words.days(length["p85"]),
        }
    label, help_text = {
        "won": (
            _("Days to won"),
            _("The median of the days from opening to won: half of the leads take less."),
        ),
        "lost": (
            _("Days to lost"),
            _("The median of the days from opening to lost: half of the leads take less."),
        ),
    }[name]
    return Stat(
        label,
        number_of_days(length["median"]),
        note,
        interval(length),
        trend,
        tone,
        question.behind("cycle", name) if length["leads"] else "",
        help_text,
    )


def ask_stat(question: Question, answer: words.Figures) -> Stat:
    """The median days from the ask to the decision, beside those before it."""
    after, start = answer["total"]["ask_to_decision"], answer["total"]["before_ask"]
    note = (
        _("The decision was not asked for in any of these leads.")
        if after["median"] is None
        else _("%(days)s before the ask") % {"days": words.days(start["median"])}
    )
    return Stat(
        _("Ask to decision"),
        number_of_days(after["median"]),
        note,
        interval(after),
        href=question.behind("cycle", "asked") if after["leads"] else "",
        help=_("The median of the days from asking for the decision to won or lost."),
    )


def asked_stat(question: Question, answer: words.Figures) -> Stat:
    """The share of the closed leads where the decision was asked for."""
    rate = answer["total"]["asked"]
    return Stat(
        _("Asked for the decision"),
        percent(rate["value"]),
        words.of_leads(rate),
        words.interval(rate),
        href=question.behind("cycle", "asked") if rate["numerator"] else "",
        help=_("Closed leads that entered a stage marked as the ask, or hold an ask."),
    )


def number_of_days(value: float | None) -> str:
    """Days with a decimal below ten, else whole ones."""
    if value is None:
        return words.days(None)
    return number(value, 1 if value < 10 else 0)


def interval(length: words.Figures) -> str:
    """“21 – 30 days”; nothing when there is none."""
    if length["low"] is None:
        return ""
    return f"{number_of_days(length['low'])} – {number_of_days(length['high'])}"


def change(now: words.Figures, before: words.Figures | None) -> tuple[str, str]:
    """The change of a median in days: shorter is good; quiet while the intervals overlap."""
    if before is None or now["median"] is None or before["median"] is None:
        return "", "quiet"
    days = now["median"] - before["median"]
    text = f"{'+' if days >= 0 else '−'}{words.days(abs(days))}".replace(" ", words.NO_BREAK)
    if None in (now["low"], before["low"]):
        return text, "quiet"
    if now["high"] < before["low"]:
        return text, "good"
    if now["low"] > before["high"]:
        return text, "bad"
    return text, "quiet"


def bump_in_words(total: words.Figures) -> str:
    """Whether the time goes before the ask or after it."""
    bump = total["bump"]
    if bump["value"] is None:
        return _(
            "Nobody asked for a decision here yet, as far as is known. Mark a stage of the pipeline"
            " as the ask, or log an ask on the lead, and the cycle falls into two parts."
        )
    share = percent(bump["value"], 0)
    told = {
        "start": _(
            "The bump is at the start: the usual lead spends only %(share)s of its cycle after"
            " the ask. Time is won by asking for the decision sooner."
        ),
        "end": _(
            "The bump is at the end: the usual lead spends %(share)s of its cycle after the ask."
            " Time is won between the question and the answer."
        ),
        "even": _(
            "The bump is neither clearly at the start nor at the end: the usual lead spends"
            " %(share)s of its cycle after the ask."
        ),
        "": _(
            "The usual lead spends %(share)s of its cycle after the ask, but these are too few"
            " leads to say where the bump is."
        ),
    }[bump["where"]]
    return told % {"share": share}


# ── rows ────────────────────────────────────────────────────────────────────────────────────


SORTS = {
    "label": lambda row: row["label"].lower(),
    "won": lambda row: row["won"]["leads"],
    "median": lambda row: row["won"]["median"],
    "mean": lambda row: row["won"]["mean"],
    "p85": lambda row: row["won"]["p85"],
    "lost": lambda row: row["lost"]["leads"],
    "lost_median": lambda row: row["lost"]["median"],
    "before_ask": lambda row: row["before_ask"]["median"],
    "ask": lambda row: row["ask_to_decision"]["median"],
}


def length_row(question: Question, row: words.Figures) -> words.Figures:
    """A row with what the page adds: links, and lengths as text."""
    return {
        "label": row["label"],
        "links": {
            part: question.behind("cycle", part, key=row["key"])
            for part in ("closed", "won", "lost", "asked")
        },
        "is_few": 0 < row["won"]["leads"] < FEW,
        **{name: length_in_words(row[name]) for name in ("won", "lost")},
        **{name: number_of_days(row[name]["median"]) for name in ("before_ask", "ask_to_decision")},
        "asked": row["asked"]["numerator"],
        "closed": row["closed"],
    }


def length_in_words(length: words.Figures) -> words.Figures:
    """A length as text, with why there is none."""
    return {
        "leads": length["leads"],
        "interval": interval(length),
        "reason": words.reason(length.get("reason", "")),
        **{name: number_of_days(length[name]) for name in ("mean", "median", "p85")},
    }


def stages_first(rows: list[words.Figures]) -> list[words.Figures]:
    """The stages of several pipelines named stage first, for what is long is cut at its end."""
    if len({row["key"].partition("/")[0] for row in rows}) < 2:
        return rows
    told = []
    for row in rows:
        pipeline, _colon, stage = row["label"].partition(": ")
        told.append({**row, "label": f"{stage} · {pipeline}"})
    return told


def stage_row(question: Question, row: words.Figures) -> words.Figures:
    """A stage with its lengths as text and the leads behind them."""
    bare = replace(question, filters=replace(question.filters, by=None))
    return {
        "label": row["label"],
        "links": {part: bare.behind("cycle", part, stage=row["key"]) for part in ("won", "lost")},
        **{name: length_in_words(row[name]) for name in ("won", "lost")},
    }
