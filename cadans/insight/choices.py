"""What reports can be filtered by, as options to choose from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from cadans.assignment.models import Territory
from cadans.insight.filters import NONE
from cadans.leads.models import Product, ProductLine, Source
from cadans.process.models import Pipeline
from cadans.team.models import Team, User

Option = tuple[str, str]

MOST_OPTIONS = 500
"""Longer lists of products or sources are cut here; the API filters by any."""


def filter_options() -> dict[str, list[Option]]:
    """The options of each filter: (value in the address, name). Former colleagues are there too."""
    return {
        "pipeline": [(row.key, row.name) for row in Pipeline.objects.present()],
        "owner": named(User.objects.all(), without=_("Without an owner")),
        "team": named(Team.objects.all()),
        "source": named(Source.objects.all(), without=_("Without a source")),
        "product": named(Product.objects.all()),
        "product_line": named(ProductLine.objects.all()),
        "territory": named(Territory.objects.all()),
    }


def named(rows: Iterable[Any], *, without: str = "") -> list[Option]:
    """Rows as options; `without` names the choice of the leads that have none."""
    options = [(str(row.pk), str(row)) for row in list(rows)[:MOST_OPTIONS]]
    if without and options:
        options.append((NONE, without))
    return options
