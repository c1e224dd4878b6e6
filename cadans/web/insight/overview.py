"""Insight at a glance: six figures with trend, target and interval, and what changed most.

Each figure is a part of the page that asks for itself: the page is there at once, and a figure
that takes long keeps no other waiting.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods
from moneyed import Money

from cadans.ground.errors import Invalid
from cadans.insight.actions.targets import set_targets
from cadans.insight.alerts import standing_for
from cadans.insight.changes import Change, changes
from cadans.insight.filters import NONE, what
from cadans.insight.overview import LENGTH, MEASURES, MONEY, SHARE, Point, Told, targets, told
from cadans.insight.reports import report
from cadans.team.models import User
from cadans.team.queries import organisation, require_role
from cadans.web.insight import charts, funnel, win_rate, words
from cadans.web.insight.page import files_of, is_printed, page
from cadans.web.insight.question import Question, asker, read_question
from cadans.web.writing import NOTHING, money_short, number, percent

WIDE, HIGH, EDGE = 120.0, 32.0, 3.0
"""The drawing of a trend, and the white around its line."""

MOST_CHANGES = 5


@login_required
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """The six figures, the win rate by month and the funnel."""
    user = asker(request)
    question = read_question(request)
    plain = replace(question, filters=replace(question.filters, by=None))
    rates = report("win-rate", replace(plain.filters, by="month"), user)
    stages = report("funnel", plain.filters, user)
    context = {
        "see": {
            "funnel": plain.address("funnel", by=""),
            "win_rate": plain.address("win-rate", by=""),
        },
        "figures": [
            {"name": name, "title": titles()[name], "href": plain.address("figure", name, by="")}
            for name in MEASURES
        ],
        "changes_part": plain.address("changes", by=""),
        "printed": files_of(request, "overview", plain)["pdf"],
        "drops": standing_for(user),
        "key_stats": funnel.key_stats(plain, stages),
        "may_aim": user.role in (User.Role.MANAGER, User.Role.ADMIN),
        "months": rates["rows"],
        "month_chart": charts.rate_by_month(rates["rows"]),
        "stages": funnel.staged(plain, stages["rows"]),
        "funnel_chart": charts.funnel_bars(plain, stages["rows"]),
        "is_empty": win_rate.is_empty(rates) and funnel.is_empty(stages),
    }
    if is_printed(request):
        context["shown"] = [card(plain, told(name, plain.filters, user)) for name in MEASURES]
        context |= changed(plain, user)
    return page(request, "overview", plain, context)


@login_required
@require_GET
def figure(request: HttpRequest, name: str) -> HttpResponse:
    """One of the six, as its part of the page."""
    if name not in MEASURES:
        raise Http404
    question = read_question(request)
    found = told(name, replace(question.filters, by=None), asker(request))
    return render(request, "insight/_figure.html", {"card": card(question, found)})


@login_required
@require_GET
def what_changed(request: HttpRequest) -> HttpResponse:
    """What changed most, as its part of the page."""
    return render(request, "insight/_changes.html", changed(read_question(request), asker(request)))


@login_required
@require_http_methods(["GET", "POST"])
def aims(request: HttpRequest) -> HttpResponse:
    """The targets, for managers to set."""
    user = asker(request)
    require_role(user, User.Role.MANAGER, User.Role.ADMIN)
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            wanted = {name: read_target(name, request.POST.get(name, "")) for name in MEASURES}
            set_targets(user, wanted)
        except Invalid as error:
            errors[error.pointer.removeprefix("/")] = str(error)
        else:
            messages.success(request, _("The targets are set."))
            return redirect("insight:overview")
    known = targets()
    rows = [
        {
            "name": name,
            "title": titles()[name],
            "unit": unit_of(measure.kind),
            "value": request.POST.get(name) if errors else written_target(name, known.get(name)),
            "error": errors.get(name, ""),
            "hint": _("At least") if measure.more_is_better else _("At most"),
        }
        for name, measure in MEASURES.items()
    ]
    status = 422 if errors else 200
    return render(request, "insight/targets.html", {"rows": rows}, status=status)


def read_target(name: str, text: str) -> Decimal | None:
    """A target as written: per cents for a share. Raises Invalid for what is no number."""
    text = text.strip().removesuffix("%").strip().replace(",", ".")
    if not text:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation as error:
        raise Invalid(_("Write a number."), pointer=f"/{name}") from error
    if not value.is_finite():
        raise Invalid(_("Write a number."), pointer=f"/{name}")
    return value / 100 if MEASURES[name].kind == SHARE else value


def written_target(name: str, value: Decimal | None) -> str:
    """A target as its field shows it."""
    if value is None:
        return ""
    shown = value * 100 if MEASURES[name].kind == SHARE else value
    text = f"{shown:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def unit_of(kind: str) -> str:
    """What a target is counted in."""
    return {SHARE: "%", MONEY: str(organisation().currency), LENGTH: _("days")}[kind]


def titles() -> dict[str, str]:
    """What the six are called."""
    return {
        "adoption": _("Adoption"),
        "conversion": _("From first stage to won"),
        "win-rate": _("Win rate"),
        "deal-size": _("Mean deal size"),
        "accuracy": _("Forecast accuracy"),
        "cycle": _("Days to won (median)"),
    }


@dataclass(frozen=True)
class Card:
    """A figure of the overview as its card shows it."""

    title: str
    value: str
    page: str
    href: str = ""
    note: str = ""
    interval: str = ""
    trend: str = ""
    tone: str = "quiet"
    target: str = ""
    is_met: bool = False
    has_target: bool = False
    line: str = ""
    aim: str = ""
    spoken: str = ""


def card(question: Question, found: Told) -> Card:
    """A figure in words and as a small drawing."""
    kind, now = found.measure.kind, found.now
    trend, tone = change_of(found)
    value = shown(kind, now.value, found)
    low, high = shown(kind, now.low, found), shown(kind, now.high, found)
    line, aim = drawn(found)
    metric = found.measure.metric
    target, is_met = found.target, False
    if target is not None and now.value is not None:
        is_met = now.value >= target if found.measure.more_is_better else now.value <= target
    return Card(
        titles()[found.name],
        value,
        question.address(metric, by=""),
        leads_behind(question, found),
        note_of(found),
        f"{low} – {high}" if now.low is not None and now.high is not None else "",
        trend,
        tone,
        "" if target is None else shown(kind, float(target), found),
        is_met,
        target is not None,
        line,
        aim,
        spoken(found),
    )


PARTS = {
    "adoption": "worked",
    "conversion": "decided",
    "win-rate": "closed",
    "deal-size": "valued",
    "cycle": "won",
}
"""Which leads a figure is about; those of forecasts are no longer the same."""


def leads_behind(question: Question, found: Told) -> str:
    """The address of the leads that a figure counts; none where there are none."""
    part = PARTS.get(found.name)
    if part is None or found.now.value is None:
        return ""
    return question.behind(found.measure.metric, part, key=found.stage)


def shown(kind: str, value: float | None, found: Told) -> str:
    """A figure in its own unit."""
    if value is None:
        return NOTHING
    if kind == SHARE:
        return percent(value)
    if kind == LENGTH:
        return words.days(value)
    currency = found.shape.get("currency") or organisation().currency
    return money_short(Money(Decimal(str(round(value, 2))), currency))


def note_of(found: Told) -> str:
    """What a figure rests on, or why there is none."""
    shape = found.shape
    if found.now.value is None:
        reason = words.reason(str(shape.get("reason", "")))
        none = _("No forecast can be judged yet: they are kept from the first night on.")
        return none if found.name == "accuracy" else reason or words.reason("no_leads")
    if "denominator" in shape:
        return words.of_leads(dict(shape))
    if "periods" in shape:
        count = int(shape["periods"])
        return ngettext("of the last %(n)s period", "of the last %(n)s periods", count) % {
            "n": number(count)
        }
    leads = shape.get("leads")
    return "" if leads is None else _("%(leads)s leads won") % {"leads": number(leads)}


def change_of(found: Told) -> tuple[str, str]:
    """The change since the period before; quiet while it may well be chance."""
    now, before = found.now, found.before
    if before is None or now.value is None or before.value is None:
        return "", "quiet"
    if found.measure.kind == SHARE:
        points = (now.value - before.value) * 100
        text = _("%(points)s pts") % {"points": signed(points)}
    elif before.value:
        text = f"{signed((now.value / before.value - 1) * 100)}%"
    else:
        return "", "quiet"
    text = text.replace(" ", words.NO_BREAK)
    bounds = (now.low, now.high, before.low, before.high)
    if any(bound is None for bound in bounds):
        return text, "quiet"
    up = (now.low or 0) > (before.high or 0)
    down = (now.high or 0) < (before.low or 0)
    if not up and not down:
        return text, "quiet"
    return text, "good" if up == found.measure.more_is_better else "bad"


def signed(value: float) -> str:
    """`+1.2`, `−0.4`."""
    return f"{'+' if value >= 0 else '−'}{number(abs(value), 1)}"


def drawn(found: Told) -> tuple[str, str]:
    """The trend as points of a line, and the height of the target as a second one; empty for
    fewer than two months."""
    months = found.months
    known = [point.value for point in months if point.value is not None]
    if len(known) < 2:
        return "", ""
    aim = None if found.target is None else float(found.target)
    lowest, highest = min(known), max(known)
    if aim is not None and lowest - (highest - lowest) <= aim <= highest + (highest - lowest):
        lowest, highest = min(lowest, aim), max(highest, aim)
    else:
        aim = None
    room = (highest - lowest) or 1.0

    def y(value: float) -> float:
        return HIGH - EDGE - (value - lowest) / room * (HIGH - 2 * EDGE)

    step = (WIDE - 2 * EDGE) / max(len(months) - 1, 1)
    line = " ".join(
        f"{EDGE + place * step:.1f},{y(point.value):.1f}"
        for place, point in enumerate(months)
        if point.value is not None
    )
    return line, "" if aim is None else f"{y(aim):.1f}"


def spoken(found: Told) -> str:
    """The trend for those who cannot see it: each month's figure."""
    told_months: list[Point] = [point for point in found.months if point.value is not None]
    return ", ".join(
        f"{point.label}: {shown(found.measure.kind, point.value, found)}" for point in told_months
    )


# ── what changed most ───────────────────────────────────────────────────────────────────────


def changed(question: Question, user: User) -> words.Figures:
    """The changes that are no chance, in sentences."""
    found = changes(replace(question.filters, by=None), user)
    if found is None:
        return {"has_before": False}
    return {
        "has_before": True,
        "compared": found.compared,
        "sentences": [sentence(question, one) for one in found.found[:MOST_CHANGES]],
        "more": max(len(found.found) - MOST_CHANGES, 0),
    }


def sentence(question: Question, one: Change) -> words.Figures:
    """A change in words: of what, whose, from what to what."""
    name = titles()[one.figure]
    before, now = (written(one, value) for value in (one.before, one.now))
    whose = f"{what(one.by)} {one.label}" if one.by else _("all leads")
    if one.key == NONE:
        whose = one.label[:1].lower() + one.label[1:]
    text = _("%(figure)s of %(whose)s: from %(before)s to %(now)s.") % {
        "figure": name,
        "whose": whose,
        "before": before,
        "now": now,
    }
    return {
        "text": text,
        "part": f"{signed(one.part * 100)}%",
        "tone": "good" if one.is_better else "bad",
        "href": question.address(one.measure.metric, by=one.by),
    }


def written(one: Change, value: float) -> str:
    """A value of a change in its unit."""
    if one.measure.kind == SHARE:
        return percent(value)
    if one.measure.kind == LENGTH:
        return words.days(value)
    return money_short(Money(Decimal(str(round(value, 2))), one.currency))
