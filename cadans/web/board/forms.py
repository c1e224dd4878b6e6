"""What a board can be narrowed to, as it stands in its address."""

import uuid
from dataclasses import dataclass, field

from django.http import QueryDict
from django.utils import timezone

from cadans.leads.finding import with_words
from cadans.leads.lead import Lead, LeadQuerySet
from cadans.leads.queries import CARDS
from cadans.team.models import User
from cadans.team.named import as_id
from cadans.web.requests import PageRequest

MOST_CARDS = 300
"""Cards that a column shows at most, however often more were asked for."""


@dataclass(frozen=True)
class BoardFilters:
    """`owner`: an id, "me", "none" or nothing; `words`; `idle`; `more`: cards by stage."""

    owner: str = ""
    words: str = ""
    idle: bool = False
    more: dict[uuid.UUID, int] = field(default_factory=dict)

    @classmethod
    def of(cls, request: PageRequest) -> "BoardFilters":
        """The filters in the address; what makes no sense there counts for nothing."""
        asked = request.GET
        return cls(
            owner=asked.get("owner", "")[:40],
            words=" ".join(asked.get("q", "").split())[:80],
            idle=asked.get("idle") == "1",
            more=_more(asked),
        )

    def narrow(self, user: User) -> LeadQuerySet:
        """The leads that this user may see and that the filters let through."""
        leads = Lead.objects.visible_to(user)
        if self.owner == "me":
            leads = leads.filter(owner=user)
        elif self.owner == "none":
            leads = leads.filter(owner=None)
        elif self.owner and (owner := as_id(self.owner)):
            leads = leads.filter(owner=owner)
        if self.idle:
            leads = leads.idle(on=timezone.now())
        return with_words(leads, self.words) if self.words else leads

    @property
    def any(self) -> bool:
        """Whether anything is narrowed at all."""
        return bool(self.owner or self.words or self.idle)


def _more(asked: QueryDict) -> dict[uuid.UUID, int]:
    more: dict[uuid.UUID, int] = {}
    for word in asked.getlist("more"):
        stage = as_id(word)
        if stage is not None:
            more[stage] = min(more.get(stage, 0) + CARDS, MOST_CARDS - CARDS)
    return more
