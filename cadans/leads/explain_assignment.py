"""Why a lead went to somebody, or to nobody, in words: the rule, the strategy, what it saw."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

Because = Mapping[str, Any]

STRATEGIES = {
    "round_robin": gettext_lazy("in turn"),
    "weighted": gettext_lazy("in turn, by weight"),
    "fewest_open": gettext_lazy("fewest open leads"),
    "tier": gettext_lazy("by value"),
    "likeliest_to_win": gettext_lazy("likeliest to win"),
}


def assigned_by_rule(because: Because, owner: str) -> str:
    """The rule, who got the lead, how that one was chosen, and what was seen of them."""
    if because.get("fallback"):
        told = _("Nobody of rule “%(rule)s” could take this lead, so it went to %(owner)s")
    else:
        told = _("Assignment rule “%(rule)s” gave this lead to %(owner)s")
    told = told % {"rule": because["rule"], "owner": owner}
    strategy = STRATEGIES.get(str(because.get("strategy", "")))
    if strategy is None:
        return f"{told}."
    among = int(because.get("among", 1))
    sentence = ngettext(
        "%(told)s (%(strategy)s, the only one who could take it).",
        "%(told)s (%(strategy)s, out of %(among)d who could take it).",
        among,
    ) % {"told": told, "strategy": strategy, "among": among}
    return " ".join([sentence, *_reasons(because, owner)])


def nobody_could(because: Because) -> str:
    """Why a rule that held gave the lead to nobody."""
    told = _("Nobody could take this lead, so its owner did not change.")
    return " ".join([told, *(_stood_in_the_way(one) for one in because.get("nobody", []))])


def _reasons(because: Because, owner: str) -> list[str]:
    reasons = []
    if because.get("at_least") is not None:
        bound = number_format(because["at_least"], decimal_pos=0, force_grouping=True)
        reasons.append(_("It lies in the band from %(value)s up.") % {"value": bound})
    way = because.get("way")
    if way:
        reasons.append(_likelihood(str(way), because, owner))
    if because.get("passed") and not because.get("fallback"):
        reasons += [_stood_in_the_way(one) for one in because["passed"]]
    return [reason for reason in reasons if reason]


def _likelihood(way: str, because: Because, owner: str) -> str:
    """What *likeliest to win* went by."""
    match way:
        case "chance" | "learning":
            told = _(
                "%(owner)s wins %(chance)d %% of such leads (%(low)d to %(high)d %%),"
                " the team %(team)s."
            ) % {
                "owner": owner,
                "chance": round(100 * because.get("chance", 0)),
                "low": round(100 * because.get("low", 0)),
                "high": round(100 * because.get("high", 1)),
                "team": _team_rate(because),
            }
            told = " ".join([told, *_alike(because)])
            if way == "learning":
                more = _(
                    "Everybody keeps a share of the leads to learn from; this one counts as that."
                )
                return f"{told} {more}"
            return told
        case "alike":
            return _(
                "The results of %(closed)s closed leads do not say surely enough who is better, so"
                " this one went to whoever had the fewest of late."
            ) % {"closed": number_format(because.get("closed", 0), force_grouping=True)}
        case "too_little":
            return ngettext(
                "There is %(n)d closed lead to learn from, which is too few, so it went in turn.",
                "There are %(n)d closed leads to learn from, which is too few, so it went in turn.",
                int(because.get("closed", 0)),
            ) % {"n": int(because.get("closed", 0))}
    return ""


def _alike(because: Because) -> list[str]:
    """What such leads have in common, if anything in particular."""
    named = because.get("alike", {}).items()
    alike = [_size(name) if trait == "size" else str(name) for trait, name in named if name]
    if not alike:
        return []
    return [_("They have in common: %(alike)s.") % {"alike": ", ".join(alike)}]


def _size(bounds: str) -> str:
    low, _between, high = bounds.partition("/")
    if not low:
        return _("fewer than %(high)s employees") % {"high": high}
    if not high:
        return _("%(low)s employees or more") % {"low": low}
    return _("%(low)s to %(high)s employees") % {"low": low, "high": int(high) - 1}


def _team_rate(because: Because) -> str:
    closed = int(because.get("team_closed", 0))
    return f"{round(100 * int(because.get('team_wins', 0)) / closed)} %" if closed else "–"


def _stood_in_the_way(one: Mapping[str, Any]) -> str:
    if one.get("off"):
        return _("“%(rule)s”: outside working hours.") % {"rule": one["rule"]}
    full, absent = int(one.get("full", 0)), int(one.get("absent", 0))
    parts = []
    if absent:
        parts.append(ngettext("%(n)d is away", "%(n)d are away", absent) % {"n": absent})
    if full:
        parts.append(ngettext("%(n)d has enough", "%(n)d have enough", full) % {"n": full})
    told = ", ".join(parts) or _("there is nobody in it")
    return _("“%(rule)s”: %(told)s.") % {"rule": one["rule"], "told": told}
