"""An alert in words, for pages and mails: what dropped, how much, since when, where most."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from babel import dates, numbers
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from cadans.insight.alerts import weeks_looked_at
from cadans.insight.drops import Share
from cadans.insight.filters import what
from cadans.insight.models import Alert

RARE = 1e-4
"""Rarer than this is not told more exactly: leads are not quite as alike as the test supposes."""

LOCALES = {"nl": "nl_NL", "en": "en_GB"}


@dataclass(frozen=True)
class Words:
    """What is said of an alert."""

    title: str
    drop: str
    since: str
    most_in: str
    sure: str


def in_words(alert: Alert) -> Words:
    """An alert in the language at hand."""
    points = number((alert.before.value - alert.now.value) * 100, 0)
    first, last = weeks_looked_at(alert)
    return Words(
        title=title_of(alert),
        drop=_("%(weeks)s: %(now)s. Before: %(before)s. That is %(points)s points less.")
        % {
            "now": share(alert.now),
            "weeks": f"{day(first)} – {day(last)}",
            "before": share(alert.before),
            "points": points,
        },
        since=_("Lower since about the week of %(day)s.") % {"day": day(alert.since)},
        most_in=_place(alert),
        sure=_surely(alert.chance),
    )


def title_of(alert: Alert) -> str:
    """What dropped, as a headline."""
    if alert.stage is None:
        return _("Fewer deals are won in “%(pipeline)s”") % {"pipeline": alert.pipeline.name}
    return _("Fewer leads go on from “%(stage)s”") % {"stage": alert.stage.label}


def _place(alert: Alert) -> str:
    """Where it is worse than in the rest, or that it is nowhere."""
    if not alert.most_in:
        return _("No owner, team, source, territory or product clearly stands out from the rest.")
    place = alert.most_in
    return _("Most with %(what)s %(label)s: %(now)s, before %(before)s.") % {
        "what": what(place["by"]),
        "label": place["label"],
        "now": share(Share(*place["now"])),
        "before": share(Share(*place["before"])),
    }


def share(seen: Share) -> str:
    """“41% (37 of 90)”."""
    leads = ngettext("%(part)s of %(of)s", "%(part)s of %(of)s", seen.of) % {
        "part": number(seen.part, 0),
        "of": number(seen.of, 0),
    }
    return f"{numbers.format_percent(seen.value, '#,##0%', locale=_locale())} ({leads})"


def _surely(chance: float) -> str:
    """How rare so low a share would be, had nothing changed."""
    if chance < RARE:
        return _(
            "Had nothing changed, so low a share would be seen less than once in %(times)s times."
        ) % {"times": number(1 / RARE, 0)}
    return _("Had nothing changed, so low a share would be seen once in %(times)s times.") % {
        "times": number(rounded(1 / chance), 0)
    }


def rounded(times: float) -> float:
    """To one figure: whoever reads “once in 3,127” would take it for exact."""
    digits = len(str(int(times))) - 1
    return float(round(times, -digits))


def number(value: float, places: int) -> str:
    """A number as the reader's language writes it."""
    return numbers.format_decimal(round(value, places), locale=_locale())


def day(value: date) -> str:
    """“3 Nov 2026”."""
    return dates.format_date(value, "d MMM y", locale=_locale())


def _locale() -> str:
    return LOCALES.get((get_language() or "en")[:2], "en_GB")
