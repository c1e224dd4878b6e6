"""Countries by code and by name in every language of the product (names: CLDR, through Babel)."""

from __future__ import annotations

from functools import lru_cache

from babel import Locale

NO_COUNTRY = {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"}


def country_code(text: str) -> str | None:
    """The two letters (ISO 3166-1) of a country given by code or Dutch or English name, or None."""
    return _codes().get(text.strip().casefold())


def country_name(code: str, language: str) -> str:
    """A country's name in a language; the code itself when it is unknown."""
    return str(Locale.parse(language[:2]).territories.get(code, code))


def countries(language: str) -> list[tuple[str, str]]:
    """Every country as (code, name), sorted by name in that language."""
    names = Locale.parse(language[:2]).territories
    rows = [(code, str(name)) for code, name in names.items() if _is_country(code)]
    return sorted(rows, key=lambda row: row[1].casefold())


def _is_country(code: str) -> bool:
    return len(code) == 2 and code.isalpha() and code not in NO_COUNTRY


@lru_cache(maxsize=1)
def _codes() -> dict[str, str]:
    codes: dict[str, str] = {}
    for language in ("en", "nl"):
        for code, name in Locale.parse(language).territories.items():
            if _is_country(code):
                codes[code.casefold()] = code
                codes[str(name).casefold()] = code
    return codes
