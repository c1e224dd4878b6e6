"""The form of an assignment rule: who gets the lead, how, within which limits, and who is next."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cadans.assignment.rules import AssignmentRule, Band, Hours, Target
from cadans.playbooks.words import STRATEGIES, hours_words, lexicon, target_words
from cadans.team.models import Team, User
from cadans.web.amounts import AmountField
from cadans.web.settings.forms import WEEKDAYS

ABOUT_STRATEGIES = {
    "round_robin": gettext_lazy("One after the other, so that everybody gets as many."),
    "weighted": gettext_lazy(
        "By the weight of each in the team: weight 2 gets twice what weight 1 gets."
    ),
    "fewest_open": gettext_lazy("Whoever has the least on their plate; among equals in turn."),
    "likeliest_to_win": gettext_lazy(
        "By what each wins of such leads. Everybody keeps a share to learn from, and while results"
        " differ no more than by chance it deals evenly."
    ),
}
MOST_BANDS, MOST_OTHERS = 12, 5
AMOUNT = AmountField()
MOST_OPEN = 100_000
SHOWN = {"team", "users", "strategy", "most_open", "hours"}
"""What a row shows of a further target."""


@dataclass(frozen=True)
class Who:
    """A team or people to choose from: `team:<id>`, `user:<id>` or several `user:` with commas."""

    value: str
    label: str


@dataclass(frozen=True)
class BandRow:
    """A band of value as the form shows it."""

    number: str
    at_least: str = ""
    who: str = ""


@dataclass(frozen=True)
class OtherRow:
    """A further target as the form shows it. `kept` is what the form cannot show, as JSON.

    `hours` is "", `office`, or `own`: then hours of their own are in `kept`, told in `own_hours`.
    """

    number: str
    who: str = ""
    strategy: str = "round_robin"
    most_open: str = ""
    hours: str = ""
    kept: str = ""
    told: str = ""
    own_hours: str = ""


class RuleForm(forms.Form):
    """An assignment rule; its condition, bands and further targets are built in rows beside it."""

    name = forms.CharField(label=gettext_lazy("Name of the rule"), max_length=80)
    target = forms.ChoiceField(
        label=gettext_lazy("The lead goes to"),
        choices=[
            ("team", gettext_lazy("a team")),
            ("users", gettext_lazy("people by name")),
            ("tier", gettext_lazy("whoever fits its value")),
        ],
        widget=forms.RadioSelect,
        initial="team",
    )
    team = forms.ModelChoiceField(
        Team.objects.all(), label=gettext_lazy("Which team"), required=False, empty_label="–"
    )
    users = forms.ModelMultipleChoiceField(
        User.objects.selling(),
        label=gettext_lazy("Which people"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    strategy = forms.ChoiceField(
        label=gettext_lazy("Among them, it goes to"),
        choices=[(key, STRATEGIES[key]) for key in ABOUT_STRATEGIES],
        widget=forms.RadioSelect,
        initial="round_robin",
        required=False,
    )
    most_share = forms.IntegerField(
        label=gettext_lazy("Nobody gets more than (per cent of the leads)"),
        min_value=10,
        max_value=95,
        required=False,
        help_text=gettext_lazy("Empty: 75 per cent. Everybody gets at least 5 per cent."),
    )
    most_open = forms.IntegerField(
        label=gettext_lazy("Open leads that each may have at most"),
        min_value=1,
        max_value=MOST_OPEN,
        required=False,
        help_text=gettext_lazy("Empty: as many as the team says of its members."),
    )
    hours = forms.ChoiceField(
        label=gettext_lazy("They get leads"),
        choices=[
            ("", gettext_lazy("day and night")),
            ("office", gettext_lazy("in office hours only")),
            ("own", gettext_lazy("in hours of their own")),
        ],
        widget=forms.RadioSelect,
        required=False,
    )
    days = forms.MultipleChoiceField(
        label=gettext_lazy("On these days"),
        choices=WEEKDAYS,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    starts = forms.TimeField(
        label=gettext_lazy("From"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    ends = forms.TimeField(
        label=gettext_lazy("To"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("target") == "team" and not cleaned.get("team"):
            self.add_error("team", _("Choose the team."))
        if cleaned.get("target") == "users" and not cleaned.get("users"):
            self.add_error("users", _("Choose at least one person."))
        if cleaned.get("target") == "tier":
            self._clean_bands(cleaned)
        for row in others_in(_query(self.data)):
            if row.who and row.most_open and not _is_limit(row.most_open):
                self.add_error(
                    None,
                    _("Who is next may have at most “%(number)s” open leads: give a whole number.")
                    % {"number": row.most_open},
                )
        if cleaned.get("hours") == "own":
            starts, ends = cleaned.get("starts"), cleaned.get("ends")
            if not cleaned.get("days"):
                self.add_error("days", _("Choose at least one day."))
            if not starts or not ends or ends <= starts:
                self.add_error("ends", _("Give two times, the second later than the first."))
        return cleaned

    def _clean_bands(self, cleaned: dict[str, Any]) -> None:
        bands: list[dict[str, Any]] = []
        for row in bands_in(_query(self.data)):
            if not row.who and not row.at_least:
                continue
            bound = _amount(row.at_least)
            if bound is None or not row.who:
                self.add_error(None, _("Give each band an amount, and choose who gets it."))
                return
            bands.append({"at_least": str(bound), **_named(row.who)})
        bands.sort(key=lambda band: Decimal(band["at_least"]))
        bounds = [Decimal(band["at_least"]) for band in bands]
        if len(bands) < 2 or bounds[0] != 0 or len(set(bounds)) < len(bounds):
            self.add_error(
                None,
                _("Give at least two bands of value: one from 0, and each from another amount."),
            )
        cleaned["bands"] = bands

    def rule(self, when: Mapping[str, Any]) -> dict[str, Any]:
        """The rule as a part of a document, without its key."""
        data = self.cleaned_data
        limits = {
            "most_open": data["most_open"],
            "hours": self._hours(),
            "most_share": None,
        }
        if data["target"] == "tier":
            to: dict[str, Any] = {"strategy": "tier", "bands": data["bands"], **limits}
        else:
            strategy = data["strategy"] or "round_robin"
            if strategy == "likeliest_to_win":
                limits["most_share"] = data["most_share"]
            to_team = data["target"] == "team"
            people = [] if to_team else [str(user.id) for user in data["users"]]
            team = str(data["team"].id) if to_team else None
            to = {"team": team, "users": people, "strategy": strategy, **limits}
        others = [_other(row) for row in others_in(_query(self.data)) if row.who or row.kept]
        return {
            "name": data["name"].strip(),
            "when": dict(when),
            "to": to,
            "otherwise": others[:MOST_OTHERS],
        }

    def _hours(self) -> Any:
        data = self.cleaned_data
        if data["hours"] != "own":
            return data["hours"] or None
        times = {name: data[name].isoformat("minutes") for name in ("starts", "ends")}
        return {"days": "".join(sorted(data["days"])), **times}


def initial_of_rule(rule: AssignmentRule | None) -> dict[str, Any]:
    """What the form of a rule begins with."""
    if rule is None:
        return {"days": list("12345"), "starts": "09:00", "ends": "17:30"}
    to, hours = rule.to, rule.to.hours
    own = hours if isinstance(hours, Hours) else Hours()
    kind = "tier" if to.bands else ("team" if to.team else "users")
    return {
        "name": rule.name,
        "target": kind,
        "team": to.team,
        "users": to.users,
        "strategy": to.strategy if not to.bands else "round_robin",
        "most_share": to.most_share,
        "most_open": to.most_open,
        "hours": "own" if isinstance(hours, Hours) else (hours or ""),
        "days": list(own.days),
        "starts": own.starts,
        "ends": own.ends,
    }


def rows_of(rule: AssignmentRule | None, data: QueryDict | None) -> dict[str, Any]:
    """The rows beside the form: as they were filled in, else as the rule has them."""
    bands = bands_in(data) if data is not None else _bands_of(rule)
    others = others_in(data) if data is not None else _others_of(rule)
    named = [*(row.who for row in bands), *(row.who for row in others)]
    return {"bands": bands, "others": others, "whos": whos(named), "ways": ways()}


def whos(also: Iterable[str] = ()) -> list[tuple[str, list[Who]]]:
    """Who can be chosen in one field: teams, people, and what is chosen already."""
    teams = [Who(f"team:{one.id}", one.name) for one in Team.objects.all()]
    users = [Who(f"user:{one.id}", str(one)) for one in User.objects.selling()]
    known = {one.value for one in (*teams, *users)}
    names = {str(user.id): str(user) for user in User.objects.all()}
    several = [
        Who(value, ", ".join(names.get(id, "?") for id in _ids(value)))
        for value in dict.fromkeys(also)
        if value and value not in known
    ]
    groups = [(_("Teams"), teams), (_("People"), users)]
    return [*groups, (_("Several people"), several)] if several else groups


def ways() -> list[tuple[str, Any]]:
    """How one of a further target's people can be chosen."""
    return [(key, STRATEGIES[key]) for key in ABOUT_STRATEGIES]


def bands_in(data: QueryDict) -> list[BandRow]:
    """The bands as they were filled in."""
    pairs = zip(data.getlist("band_at_least"), data.getlist("band_who"), strict=False)
    rows = [BandRow(str(n), bound.strip(), who) for n, (bound, who) in enumerate(pairs)]
    return rows[:MOST_BANDS]


def others_in(data: QueryDict) -> list[OtherRow]:
    """The further targets as they were filled in."""
    names = ("other_who", "other_way", "other_most", "other_hours", "other_kept")
    columns = (data.getlist(name) for name in names)
    return [
        _row(n, who, way, most.strip(), hours, kept)
        for n, (who, way, most, hours, kept) in enumerate(zip_longest(*columns, fillvalue=""))
    ]


def target_of_who(who: str) -> dict[str, Any] | None:
    """What a single choice of who says, as a target in a document; None for nobody."""
    return {**_named(who), "strategy": "round_robin"} if who else None


def who_of(named: Target | Band | None) -> str:
    """The single choice that names a target's team or people."""
    if named is None:
        return ""
    if named.team:
        return f"team:{named.team}"
    return "user:" + ",".join(str(user) for user in named.users) if named.users else ""


def _bands_of(rule: AssignmentRule | None) -> list[BandRow]:
    if rule is None or not rule.to.bands:
        return [BandRow("0", "0"), BandRow("1")]
    return [
        BandRow(str(n), AMOUNT.prepare_value(band.at_least), who_of(band))
        for n, band in enumerate(rule.to.bands)
    ]


def _others_of(rule: AssignmentRule | None) -> list[OtherRow]:
    rows = []
    for number, target in enumerate(rule.otherwise if rule else ()):
        kept = target.model_dump(mode="json", exclude_defaults=True)
        own = isinstance(target.hours, Hours)
        text = json.dumps(kept) if own or kept.keys() - SHOWN else ""
        who = "" if target.bands else who_of(target)
        way = "round_robin" if target.bands else target.strategy
        most = str(target.most_open or "")
        hours = "own" if own else str(target.hours or "")
        rows.append(_row(number, who, way, most, hours, text))
    return rows


def _row(number: int, who: str, way: str, most: str, hours: str, kept: str) -> OtherRow:
    known = _kept(kept)
    own = ""
    if isinstance(known.get("hours"), dict):
        try:
            own = hours_words(Hours.model_validate(known["hours"]))
        except ValueError:
            own = ""
    told = _told(kept) if known.keys() - SHOWN else ""
    return OtherRow(str(number), who, way, most, hours, kept, told, own)


def _other(row: OtherRow) -> dict[str, Any]:
    kept = _kept(row.kept)
    if not row.who:
        return kept
    way = row.strategy if row.strategy in ABOUT_STRATEGIES else "round_robin"
    hours = kept.get("hours") if row.hours == "own" else row.hours
    share = kept.get("most_share") if way == "likeliest_to_win" else None
    return {
        **_named(row.who),
        "strategy": way,
        "most_open": int(row.most_open) if _is_limit(row.most_open) else None,
        "hours": hours if isinstance(hours, dict) or hours == "office" else None,
        "most_share": share,
    }


def _is_limit(text: str) -> bool:
    return text.isascii() and text.isdigit() and 1 <= int(text) <= MOST_OPEN


def _kept(text: str) -> dict[str, Any]:
    try:
        kept: Any = json.loads(text) if text else {}
    except ValueError:
        return {}
    return kept if isinstance(kept, dict) else {}


def _told(kept: str) -> str:
    if not kept:
        return ""
    try:
        return target_words(Target.model_validate(_kept(kept)), lexicon())
    except ValueError:
        return ""


def _named(who: str) -> dict[str, Any]:
    kind, _colon, _rest = who.partition(":")
    ids = _ids(who)
    if kind == "team" and ids:
        return {"team": ids[0], "users": []}
    return {"team": None, "users": ids}


def _ids(who: str) -> Sequence[str]:
    found = []
    for text in who.partition(":")[2].split(","):
        try:
            found.append(str(uuid.UUID(text)))
        except ValueError:
            continue
    return found


def _amount(text: str) -> Decimal | None:
    try:
        amount: Decimal | None = AMOUNT.clean(text or "0")
    except forms.ValidationError:
        return None
    return amount


def _query(data: Any) -> QueryDict:
    return data if isinstance(data, QueryDict) else QueryDict()
