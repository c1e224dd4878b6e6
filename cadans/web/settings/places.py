"""The settings' own navigation: which pages there are, and who sees them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from cadans.team.models import User
from cadans.web.settings.activity_kinds import ACTIVITY_KINDS
from cadans.web.settings.listing import ADMINS, EVERYBODY, KEEPERS, Listing
from cadans.web.settings.mailboxes import MAILBOXES
from cadans.web.settings.offer import (
    LINES,
    LOSS_REASONS,
    OWN_FIELDS,
    PRODUCTS,
    SOURCES,
    TERRITORIES,
)
from cadans.web.settings.people import ABSENCES, TEAMS, USERS
from cadans.web.settings.routing import ROUTING

LISTINGS: dict[str, Listing] = {
    listing.key: listing
    for listing in (
        USERS,
        TEAMS,
        ABSENCES,
        PRODUCTS,
        LINES,
        SOURCES,
        LOSS_REASONS,
        TERRITORIES,
        OWN_FIELDS,
        ACTIVITY_KINDS,
        ROUTING,
        MAILBOXES,
    )
}


@dataclass(frozen=True)
class Place:
    """An entry of the settings' navigation."""

    key: str
    title: Any
    icon: str
    href: str
    roles: Sequence[str] = EVERYBODY


def groups(user: User) -> list[tuple[str, list[Place]]]:
    """The navigation that somebody sees: headings with their pages; empty ones are left out."""
    rows = [
        (
            _("You"),
            [
                Place("profile", _("Profile"), "user", reverse("settings:profile")),
                Place(
                    "notifications",
                    _("Notifications"),
                    "bell",
                    reverse("notifications:choices"),
                ),
                _of(MAILBOXES),
                Place("tokens", _("API tokens"), "key-round", reverse("settings:tokens")),
            ],
        ),
        (
            _("Organisation"),
            [
                Place(
                    "organisation",
                    _("Organisation"),
                    "building",
                    reverse("settings:organisation"),
                    ADMINS,
                ),
                Place("lookups", _("Looking up"), "sparkles", "/settings/lookups/", ADMINS),
                _of(USERS),
                _of(TEAMS),
                _of(ABSENCES),
            ],
        ),
        (_("Sales"), [_of(one) for one in (PRODUCTS, LINES, SOURCES, LOSS_REASONS, TERRITORIES)]),
        (
            _("Mail"),
            [
                Place(
                    "mail-templates",
                    _("Mail templates"),
                    "file-text",
                    reverse("settings:mail_templates"),
                    KEEPERS,
                ),
                Place(
                    "audiences",
                    _("Mailing lists"),
                    "mail-check",
                    reverse("settings:audiences"),
                    KEEPERS,
                ),
                Place(
                    "suppressions",
                    _("Who gets no mail"),
                    "mail-x",
                    reverse("settings:suppressions"),
                    KEEPERS,
                ),
            ],
        ),
        (
            _("Set-up"),
            [
                _of(OWN_FIELDS),
                _of(ACTIVITY_KINDS),
                _of(ROUTING),
                Place("imports", _("Import"), "upload", "/settings/imports/", KEEPERS),
            ],
        ),
    ]
    seen = [(title, [one for one in places if user.role in one.roles]) for title, places in rows]
    return [(title, places) for title, places in seen if places]


def _of(listing: Listing) -> Place:
    href = reverse("settings:listing", args=[listing.key])
    return Place(listing.key, listing.title, listing.icon, href, listing.roles)
