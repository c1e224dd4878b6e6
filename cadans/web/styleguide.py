"""Every component in its states, on one page, for whoever builds or judges pages."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from moneyed import Money


class SampleForm(forms.Form):
    """One field of each kind."""

    title = forms.CharField(help_text="What the lead is about, in a few words.")
    email = forms.EmailField()
    value = forms.DecimalField(required=False)
    stage = forms.ChoiceField(choices=[("", "Choose a stage"), ("demo", "Demo"), ("won", "Won")])
    expected_close = forms.DateField(required=False, initial=dt.date(2026, 12, 18))
    note = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), required=False)
    agreed = forms.BooleanField(label="The customer agreed to be mailed", required=False)
    way = forms.ChoiceField(
        choices=[("any", "Any goal is enough"), ("all", "All goals")],
        widget=forms.RadioSelect,
        initial="all",
    )


def funnel_options() -> dict[str, Any]:
    """A funnel of five stages."""
    rows = [("New", 412, ""), ("Qualified", 268, "65%"), ("Demo", 171, "64%")]
    rows += [("Proposal", 96, "56%"), ("Won", 61, "64%")]
    stages = [
        {"name": name, "value": value, "note": note, "href": "#charts"}
        for name, value, note in rows
    ]
    return {"kind": "funnel", "name": "Leads", "stages": stages}


def win_rate_options() -> dict[str, Any]:
    """Win rates of five reps, with how sure each is."""
    names = ["Sanne", "Bram", "Fatima", "Joris", "Lotte"]
    rates = [0.42, 0.31, 0.38, 0.22, 0.35]
    spread = [0.05, 0.06, 0.04, 0.08, 0.05]
    whiskers = [
        [at, rate - off, rate + off]
        for at, (rate, off) in enumerate(zip(rates, spread, strict=True))
    ]
    return {
        "xAxis": {"type": "category", "data": names},
        "yAxis": {"type": "value", "axisLabel": {"formatter": "percent:0"}},
        "tooltip": {"valueFormatter": "percent"},
        "series": [
            {"type": "bar", "name": "Win rate", "data": rates},
            {"type": "interval", "name": "Interval", "data": whiskers},
        ],
    }


def forecast_options() -> dict[str, Any]:
    """Two lines over a year."""
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    won = [41, 38, 52, 60, 47, 66, 58, 49, 71, 78, 69, 84]
    quota = [45, 45, 50, 50, 55, 55, 60, 60, 65, 65, 70, 70]
    return {
        "xAxis": {"type": "category", "data": months},
        "yAxis": {"type": "value", "axisLabel": {"formatter": "money:EUR"}},
        "tooltip": {"valueFormatter": "money:EUR"},
        "series": [
            {"type": "line", "name": "Won", "data": [value * 1000 for value in won]},
            {"type": "line", "name": "Quota", "data": [value * 1000 for value in quota]},
        ],
    }


def styleguide(request: HttpRequest) -> HttpResponse:
    """The page of all components; only for administrators, and with DEBUG for everybody."""
    if not (settings.DEBUG or getattr(request.user, "role", "") == "admin"):
        raise Http404
    now, today = timezone.now(), timezone.localdate()
    wrong = SampleForm({"title": "", "email": "sanne@", "stage": "", "way": "all"})
    wrong.add_error(None, "The expected close lies before the day the lead was opened.")
    names = ["Sanne de Vries", "Bram Bakker", "Fatima El Idrissi", "Joris Smit", "Lotte Jansen"]
    names += ["Daan Visser", "Noor Mulder", "Pieter van Dijk"]
    return render(
        request,
        "styleguide.html",
        {
            "names": names,
            "form": SampleForm(initial={"way": "all"}),
            "wrong": wrong,
            "value": Money(Decimal("12500"), "EUR"),
            "exact": Money(Decimal("1249.50"), "EUR"),
            "hour_ago": now - dt.timedelta(hours=2),
            "days_ago": now - dt.timedelta(days=3),
            "long_ago": now - dt.timedelta(days=40),
            "today": today,
            "tomorrow": today + dt.timedelta(days=1),
            "late": today - dt.timedelta(days=3),
            "guidance": "Ask **who else decides** before you offer a demo. Listen for:\n\n"
            "- what it costs them to wait\n- who signs",
            "guidance_long": "A demo without the decision maker is a rehearsal. "
            "Offer two moments, send the invitation while you are still on the phone, "
            "and write down the one thing they want to see.",
            "stages": [("demo", "Demo"), ("proposal", "Proposal")],
            "funnel": funnel_options(),
            "win_rate": win_rate_options(),
            "forecast": forecast_options(),
        },
    )
