"""Asking for the wall chart of a pipeline: which state of it, on which paper, in which language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from cadans.ground.errors import Invalid, NotAllowed, NotFound
from cadans.playbooks.queries import draft_of
from cadans.playbooks.wall_chart.content import Figures, Imprint, sheet
from cadans.playbooks.wall_chart.drawing import Drawing
from cadans.playbooks.wall_chart.layout import drawn
from cadans.playbooks.wall_chart.paper import PAPERS, Paper
from cadans.playbooks.words import lexicon
from cadans.process.models import Pipeline, ProcessVersion
from cadans.team.models import User
from cadans.team.queries import organisation

LANGUAGES = ("nl", "en")
DRAFT, LIVE = "draft", "live"
ON, OFF = {"1", "true", "yes", "on"}, {"", "0", "false", "no", "off"}


@dataclass(frozen=True)
class Wish:
    """What somebody wants on the wall. `state` is `draft`, `live` or a version's number."""

    paper: Paper
    language: str
    state: str
    with_figures: bool

    @property
    def paper_name(self) -> str:
        """As in PAPERS: `A3-landscape`."""
        return f"{self.paper.size}-{self.paper.orientation}"

    def file_name(self, pipeline: Pipeline, ending: str) -> str:
        """What the file is called when it is kept."""
        state = "" if self.state == LIVE else f"-{self.state}"
        return f"{pipeline.key}{state}-{self.paper_name}-{self.language}.{ending}".lower()


def read_wish(query: Mapping[str, str]) -> Wish:
    """A wish from an address: `paper` (A3, A4; landscape unless `orientation` or the paper's own
    name says portrait), `language`, `state`, `figures`. Raises Invalid with a pointer."""
    size, _dash, turned = (query.get("paper") or "A3").partition("-")
    turned = turned or query.get("orientation") or "landscape"
    paper = PAPERS.get(f"{size.upper()}-{turned.lower()}")
    if paper is None:
        raise Invalid(
            _("There is no paper “%(paper)s”. Choose one of: %(papers)s.")
            % {"paper": f"{size}-{turned}", "papers": ", ".join(PAPERS)},
            pointer="/paper",
        )
    language = query.get("language") or (get_language() or "nl")[:2]
    if language not in LANGUAGES:
        raise Invalid(
            _("“%(language)s” is not a language of Cadans. Choose nl or en.")
            % {"language": language},
            pointer="/language",
        )
    figures = str(query.get("figures") or "").lower()
    if figures not in ON | OFF:
        raise Invalid(_("Say 1 or 0 for figures."), pointer="/figures")
    return Wish(paper, language, (query.get("state") or LIVE).lower(), figures in ON)


def chart_of(
    pipeline: Pipeline, user: User | None, wish: Wish, *, figures: Figures | None = None
) -> Drawing:
    """The wall chart of a pipeline. Raises NotFound when it has no such state, NotAllowed when
    somebody asks for a draft who may not see one; `user=None` is the software itself."""
    with override(wish.language):
        organised = organisation()
        imprint = Imprint(
            pipeline=pipeline.name, house=organised.name, made_on=timezone.localdate()
        )
        if wish.state == DRAFT:
            if user is not None and user.role not in {User.Role.MANAGER, User.Role.ADMIN}:
                raise NotAllowed(_("Only managers and administrators see drafts."))
            design = draft_of(pipeline)
        else:
            version = _version(pipeline, wish.state)
            design = version.design
            imprint = Imprint(
                pipeline=pipeline.name,
                house=organised.name,
                made_on=timezone.localdate(),
                version=version.number,
                published_on=_day(version),
                is_live=version.id == pipeline.version_id,
            )
        told = sheet(
            design,
            imprint,
            lexicon(),
            language=wish.language,
            figures=figures if wish.with_figures else None,
        )
        return drawn(told, wish.paper)


def _version(pipeline: Pipeline, state: str) -> ProcessVersion:
    if state == LIVE:
        if pipeline.version is None:
            raise NotFound(_("“%(pipeline)s” is not live yet.") % {"pipeline": pipeline.name})
        return pipeline.version
    number = int(state) if state.isascii() and state.isdigit() and len(state) < 9 else 0
    found = pipeline.versions.filter(number=number).first()
    if found is None:
        raise NotFound(
            _("“%(pipeline)s” has no version “%(state)s”.")
            % {"pipeline": pipeline.name, "state": state[:20]}
        )
    return found


def _day(version: ProcessVersion) -> date:
    return timezone.localtime(version.published_at).date()
