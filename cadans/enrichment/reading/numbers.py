"""Numbers that can be checked: of telephones, of the tax office, of the chamber of commerce."""

from __future__ import annotations

import re

import phonenumbers
import stdnum.exceptions
from stdnum.eu import vat
from stdnum.nl import postcode as dutch_postcode


def phone_number(raw: str, country: str) -> str:
    """The number as it is written internationally, or nothing when it cannot be one.

    Without a country only numbers that begin with their own (+31 …) are understood.
    """
    if not 6 <= len(raw) <= 40 or len(re.findall(r"\d", raw)) > 18:
        return ""
    raw = raw.replace("(0)", "")
    try:
        number = phonenumbers.parse(raw, country or None)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def phones_in(text: str, country: str) -> list[str]:
    """The telephone numbers in running text."""
    found = phonenumbers.PhoneNumberMatcher(text[:50_000], country or None)
    return list(
        dict.fromkeys(
            phonenumbers.format_number(one.number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
            for one in found
            if not re.search(
                r"(?i)(?:fax|kvk|btw|iban|vat)\W{0,6}$", text[max(one.start - 14, 0) : one.start]
            )
        )
    )


def postcode(raw: str, country: str) -> str:
    """A postcode as its country writes it, or nothing when it cannot be one."""
    if country == "NL":
        try:
            return str(dutch_postcode.validate(raw))
        except stdnum.exceptions.ValidationError:
            return ""
    return (
        raw if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9 -]{2,9}", raw) and re.search(r"\d", raw) else ""
    )


def vat_number(raw: str) -> str:
    """A European VAT number whose check digits are right, or nothing."""
    if not 6 <= len(raw) <= 24:
        return ""
    try:
        number = str(vat.validate(raw))
    except stdnum.exceptions.ValidationError:
        return ""
    return number if number[:2].isalpha() else ""


VAT_IN_TEXT = re.compile(
    r"\b(?:NL[\s.]?\d{3}[\s.]?\d{3}[\s.]?\d{3}[\s.]?B[\s.]?\d{2}|BE[\s.]?[01]\d{3}[\s.]?\d{3}[\s.]?\d{3}"
    r"|DE[\s.]?\d{3}[\s.]?\d{3}[\s.]?\d{3})\b",
    re.IGNORECASE,
)
KVK_IN_TEXT = re.compile(
    r"\b(?:kvk|k\.v\.k\.?|kamer\s+van\s+koophandel|chamber\s+of\s+commerce|coc)\b[^\d\n]{0,40}\n?[^\d\n]{0,10}"
    r"(\d{2}[\s.]?\d{2}[\s.]?\d{2}[\s.]?\d{2})(?!\d)",
    re.IGNORECASE,
)


def vat_numbers_in(text: str) -> list[str]:
    """The VAT numbers in running text that can be right."""
    return list(dict.fromkeys(filter(None, (vat_number(one) for one in VAT_IN_TEXT.findall(text)))))


def kvk_numbers_in(text: str) -> list[str]:
    """The numbers of the Dutch chamber of commerce in running text: eight digits after its name."""
    numbers = (re.sub(r"\D", "", one) for one in KVK_IN_TEXT.findall(text))
    return list(dict.fromkeys(one for one in numbers if one != "12345678" and len(set(one)) > 1))
