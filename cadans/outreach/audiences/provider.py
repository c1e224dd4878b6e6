"""What a mailing service must be able to do for us: the whole of what a second one would need.

A provider is a class with these methods and a line in `providers.PROVIDERS`. It knows its
service's words and no tables; it says what became of each member in the words below.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from cadans.ground.errors import CadansError

Code = Literal[
    "done", "exists", "opted_out", "forgotten", "invalid", "fields", "later", "gone", "other"
]
"""What became of one member: done; is there already and was not touched; is off the list by their
own doing; was deleted for good; not an address; fields are missing that the list requires; not
now; is not there; anything else, told in the service's own words."""


@dataclass(frozen=True)
class Outcome:
    """What became of one member. `status` is what they are there now, when that is known."""

    code: Code = "done"
    detail: str = ""
    status: str = ""


@dataclass(frozen=True)
class AudienceTold:
    """A list as the service tells of it. `tags` maps names to ids."""

    id: str
    name: str
    members: int = 0
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class MemberTold:
    """A member as the service tells of them. `status` is one of `Membership.Status`."""

    email: str
    status: str
    tags: Sequence[str] = ()


@dataclass(frozen=True)
class Newcomer:
    """Somebody to put on a list. `confirms`: the service first asks whether they want to be."""

    email: str
    first_name: str = ""
    last_name: str = ""
    language: str = ""
    tags: Sequence[str] = ()
    confirms: bool = False


class AudienceError(CadansError):
    """The service refuses what we ask, whoever it is about: a wrong key, a list that is gone."""

    status = 409
    code = "mailing_service_refuses"


class Unavailable(AudienceError):
    """The service is down, slow, or tells us to wait. `after`: how many seconds, if it says so."""

    status = 503
    code = "mailing_service_unavailable"

    def __init__(self, message: str, *, after: float | None = None) -> None:
        super().__init__(message)
        self.after = after


class Provider(Protocol):
    """A mailing service, for one account. Its methods raise Unavailable and AudienceError.

    `most` is how many members one call takes, `connections` how many calls may run at a time.
    Threads share one provider.
    """

    most: int
    connections: int

    def account_name(self) -> str:
        """What the account is called there: the check of its key."""

    def audiences(self) -> list[AudienceTold]:
        """All lists of the account, with their tags."""

    def clock(self) -> datetime | None:
        """What time it was there at the last answer."""

    def changed(self, audience: str, since: datetime) -> Iterator[list[MemberTold]]:
        """The members of whom anything changed since then (its own clock), in parts."""

    def member(self, audience: str, email: str) -> MemberTold:
        """One member as they are; `absent` when they are not there."""

    def enrol(self, audience: str, people: Sequence[Newcomer]) -> dict[str, Outcome]:
        """Add people who are not there; whoever is there already must not be touched."""

    def unsubscribe(self, audience: str, emails: Sequence[str]) -> dict[str, Outcome]:
        """Unsubscribe members."""

    def archive(self, audience: str, email: str) -> Outcome:
        """Take a member off, so that they may come back; who opted out must not be touched."""

    def tag(
        self, audience: str, name: str, id: str, *, on: Sequence[str], off: Sequence[str]
    ) -> dict[str, Outcome]:
        """Put a tag on some members and take it off others. `id` is empty for a new tag."""

    def listen(self, audience: str, url: str) -> str:
        """Have changes told to an address; the id of that agreement, also when it was there."""

    def close(self) -> None:
        """Hang up."""
