"""The years that anybody can mean: a day outside them is a slip of the pen."""

from datetime import date

from django.utils.translation import gettext as _

EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)


def is_meant(day: date) -> bool:
    """Whether somebody can mean this day (or moment: its day counts)."""
    return EARLIEST.year <= day.year <= LATEST.year


def outside() -> str:
    """What to tell about a day that nobody can mean."""
    return _("This lies outside the years %(first)d to %(last)d.") % {
        "first": EARLIEST.year,
        "last": LATEST.year,
    }
