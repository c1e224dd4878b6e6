"""The process on one page: a look at the wall chart, and its files."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from cadans.ground.errors import Invalid
from cadans.insight.wall_chart import figures_of
from cadans.playbooks.wall_chart.asking import DRAFT, LIVE, Wish, chart_of, read_wish
from cadans.playbooks.wall_chart.drawing import Drawing
from cadans.playbooks.wall_chart.pdf import as_pdf
from cadans.playbooks.wall_chart.svg import as_svg, style_of
from cadans.process.models import Pipeline
from cadans.web.process.desk import may_design, pipeline_or_404
from cadans.web.requests import PageRequest

MOST_VERSIONS = 20
"""Versions to choose from; older ones by their number in the address."""


@login_required
@require_GET
def wall_chart(request: PageRequest, key: str) -> HttpResponse:
    """The chart as it will hang, and what can be chosen about it."""
    pipeline = pipeline_or_404(request, key)
    query = request.GET.dict()
    if pipeline.version_id is None:
        query.setdefault("state", DRAFT)
    try:
        wish = read_wish(query)
    except Invalid:
        wish = read_wish({"state": DRAFT} if pipeline.version_id is None else {})
    chart = _chart(request, pipeline, wish)
    address = urlencode(
        {
            "paper": wish.paper_name,
            "language": wish.language,
            "state": wish.state,
            "figures": int(wish.with_figures),
        }
    )
    context = {
        "pipeline": pipeline,
        "wish": wish,
        "chart": chart,
        "address": address,
        "papers": _papers(),
        "languages": [("nl", "Nederlands"), ("en", "English")],
        "states": _states(request, pipeline, wish),
    }
    return render(request, "process/wall_chart.html", context)


@login_required
@require_GET
def wall_chart_svg(request: PageRequest, key: str) -> HttpResponse:
    """The chart as an SVG; `download=1` keeps it."""
    pipeline = pipeline_or_404(request, key)
    wish = read_wish(request.GET.dict())
    chart = _chart(request, pipeline, wish)
    response = HttpResponse(as_svg(chart), content_type="image/svg+xml")
    # The one style is the chart's own fonts; nothing else may run or be fetched.
    style = b64encode(sha256(style_of(chart).encode()).digest()).decode()
    response["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'sha256-{style}'; font-src data:; sandbox"
    )
    return _kept(request, response, wish.file_name(pipeline, "svg"))


@login_required
@require_GET
def wall_chart_pdf(request: PageRequest, key: str) -> HttpResponse:
    """The chart as a PDF, to print; `download=1` keeps it."""
    pipeline = pipeline_or_404(request, key)
    wish = read_wish(request.GET.dict())
    chart = _chart(request, pipeline, wish)
    response = HttpResponse(as_pdf(chart), content_type="application/pdf")
    return _kept(request, response, wish.file_name(pipeline, "pdf"))


def _chart(request: PageRequest, pipeline: Pipeline, wish: Wish) -> Drawing:
    figures = figures_of(pipeline, request.user) if wish.with_figures else None
    return chart_of(pipeline, request.user, wish, figures=figures)


def _kept(request: PageRequest, response: HttpResponse, name: str) -> HttpResponse:
    how = "attachment" if request.GET.get("download") == "1" else "inline"
    response["Content-Disposition"] = f'{how}; filename="{name}"'
    response["Cache-Control"] = "private, no-cache"
    return response


def _papers() -> list[tuple[str, str]]:
    return [
        ("A3-landscape", _("A3, landscape")),
        ("A3-portrait", _("A3, portrait")),
        ("A4-landscape", _("A4, landscape")),
        ("A4-portrait", _("A4, portrait")),
    ]


def _states(request: PageRequest, pipeline: Pipeline, wish: Wish) -> list[tuple[str, str]]:
    """What can be shown: what is live, the draft (for who may design), and older versions."""
    states = []
    if pipeline.version is not None:
        number = {"number": pipeline.version.number}
        states.append((LIVE, _("Live: version %(number)d") % number))
    if may_design(request.user):
        states.append((DRAFT, _("The draft")))
    numbers = pipeline.versions.order_by("-number").values_list("number", flat=True)
    live = pipeline.version.number if pipeline.version else None
    for number_of in numbers[:MOST_VERSIONS]:
        if number_of != live:
            states.append((str(number_of), _("Version %(number)d") % {"number": number_of}))
    if wish.state not in dict(states):
        states.append((wish.state, _("Version %(number)s") % {"number": wish.state}))
    return states
