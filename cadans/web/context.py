"""What the frame around every page needs to know: context processor `shell`."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Place:
    """An entry of the navigation. `key` is pressed after g; `current` means: we are there."""

    label: str
    href: str
    icon: str
    key: str
    current: bool


@dataclass(frozen=True)
class Command:
    """Something that the command palette can do by going to `href`."""

    label: str
    href: str
    icon: str
    key: str = ""


def places(path: str) -> list[Place]:
    """The main navigation, in order, as seen from the page at `path`."""
    rows = [
        (_("Today"), "/", "sun", "t"),
        (_("Board"), "/board/", "square-kanban", "b"),
        (_("Leads"), "/leads/", "target", "l"),
        (_("People"), "/people/", "users", "p"),
        (_("Companies"), "/companies/", "building-2", "c"),
        (_("Mail"), "/mail/", "mail", "m"),
        (_("Process"), "/process/", "route", "r"),
        (_("Insight"), "/insight/", "chart-no-axes-column", "i"),
        (_("Settings"), "/settings/", "settings", "s"),
    ]
    return [
        Place(label, href, icon, key, path == href or (href != "/" and path.startswith(href)))
        for label, href, icon, key in rows
    ]


def commands() -> list[Command]:
    """What the command palette offers before the hits of a search."""
    return [
        Command(_("New lead"), "/leads/new/", "plus", "c"),
        Command(_("New person"), "/people/new/", "user-plus"),
        Command(_("New company"), "/companies/new/", "building-2"),
        Command(_("Import a file"), "/settings/imports/", "upload"),
    ]


def words() -> dict[str, str]:
    """The texts that scripts show."""
    return {
        "locale": (get_language() or "en")[:2],
        "offline": _("No connection. Nothing was saved; try again when you are online."),
        "broken": _("Something went wrong on our side. Nothing was saved."),
        "gone": _("This does not exist, or you may not see it."),
        "forbidden": _("You may not do this."),
        "expired": _("Your session has ended. Log in again."),
        "tooFast": _("Too many requests at once. Wait a moment and try again."),
        "moveTo": _("Move to"),
        "undo": _("Undo"),
        "noHits": _("Nothing found"),
        "noData": _("No figures in this period"),
        "between": _("likely between"),
        "days": _("days"),
    }


THEMES = {"light": "cadans-light", "dark": "cadans-dark"}


@dataclass(frozen=True)
class Shell:
    """What the base templates ask for; computed only where a template does ask."""

    path: str
    known: bool
    theme: str

    @property
    def frame(self) -> str:
        """The base of pages that both strangers and users may get (errors)."""
        return "base.html" if self.known else "base_alone.html"

    @cached_property
    def places(self) -> list[Place]:
        """The main navigation."""
        return places(self.path)

    @cached_property
    def commands(self) -> list[Command]:
        """The command palette's own entries."""
        return commands()

    @cached_property
    def words(self) -> dict[str, str]:
        """The scripts' texts."""
        return words()


def shell(request: HttpRequest) -> dict[str, Any]:
    """`shell` for the base templates: navigation, commands, theme and the scripts' words.

    Without a theme the page follows the device (in CSS, so that nothing flashes).
    """
    user = getattr(request, "user", None)
    known = user is not None and user.is_authenticated
    theme = THEMES.get(user.theme, "") if user is not None and known else ""
    return {"shell": Shell(request.path, known, theme)}
