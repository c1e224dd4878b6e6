"""How icons, figures, days and texts are written for whoever reads the page."""

import datetime as dt
import zlib
from decimal import Decimal
from functools import lru_cache
from typing import Any

import nh3
from babel import Locale
from babel import dates as babel_dates
from babel import numbers as babel_numbers
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from moneyed import Money

NOTHING = "–"
"""What a missing value looks like."""

LOCALES = {"nl": "nl_NL", "en": "en_GB"}
"""The regional form of each language: European dates and figures in both."""

DAYS_IN_WORDS = 7
"""Moments younger than this are told as "2 hours ago", older ones as a date."""


@lru_cache(maxsize=8)
def locale_named(name: str) -> Locale:
    """The Babel locale of one of the interface's languages."""
    return Locale.parse(LOCALES.get(name, "en_GB"))


def reading_locale() -> Locale:
    """The Babel locale of whoever reads the page."""
    return locale_named((get_language() or "en")[:2])


# ── pictures ────────────────────────────────────────────────────────────────────────────────


def icon(name: str, css: str = "size-4", label: str = "") -> SafeString:
    """Draw a Lucide icon from the sprite: `{% icon "phone" "size-5" %}`.

    With a label it speaks for itself; without one it is decoration.
    """
    return drawn_icon(name, css, label)


@lru_cache(maxsize=1024)
def drawn_icon(name: str, css: str, label: str) -> SafeString:
    """The markup of an icon; lists draw the same few hundreds of times."""
    speaking = format_html('role="img" aria-label="{}"', label) if label else 'aria-hidden="true"'
    return format_html(
        '<svg class="icon {}" {}><use href="{}#{}"></use></svg>',
        css,
        mark_safe(speaking),  # noqa: S308 - built above, the label is escaped
        static("built/icons.svg"),
        name,
    )


def initials(name: Any) -> str:
    """At most two letters of a name, for an avatar: "Sanne de Vries" → "SV"."""
    return initials_of(str(name or ""))


@lru_cache(maxsize=4096)
def initials_of(name: str) -> str:
    """The first letters of the first and the last word."""
    words = [word for word in name.split() if word[:1].isalnum()]
    letters = [words[0][0], words[-1][0]] if len(words) > 1 else [word[:2] for word in words[:1]]
    return "".join(letters).upper() or "?"


def hue(name: Any) -> int:
    """One of eight avatar colours, always the same for a name."""
    return zlib.crc32(str(name or "").encode()) % 8


# ── values ──────────────────────────────────────────────────────────────────────────────────


@lru_cache(maxsize=64)
def money_pattern(locale: Locale, *, whole: bool) -> str:
    """How a locale writes money, without decimals for whole amounts."""
    pattern: str = locale.currency_formats["standard"].pattern
    return pattern.replace(".00", "") if whole else pattern


def money(value: Money | None) -> str:
    """`€ 1.250` or `€ 1.250,50` (Dutch), `€1,250` (English); a dash for nothing."""
    if value is None or value == "":
        return NOTHING
    return written_money(value.amount, value.currency.code, (get_language() or "en")[:2])


@lru_cache(maxsize=8192)
def written_money(amount: Decimal, currency: str, language: str) -> str:
    """An amount as a language writes it; boards and lists show the same round ones often."""
    locale = locale_named(language)
    whole = amount == amount.to_integral_value()
    return babel_numbers.format_currency(
        amount,
        currency,
        format=money_pattern(locale, whole=whole),
        locale=locale,
        currency_digits=False,
    )


def money_short(value: Money | None) -> str:
    """An amount where room is short: `€ 41K`, `€ 1,2 mln.`; a dash for nothing."""
    if value is None or value == "":
        return NOTHING
    if abs(value.amount) < 10_000:
        return money(Money(round(value.amount), value.currency))
    return babel_numbers.format_compact_currency(
        value.amount, value.currency.code, locale=reading_locale(), fraction_digits=1
    )


def number(value: float | Decimal | None, decimals: int = 0) -> str:
    """A figure with the reader's separators, rounded to `decimals` places; a dash for nothing."""
    if value is None or value == "":
        return NOTHING
    pattern = "#,##0" + ("." + "0" * int(decimals) if decimals else "")
    return babel_numbers.format_decimal(value, format=pattern, locale=reading_locale())


def days(value: Any) -> str:
    """A number of days in words: "1 day", "12 days"; nothing for nothing."""
    return "" if value is None or value == "" else days_in_words(int(value), get_language() or "en")


@lru_cache(maxsize=4096)
def days_in_words(count: int, language: str) -> str:
    """Such as 12 days, in the language that is active (named, so that each has its own)."""
    return ngettext("%(days)d day", "%(days)d days", count) % {"days": count}


def percent(value: Any, decimals: int = 1) -> str:
    """A share between 0 and 1 as `63,2%`; takes a rate (anything with a `value`) as well."""
    share = getattr(value, "value", value)
    if share is None or share == "":
        return NOTHING
    pattern = "#,##0" + ("." + "#" * int(decimals) if decimals else "") + "%"
    return babel_numbers.format_percent(share, format=pattern, locale=reading_locale())


def own_day(value: dt.date | dt.datetime) -> dt.date:
    """The calendar day of a date, or of a moment in the organisation's time zone."""
    return timezone.localtime(value).date() if isinstance(value, dt.datetime) else value


def day(value: dt.date | dt.datetime | None) -> str:
    """`24 nov.` within this year, else `24 nov. 2025`; a dash for nothing."""
    if not value:
        return NOTHING
    date = own_day(value)
    pattern = "d MMM" if date.year == timezone.localdate().year else "d MMM y"
    return babel_dates.format_date(date, pattern, locale=reading_locale())


def day_long(value: dt.date | dt.datetime | None) -> str:
    """`dinsdag 24 november 2026`; a dash for nothing."""
    if not value:
        return NOTHING
    return babel_dates.format_date(own_day(value), "EEEE d MMMM y", locale=reading_locale())


def month(value: dt.date | None) -> str:
    """`november 2026`; a dash for nothing."""
    if not value:
        return NOTHING
    return babel_dates.format_date(own_day(value), "MMMM y", locale=reading_locale())


def clock(value: dt.datetime | None) -> str:
    """`14:05` in the organisation's time zone; a dash for nothing."""
    return timezone.localtime(value).strftime("%H:%M") if value else NOTHING


def exact_moment(value: dt.datetime) -> str:
    """`dinsdag 24 november 2026 14:05`."""
    return f"{day_long(value)} {clock(value)}"


def moment(value: dt.datetime | None) -> str:
    """A `<time>`: "2 hours ago" within a week, then the day; the exact time on hovering."""
    if not value:
        return NOTHING
    passed = timezone.now() - value
    if abs(passed) < dt.timedelta(seconds=45):
        words = _("just now")
    elif abs(passed) < dt.timedelta(days=DAYS_IN_WORDS):
        words = babel_dates.format_timedelta(-passed, add_direction=True, locale=reading_locale())
    else:
        words = day(value)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', value.isoformat(), exact_moment(value), words
    )


def due(value: dt.date | dt.datetime | None) -> str:
    """When something must be done, seen from today: "today", "tomorrow", "3 days late"."""
    if not value:
        return NOTHING
    days = (own_day(value) - timezone.localdate()).days
    if days < 0:
        return ngettext("%(days)d day late", "%(days)d days late", -days) % {"days": -days}
    if days == 0:
        return pgettext("due", "today")
    if days == 1:
        return pgettext("due", "tomorrow")
    if days < DAYS_IN_WORDS:
        return babel_dates.format_date(own_day(value), "EEEE", locale=reading_locale())
    return day(value)


def due_tone(value: dt.date | dt.datetime | None) -> str:
    """The tone of a due date: bad when late, warn today, none later."""
    if not value:
        return ""
    days = (own_day(value) - timezone.localdate()).days
    return "bad" if days < 0 else "warn" if days == 0 else ""


# ── texts ───────────────────────────────────────────────────────────────────────────────────

MARKDOWN = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(
    ["table", "strikethrough"]
)
MARKDOWN_TAGS = {
    *("p", "br", "strong", "em", "s", "code", "pre", "blockquote", "hr"),
    *("ul", "ol", "li", "h1", "h2", "h3", "h4", "a"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}


@lru_cache(maxsize=2048)
def rendered_markdown(text: str) -> str:
    """Markdown as harmless HTML: a short list of tags, links to http, https and mailto only."""
    return nh3.clean(
        MARKDOWN.render(text),
        tags=MARKDOWN_TAGS,
        attributes={"a": {"href", "title"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer",
    )


def markdown(text: str | None) -> str:
    """Markdown of a person as harmless HTML."""
    return mark_safe(rendered_markdown(str(text or "")))  # noqa: S308 - sanitised by nh3
